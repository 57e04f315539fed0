"""`copier update` of a project that its user has worked on."""

from pathlib import Path

import pytest
import yaml
from copier import run_copy, run_update

from projects import (
    commit_all,
    copy_working_tree,
    edit,
    git,
    tree,
    uv_run,
)

OLD_DATE, NEW_DATE = "2026-10-01", "2026-11-01"
OWNED_BY_USER = ("backend/src/", "tests/", "migrations/", "README.md")


@pytest.fixture(scope="session")
def releases(git_of_nobody: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the template with two releases: one made up, and what it is now."""
    folder = tmp_path_factory.mktemp("releases")
    copy_working_tree(folder)
    template = folder / "template"
    now = tree(folder)

    # What belongs to the template.
    edit(template / "wrangler.toml.jinja", NEW_DATE, OLD_DATE)
    edit(template / "wrangler.toml.jinja", "[observability]\nenabled = true\n\n", "")
    edit(template / "pyproject.toml.jinja", '    "filelock~=4.2",\n', '    "filelock~=4.1",\n')
    edit(template / "tools/runtime/errors.py", "put right", "repair")
    edit(template / "tools/runtime/cache.py", "fetched or built once", "made once")
    (template / "tools/runtime/snapshot.py").unlink()
    (template / "tools/runtime/gone.py").write_text('"""Only in the first release."""\n')
    # What belongs to the user from the first copy on.
    edit(template / "backend/src/domain/links/slug.py", "The short name", "The old short name")
    (template / "tests/unit/domain/test_link.py").unlink()
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit_all(folder, "First release")
    git(folder, "tag", "1.0.0")

    git(folder, "rm", "--quiet", "-r", ".")
    for name, content in now.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (template / "tools/runtime/launcher.sh").chmod(0o755)
    commit_all(folder, "Second release")
    git(folder, "tag", "2.0.0")
    return folder


@pytest.fixture
def project(releases: Path, tmp_path: Path) -> Path:
    """A project rendered from the first release and committed."""
    return rendered(releases, tmp_path / "project", "1.0.0")


def rendered(releases: Path, folder: Path, version: str) -> Path:
    run_copy(str(releases), folder, vcs_ref=version, defaults=True, quiet=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit_all(folder, "Start from the template")
    return folder


def update(project: Path) -> None:
    run_update(project, defaults=True, overwrite=True, quiet=True)


def conflicting(project: Path) -> list[str]:
    """The files that git holds for unmerged."""
    return sorted(set(git(project, "diff", "--name-only", "--diff-filter=U").split()))


def test_an_untouched_project_becomes_the_new_release_but_for_what_is_the_users(
    releases: Path, project: Path, tmp_path: Path
) -> None:
    old = tree(project)
    update(project)
    new = tree(rendered(releases, tmp_path / "new", "2.0.0"))

    def split(files: dict[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
        mine = {name: text for name, text in files.items() if name.startswith(OWNED_BY_USER)}
        return mine, {name: text for name, text in files.items() if name not in mine}

    users, templates = split(tree(project))
    assert users == split(old)[0]
    assert users != split(new)[0]
    assert templates == split(new)[1]
    assert templates != split(old)[1]


def test_an_update_to_the_same_release_changes_nothing(releases: Path, tmp_path: Path) -> None:
    project = rendered(releases, tmp_path / "project", "2.0.0")
    update(project)
    assert git(project, "status", "--porcelain") == ""


def test_the_answers_stay(releases: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    given = {"project_name": 'My "Links" \\ {{ 7*7 }}', "delivery": "wheel", "database": "none"}
    run_copy(str(releases), project, data=given, vcs_ref="1.0.0", defaults=True, quiet=True)
    git(project, "init", "--quiet")
    commit_all(project, "Start")

    update(project)

    kept = yaml.safe_load((project / ".copier-answers.yml").read_text())
    assert kept.items() >= given.items()
    assert kept["_commit"] == "2.0.0"
    assert conflicting(project) == []


@pytest.mark.slow
def test_every_change_of_the_user_survives_and_the_result_deploys(project: Path) -> None:
    edited = project / "backend/src/domain/links/slug.py"
    edit(edited, "The old short name", "My short name")
    deleted = [
        project / "backend/src/infrastructure/links/event_log.py",
        project / "tests/unit/domain/test_slug.py",
    ]
    deleted[0].rename(deleted[0].with_name("link_event_log.py"))
    deleted[1].unlink()
    edit(project / "backend/src/bootstrap.py", "links.event_log", "links.link_event_log")
    (project / "README.md").write_text("# Mine\n")
    (project / "backend/src/domain/links/added.py").write_text('"""Mine."""\n')
    (project / "migrations/0002_mine.sql").write_text(
        "CREATE TABLE mine (id INTEGER PRIMARY KEY);\n"
    )
    pyproject, wrangler = project / "pyproject.toml", project / "wrangler.toml"
    edit(pyproject, "dependencies = [\n", 'dependencies = [\n    "idna~=3.10",\n')
    edit(wrangler, 'LOG_LEVEL = "INFO"', 'LOG_LEVEL = "DEBUG"')
    cache, errors = project / "tools/runtime/cache.py", project / "tools/runtime/errors.py"
    cache.write_text(cache.read_text() + "\n# Mine.\n")
    edit(errors, "repair", "mend")
    commit_all(project, "Our work")
    ours = {name: text for name, text in tree(project).items() if name.startswith(OWNED_BY_USER)}

    update(project)

    now = tree(project)
    assert {name: text for name, text in now.items() if name.startswith(OWNED_BY_USER)} == ours
    assert [file for file in deleted if file.exists()] == []
    assert '"idna~=3.10"' in pyproject.read_text()
    assert 'LOG_LEVEL = "DEBUG"' in wrangler.read_text()
    assert cache.read_text().endswith("# Mine.\n")
    assert conflicting(project) == ["tools/runtime/errors.py"]
    assert "<<<<<<<" in errors.read_text()
    assert "mend" in errors.read_text()
    # What the new release brings.
    assert NEW_DATE in wrangler.read_text()
    assert "[observability]" in wrangler.read_text()
    assert '"filelock~=4.2"' in pyproject.read_text()
    assert "fetched or built once" in cache.read_text()
    assert (project / "tools/runtime/snapshot.py").is_file()
    assert not (project / "tools/runtime/gone.py").exists()

    git(project, "checkout", "--theirs", "tools/runtime/errors.py")
    uv_run(project, "poe", "setup")
    uv_run(project, "python", "-m", "pytest", "tests/runtime")
