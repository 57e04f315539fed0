"""Projects of each version of the template, and their update."""

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pytest
from copier import run_copy, run_update
from filelock import FileLock

from projects import Answers, commit_all, git, name_of, tree
from updates.edits import KINDS, Work
from updates.judgement import Update
from updates.releases import NOW, build

Released = Callable[[str, Mapping[str, str]], Path]
Edited = Callable[[str, Answers, list[str], Random, Path], Update]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of pytest share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "updates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def releases(git_of_nobody: None, shared: Path) -> Path:
    """The repository of the template with all versions."""
    return once(shared / "releases", build)


@pytest.fixture(scope="session")
def released(releases: Path, shared: Path) -> Released:
    """Render a version with these answers and commit the project, once for all who only read."""

    def released(version: str, answers: Mapping[str, str]) -> Path:
        def make(folder: Path) -> None:
            render(releases, version, answers, folder)

        return once(shared / f"{version}-{name_of(dict(answers))}", make)

    return released


@pytest.fixture(scope="session")
def edited_and_updated(released: Released) -> Edited:
    """Do these kinds of edits in a new project of a version, commit, and update it to NOW."""

    def edited_and_updated(
        version: str, answers: Answers, kinds: list[str], random: Random, project: Path
    ) -> Update:
        start = released(version, answers)
        shutil.copytree(start, project)
        old = tree(start)
        coming = sorted(tree(released(NOW, answers)).keys() - old.keys())
        work = Work(project, answers, coming, random)
        for kind in kinds:
            KINDS[kind](work)
        git(project, "add", "--all", "--force")
        git(project, "commit", "--quiet", "--allow-empty", "--message", ", ".join(kinds))
        mine = tree(project)
        update(project, work.data)
        new = tree(released(NOW, {**answers, **work.data}))
        return Update(old, mine, new, tree(project), unmerged(project))

    return edited_and_updated


def render(template: Path, version: str, answers: Mapping[str, str], project: Path) -> None:
    """Render a version of the template with these answers and commit it."""
    run_copy(str(template), project, data=dict(answers), vcs_ref=version, defaults=True, quiet=True)
    git(project, "init", "--quiet", "--initial-branch=main")
    commit_all(project, "Start from the template")


def update(project: Path, data: Mapping[str, str] | None = None) -> None:
    run_update(project, data=dict(data or {}), defaults=True, overwrite=True, quiet=True)


def unmerged(project: Path) -> frozenset[str]:
    """The files that git holds for unmerged."""
    names = git(project, "diff", "-z", "--name-only", "--diff-filter=U")
    return frozenset(filter(None, names.split("\0")))


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """The folder, made by whoever asks for it first."""
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            unfinished = folder.with_name(f"{folder.name}.unfinished")
            # Of one that failed.
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder
