"""`poe drift` finds what was changed or lost of the template's files, and brings it back."""

import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from conftest import Render
from projects import ROOT, edit, name_of, tree
from releases import project_of, release, template_tool
from tools.template import answers
from tools.template.errors import NotPossible
from tools.template.ownership import GENERATED, TEMPLATES, USERS, is_below
from tools.template.source import url_of

SMALL = {"api_style": "workers", "database": "none"}


@pytest.fixture(scope="module")
def rendered(git_of_nobody: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a version that is not the newest."""
    folder = tmp_path_factory.mktemp("drift")
    return project_of(release(folder / "template"), folder / "project", "1.0.0", SMALL)


@pytest.fixture
def project(rendered: Path, tmp_path: Path) -> Path:
    return shutil.copytree(rendered, tmp_path / "project")


def drift(project: Path, *options: str) -> tuple[int, str]:
    return template_tool(project, "drift", *options)


def damage(project: Path) -> None:
    """Do each thing that can happen to a file, and what must not be reported."""
    edit(project / "tools/runtime/errors.py", "repair", "mend")
    (project / "worker/entry.py").unlink()
    (project / "tools/runtime/launcher.sh").chmod(0o644)
    config = project / "package.json"
    config.write_bytes(config.read_bytes().replace(b"\n", b"\r\n"))
    # Not the template's.
    (project / "backend/src/main.py").write_text("# Mine.\n")
    (project / "tests/unit/test_bootstrap.py").unlink()
    (project / "tools/mine.py").write_text("# Mine.\n")


def test_an_untouched_project_has_no_drift(project: Path) -> None:
    status, output = drift(project)
    assert status == 0
    assert re.fullmatch(r"None of \d+ files differ from version 1.0.0 of the template.\n", output)


def test_each_kind_of_drift_is_one_line_and_a_named_file_is_shown(project: Path) -> None:
    damage(project)
    before = tree(project)

    status, output = drift(project)
    assert status == 1
    *lines, summary = output.splitlines()
    assert lines == [
        "line ends  package.json",
        "changed    tools/runtime/errors.py",
        "mode       tools/runtime/launcher.sh",
        "deleted    worker/entry.py",
    ]
    assert summary.startswith("4 of ")

    status, output = drift(project, "./tools", "package-lock.json")
    assert status == 1
    assert '-    """Something the user can repair; the message says what and how."""' in output
    assert '+    """Something the user can mend; the message says what and how."""' in output
    assert "launcher.sh is no program; the template has it as a program" in output
    assert "entry.py" not in output
    assert drift(project, "package-lock.json")[0] == 0
    assert tree(project) == before


def test_what_is_restored_is_as_it_was_rendered_and_what_it_replaced_is_kept(
    project: Path, rendered: Path
) -> None:
    damage(project)
    names = ("tools/runtime/errors.py", "tools/runtime/launcher.sh", "package.json", "worker")

    status, output = drift(project, "--restore", *names)

    assert status == 0
    assert '-    """Something the user can mend; the message says what and how."""' in output
    assert "worker/entry.py is restored.\n" in output
    kept = project / "build/replaced/tools/runtime/errors.py"
    assert f"What it replaced is in {kept.relative_to(project)}." in output
    assert "mend" in kept.read_text()
    for name in ("tools/runtime/errors.py", "tools/runtime/launcher.sh", "worker/entry.py"):
        assert (project / name).read_bytes() == (rendered / name).read_bytes()
        assert (project / name).stat().st_mode == (rendered / name).stat().st_mode
    assert drift(project)[0] == 0
    assert (project / "backend/src/main.py").read_text() == "# Mine.\n"
    assert not list(project.rglob(".errors.py.*"))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("backend/src/main.py", "is yours: the template writes it once"),
        ("README.md", "is yours"),
        ("uv.lock", "is generated"),
        (".copier-answers.yml", "is written by Copier"),
        ("tools/mine.py", "is no file of the template"),
        ("../other/wrangler.toml", "is no file of the template"),
    ],
)
def test_what_is_not_the_templates_is_refused_with_the_reason(
    project: Path, name: str, reason: str
) -> None:
    damage(project)
    before = tree(project)
    status, output = drift(project, "--restore", name)
    assert status == 2
    assert output.startswith(f"error: {name} {reason}")
    assert tree(project) == before


def test_a_read_only_file_is_not_restored(project: Path) -> None:
    damage(project)
    file = project / "tools/runtime/errors.py"
    file.chmod(0o444)
    before = tree(project)
    status, output = drift(project, "--restore", "tools/runtime/errors.py")
    assert status == 2
    assert "errors.py is read-only, so it was not restored." in output
    assert tree(project) == before
    assert stat.S_IMODE(file.stat().st_mode) == 0o444


def test_a_project_of_uncommitted_changes_of_the_template_has_no_version_to_compare_with(
    project: Path,
) -> None:
    file = project / answers.FILE
    file.write_text(file.read_text().replace("_commit: 1.0.0", "_commit: 1.0.0-1-gabcdef0"))
    status, output = drift(project)
    assert status == 3
    assert "_src_path in .copier-answers.yml" in output
    assert "has no version 1.0.0-1-gabcdef0, which _commit names" in output
    assert "uvx copier recopy" in output


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (None, "does not exist"),
        ("a: [", ":1: "),
        ("- a\n", "holds no answers"),
        ("_src_path: /a\n", "has no _commit"),
        ("_commit: 1.0.0\n", "has no _src_path"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_an_answers_file_that_says_nothing_is_an_error_with_the_way_back(
    tmp_path: Path, text: str | bytes | None, named: str
) -> None:
    if text is not None:
        (tmp_path / answers.FILE).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(NotPossible) as raised:
        answers.read(tmp_path)
    assert str(tmp_path / answers.FILE) in str(raised.value)
    assert named in str(raised.value)
    assert "git" in str(raised.value)
    assert raised.value.status == 2


@pytest.mark.parametrize(
    ("source", "url"),
    [
        ("gh:acme/template", "https://github.com/acme/template.git"),
        ("gl:acme/template.git", "https://gitlab.com/acme/template.git"),
        ("git+https://example.com/template", "https://example.com/template"),
        ("git@github.com:acme/template.git", "git@github.com:acme/template.git"),
        ("/srv/template", "/srv/template"),
        ("~/template", os.path.expanduser("~/template")),
    ],
)
def test_a_template_is_cloned_from_where_copier_gets_it(source: str, url: str) -> None:
    assert url_of(source) == url


@pytest.mark.parametrize("style", [{}, {**SMALL, "delivery": "wheel", "ci": "none"}], ids=name_of)
def test_each_rendered_file_has_one_owner_as_the_document_says(
    render: Render, style: dict[str, str]
) -> None:
    for name in tree(render(style)):
        owners = [is_below(name, places) for places in (TEMPLATES, USERS, (answers.FILE,))]
        assert owners.count(True) == 1, f"tools/template/ownership.py says nothing of {name}"
        assert not is_below(name, GENERATED)
    document = (ROOT / "docs/updating.md").read_text()
    for name in (*TEMPLATES, *GENERATED):
        assert re.search(rf"`{re.escape(name)}/?`", document), f"docs/updating.md lacks {name}"
