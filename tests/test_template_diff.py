"""`poe template-diff` shows what `copier update` would do, and does nothing."""

import os
import shutil
from pathlib import Path

import pytest
from copier import run_update

from projects import commit_all, edit, git, tree
from releases import NEW_DATE, OLD_DATE, project_of, release, template_tool

SMALL = {"api_style": "workers", "database": "none"}


@pytest.fixture(scope="module")
def released(git_of_nobody: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release(tmp_path_factory.mktemp("released") / "template")


@pytest.fixture(scope="module")
def rendered(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project_of(released, tmp_path_factory.mktemp("rendered") / "project", "1.0.0", SMALL)


@pytest.fixture
def project(rendered: Path, tmp_path: Path) -> Path:
    return shutil.copytree(rendered, tmp_path / "project")


def template_diff(project: Path, *options: str) -> tuple[int, str]:
    return template_tool(project, "diff", *options)


def state(project: Path) -> dict[str, object]:
    """All that a command could change: files with their times, and what git knows."""
    return {
        **tree(project),
        "times": {
            name: (project / name).stat().st_mtime_ns
            for name in git(project, "ls-files", "-co", "--exclude-standard").split()
            if (project / name).exists()
        },
        "git": git(project, "status", "--porcelain") + git(project, "for-each-ref"),
        "folders": sorted(os.listdir(project)),
    }


def test_what_is_shown_is_what_the_update_does_and_nothing_is_changed(
    project: Path, tmp_path: Path
) -> None:
    # A folder of a larger repository, as in a monorepo.
    shutil.rmtree(project / ".git")
    git(tmp_path, "init", "--quiet")
    commit_all(tmp_path, "All projects")
    edit(project / "tools/runtime/errors.py", "repair", "mend")
    # Not committed, and part of what would be merged all the same.
    edit(project / "wrangler.toml", 'LOG_LEVEL = "INFO"', 'LOG_LEVEL = "DEBUG"')
    (project / "README.md").unlink()
    (project / "mine.txt").write_text("Mine.\n")
    before = state(project)

    status, shown = template_diff(project)

    assert status == 1
    assert state(project) == before
    assert f'-compatibility_date = "{OLD_DATE}"' in shown
    assert f'+compatibility_date = "{NEW_DATE}"' in shown
    assert "+<<<<<<< before updating" in shown
    assert "3 files change from 1.0.0 to 2.0.0.\nVersions crossed: 1.1.0, 2.0.0.\n" in shown
    assert shown.endswith("changed the same lines of:\n  tools/runtime/errors.py\n")

    commit_all(tmp_path, "Our work")
    run_update(project, defaults=True, overwrite=True, quiet=True)
    git(project, "add", "--all")
    assert shown.startswith(git(project, "diff", "--cached", "--relative"))
    commit_all(tmp_path, "Update")
    assert template_diff(project) == (
        0,
        "Nothing to update: this is 2.0.0 of the template; its latest version is 2.0.0.\n",
    )


def test_an_older_version_can_be_asked_for_and_git_is_not_needed(project: Path) -> None:
    shutil.rmtree(project / ".git")
    status, shown = template_diff(project, "--vcs-ref", "1.1.0")
    assert status == 1
    assert "2 files change from 1.0.0 to 1.1.0.\nVersions crossed: 1.1.0.\n" in shown
    assert "compatibility_date" not in shown


def test_an_unknown_version_is_an_error_that_names_those_there_are(project: Path) -> None:
    status, output = template_diff(project, "--vcs-ref", "7.0.0")
    assert status == 2
    assert "has no '7.0.0'. Its newest versions: 1.0.0, 1.1.0, 2.0.0." in output


def test_a_template_that_is_gone_is_an_error_that_names_where_it_is_recorded(
    project: Path,
) -> None:
    answers = project / ".copier-answers.yml"
    lines = answers.read_text().splitlines()
    answers.write_text(
        "\n".join("_src_path: /nowhere" if "_src_path" in line else line for line in lines)
    )
    status, output = template_diff(project)
    assert status == 3
    assert "_src_path in .copier-answers.yml, /nowhere: " in output
    assert "put its new URL there" in output
