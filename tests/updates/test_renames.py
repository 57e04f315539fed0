"""A file of the template that is renamed or dropped takes nothing of the user's along."""

from pathlib import Path

import pytest
from copier import run_update
from copier.errors import UnsafeTemplateError

from projects import SUGGESTED, Answers, commit_all, edit, git, name_of, tree
from updates.conftest import Released, render, unmerged, update
from updates.gone import GONE, Gone, unexplained
from updates.releases import NOW, frozen, release

LAST = frozen()[-1]

COPIER_YML = """\
_subdirectory: template
_exclude:
  - "{% if _copier_operation == 'update' %}/tools/kept.py{% endif %}"
"""
ANSWERS_FILE = "{{ _copier_conf.answers_file }}.jinja"
MIGRATION = """\
_migrations:
  - version: "2.0.0"
    when: "{{ _stage == 'before' }}"
    command: [git, mv, tools/moved.py, tools/now_moved.py]
"""
CODE = "".join(f"line = {number}\n" for number in range(20))


# Between them they have each file of the template.
BOTH = [SUGGESTED, {"api_style": "workers", "database": "none", "delivery": "wheel", "ci": "none"}]


@pytest.mark.parametrize("answers", BOTH, ids=name_of)
def test_each_file_of_the_last_release_is_there_or_proved_safe(
    released: Released, answers: Answers
) -> None:
    missing = unexplained(tree(released(LAST, answers)), tree(released(NOW, answers)), GONE)
    assert missing == [], "Renamed or dropped: see `A release` in CONTRIBUTING.md."


def test_the_table_of_what_is_gone_is_true(released: Released) -> None:
    present = set().union(*(tree(released(NOW, answers)) for answers in BOTH))
    released_once = set().union(*(tree(released(LAST, answers)) for answers in BOTH))
    for name, gone in GONE.items():
        assert name in released_once, f"{name} is of an older release: its line can go"
        assert name not in present, f"{name} is back: its line can go"
        assert gone.now is None or gone.now in present, f"there is no {gone.now}"
        file, _, test = gone.proof.partition("::")
        assert f"def {test}(" in (Path(__file__).parent / file).read_text()


def test_a_path_that_is_gone_is_noticed_unless_it_is_explained_or_the_users() -> None:
    old = {"tools/cache.py": b"", "tools/glue.py": b"", "tests/unit/doubles.py": b""}
    new = {"tools/store.py": b"", "tools/glue.py": b""}
    assert unexplained(old, new, {}) == ["tools/cache.py"]
    assert unexplained(old, new, {"tools/cache.py": Gone("tools/store.py", "")}) == []


@pytest.fixture
def template(git_of_nobody: None, tmp_path: Path) -> Path:
    """A small template with two versions: the second renames all that the first has."""
    folder = tmp_path / "template"
    tools = folder / "template/tools"
    tools.mkdir(parents=True)
    (folder / "copier.yml").write_text(COPIER_YML)
    (folder / "template" / ANSWERS_FILE).write_text("{{ _copier_answers | to_nice_yaml }}\n")
    for name in ("bare", "kept", "moved"):
        (tools / f"{name}.py").write_text(CODE)
    git(folder, "init", "--quiet", "--initial-branch=main")
    release(folder, "1.0.0")
    for name in ("bare", "kept", "moved"):
        (tools / f"{name}.py").rename(tools / f"now_{name}.py")
    edit(tools / "now_moved.py", "line = 3\n", "line = 'three'\n")
    release(folder, "2.0.0")
    return folder


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """A project of the first version with a line of the user's in each file."""
    project = tmp_path / "project"
    render(template, "1.0.0", {}, project)
    for name in ("bare", "kept", "moved"):
        edit(project / f"tools/{name}.py", "line = 9\n", f"line = 'mine in {name}'\n")
    commit_all(project, "Our work")
    return project


def test_an_old_path_that_updates_leave_out_stays_with_what_the_user_wrote(project: Path) -> None:
    before = (project / "tools/kept.py").read_bytes()
    update(project)
    assert (project / "tools/kept.py").read_bytes() == before
    assert (project / "tools/now_kept.py").read_text() == CODE
    # What the rest of this file is for.
    assert "mine in bare" not in "".join(file.read_text() for file in project.rglob("*.py"))
    assert unmerged(project) == frozenset()


def test_a_migration_takes_along_what_the_user_wrote_and_needs_trust_where_it_is_crossed(
    template: Path, project: Path, tmp_path: Path
) -> None:
    (template / "copier.yml").write_text((template / "copier.yml").read_text() + MIGRATION)
    git(template, "tag", "--delete", "2.0.0")
    release(template, "2.0.0")
    before = tree(project)
    with pytest.raises(UnsafeTemplateError, match="--trust"):
        update(project)
    assert tree(project) == before

    run_update(project, defaults=True, overwrite=True, quiet=True, unsafe=True)

    assert not (project / "tools/moved.py").exists()
    moved = (project / "tools/now_moved.py").read_text()
    assert "mine in moved" in moved
    assert "line = 'three'" in moved
    assert unmerged(project) == {"tools/now_moved.py"}

    # Whoever is past that version needs no trust.
    later = tmp_path / "later"
    render(template, "2.0.0", {}, later)
    (template / "template/tools/new.py").write_text(CODE)
    release(template, "3.0.0")
    update(later)
    assert (later / "tools/new.py").is_file()
