"""How long copying and updating a project take."""

import shutil
import sys
from pathlib import Path

from bench.processes import run, seconds_of
from bench.projects import ROOT, WORK
from bench.results import Measurement

GIT = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]


def measure(*, runs: int) -> list[Measurement]:
    """Copies of the first of two versions of the template, and updates to the second."""
    template = WORK / "template"
    project = WORK / "copied"
    make_versions(template)
    copier = [sys.executable, "-m", "copier"]
    copies, updates = [], []
    for _ in range(runs):
        shutil.rmtree(project, ignore_errors=True)
        copy = [
            *copier,
            "copy",
            "--defaults",
            "--quiet",
            "--vcs-ref=v1",
            str(template),
            str(project),
        ]
        copies.append(seconds_of(copy, WORK))
        commit(project, "Copied")
        updates.append(seconds_of([*copier, "update", "--defaults", "--quiet"], project))
    if "# The second version." not in (project / "tools" / "__init__.py").read_text():
        raise RuntimeError("copier update changed nothing")
    shutil.rmtree(template)
    shutil.rmtree(project)
    return [Measurement("`copier copy`", copies), Measurement("`copier update`", updates)]


def test_suite() -> Measurement:
    """The time of this repository's tests, once: it is minutes long."""
    seconds = seconds_of([sys.executable, "-m", "pytest", "--quiet"], ROOT, seconds=3600)
    return Measurement("the whole test suite, once", [seconds])


def make_versions(folder: Path) -> None:
    """A repository with the working tree as v1, and one changed file as v2."""
    shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    shutil.copytree(ROOT / "template", folder / "template", ignore=ignored)
    shutil.copy(ROOT / "copier.yml", folder)
    commit(folder, "v1")
    run([*GIT, "tag", "v1"], folder)
    with (folder / "template" / "tools" / "__init__.py").open("a") as file:
        file.write("# The second version.\n")
    commit(folder, "v2")
    run([*GIT, "tag", "v2"], folder)


def commit(folder: Path, message: str) -> None:
    run([*GIT, "init", "--quiet"], folder)
    run([*GIT, "add", "--all", "--force"], folder)
    run([*GIT, "commit", "--quiet", "--message", message], folder)
