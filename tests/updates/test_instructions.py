"""docs/updating.md, done as it is written."""

import shutil
from pathlib import Path

import pytest

from conftest import Render
from projects import commit_all, edit, git, tree
from tools.template.ownership import USERS
from updates.conftest import Released, unmerged, update
from updates.instructions import (
    AFTERWARDS,
    BEFORE,
    DRIFT,
    FIRST,
    HEADINGS,
    LINE_ENDS,
    blocks,
    follow,
)
from updates.judgement import Update
from updates.releases import NOW

ANSWERS = {"api_style": "workers", "database": "none", "delivery": "hybrid", "ci": "none"}


def test_a_test_runs_each_block_of_commands() -> None:
    assert list(blocks()) == HEADINGS


@pytest.mark.slow
def test_an_update_and_what_comes_after_it(
    released: Released, install: Render, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(released("0.2.0", ANSWERS), project)
    # So that the setup has less to fetch.
    installed = install(ANSWERS)
    shutil.copy(installed / "uv.lock", project)
    edit(project / "wrangler.toml", 'LOG_LEVEL = "INFO"', 'LOG_LEVEL = "DEBUG"')
    commit_all(project, "Our work")

    follow(project, FIRST)

    assert 'base_dir = "backend"' in (project / "wrangler.toml").read_text()
    assert 'LOG_LEVEL = "DEBUG"' in (project / "wrangler.toml").read_text()
    output = follow(project, AFTERWARDS)
    assert "modified:   wrangler.toml" in output
    assert '+base_dir = "backend"' in output
    # Unit tests, then those against the runtime.
    assert output.count(" passed in ") == 2, output


@pytest.mark.slow
def test_what_an_update_would_bring_and_what_was_changed(
    released: Released, install: Render, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(released(NOW, ANSWERS), project)
    shutil.copy(install(ANSWERS) / "uv.lock", project)
    entry = project / "worker/entry.py"
    original = entry.read_text()
    entry.write_text("")
    commit_all(project, "Our work")

    follow(project, BEFORE)
    follow(project, DRIFT)

    assert entry.read_text() == original


@pytest.mark.slow
def test_line_ends_that_git_keeps_make_no_conflict(released: Released, tmp_path: Path) -> None:
    old, new = released("0.2.0", ANSWERS), released(NOW, ANSWERS)
    project = tmp_path / "project"
    shutil.copytree(old, project)
    edit(project / "wrangler.toml", 'LOG_LEVEL = "INFO"', 'LOG_LEVEL = "DEBUG"')
    for name in ("wrangler.toml", "tools/runtime/errors.py"):
        file = project / name
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    commit_all(project, "Our work, with CRLF")

    follow(project, LINE_ENDS)
    update(project)

    assert unmerged(project) == frozenset()
    expected = {**tree(new), ".gitattributes": b"* text=auto eol=lf\n"}
    expected["wrangler.toml"] = expected["wrangler.toml"].replace(b"INFO", b"DEBUG")
    judged = Update(tree(old), expected, expected, tree(project), frozenset())
    assert [fault for fault in judged.faults() if not fault.startswith(USERS)] == []
    assert git(project, "ls-files", "--eol").count("i/crlf") == 0
