"""A template with two released versions, and a project of the first, for what compares versions."""

import contextlib
import io
import sys
from pathlib import Path

from copier import run_copy

from projects import Answers, commit_all, copy_working_tree, edit, git
from tools.template.__main__ import main

OLD_DATE, NEW_DATE = "2026-10-01", "2026-11-01"
CHANGELOG = """\
# Changelog

## [Unreleased]

- Not yet.

## [2.0.0] - 2026-11-22

### Changed

- A newer compatibility date.

## [1.1.0] - 2026-11-21

- Something between.

## [1.0.0] - 2026-11-20

- The first.
"""


def release(folder: Path) -> Path:
    """Make `folder` a template: 1.0.0, 1.1.0 and 2.0.0, the last as it is in the working tree."""
    folder.mkdir()
    copy_working_tree(folder)
    wrangler, errors = "template/wrangler.toml.jinja", "template/tools/runtime/errors.py"
    now = {name: (folder / name).read_text() for name in (wrangler, errors)}
    edit(folder / wrangler, NEW_DATE, OLD_DATE)
    edit(folder / errors, "put right", "repair")
    (folder / "CHANGELOG.md").write_text("# Changelog\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    _tag(folder, "1.0.0")
    (folder / errors).write_text(now[errors])
    _tag(folder, "1.1.0")
    (folder / wrangler).write_text(now[wrangler])
    (folder / "CHANGELOG.md").write_text(CHANGELOG)
    _tag(folder, "2.0.0")
    return folder


def _tag(folder: Path, version: str) -> None:
    commit_all(folder, version)
    git(folder, "tag", version)


def project_of(template: Path, folder: Path, version: str, answers: Answers) -> Path:
    """A project rendered from a version of the template and committed."""
    run_copy(str(template), folder, answers, vcs_ref=version, defaults=True, quiet=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit_all(folder, "Start from the template")
    return folder


def template_tool(project: Path, *arguments: str) -> tuple[int, str]:
    """Exit status and output of `python -m tools.template` in the project.

    In this process: half of the time of a new one goes into importing Copier.
    """
    output, before = io.StringIO(), sys.argv
    sys.argv = ["tools.template", *arguments]
    try:
        with (
            contextlib.chdir(project),
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
        ):
            return main(), output.getvalue()
    finally:
        sys.argv = before
