"""Renders of the template as it lies in the working tree, plain and set up."""

import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from pytest_copie.plugin import Copie
from xdist.scheduler import LoadScopeScheduling

from projects import (
    SUGGESTED,
    Answers,
    commit_all,
    copy_working_tree,
    git,
    processes_naming,
    uv_run,
    working_copy,
)
from tools.runtime.cache import digest

Render = Callable[[Answers], Path]

# Counts what the update tests cover.
pytest_plugins = ["updates.counts"]

SPREAD = (
    "test_faults.py",
    "test_fix.py",
    "test_fresh_answers.py",
    "test_repairs.py",
    "test_strategies.py",
    "updates/test_matrix.py",
)


class ByProject(LoadScopeScheduling):
    """Keep the tests of a file in one process, and those named for a project with that project.

    A process sets a project up once. Groups as pytest-xdist marks them do nothing with pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        project = re.search(r"\[(\w+-\w+-(hybrid|wrangler|wheel))\]$", nodeid)
        file = nodeid.partition("::")[0]
        # Long ones are dealt out one by one, to as many processes as there are.
        if file.endswith(SPREAD):
            return f"{file}-{zlib.crc32(nodeid.encode()) % 4}"
        return project[1] if project else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByProject:
    return ByProject(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a fifth of the tests' time is waiting for servers."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def git_of_nobody() -> Iterator[None]:
    """Git without the settings of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as environment:
        for role in ("AUTHOR", "COMMITTER"):
            environment.setenv(f"GIT_{role}_NAME", "Test")
            environment.setenv(f"GIT_{role}_EMAIL", "test@example.com")
        environment.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        environment.setenv("GIT_CONFIG_SYSTEM", os.devnull)
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    yield
    left = [process.cmdline() for process in processes_naming(tmp_path_factory.getbasetemp())]
    assert not left


@pytest.fixture(scope="session")
def template(git_of_nobody: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean git repository with one commit: this repository as it is now."""
    folder = tmp_path_factory.mktemp("template")
    copy_working_tree(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit_all(folder, "The template as it is now")
    return folder


@pytest.fixture(scope="session")
def render(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Render the template with the suggested answers but these, once for all who only read."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def render(answers: Answers) -> Path:
        answers = {**SUGGESTED, **answers}
        folder = shared / "rendered" / digest(*answers.values())
        with FileLock(f"{folder}.lock"):
            done = folder / "done"
            if not done.exists():
                folder.mkdir(parents=True)
                result = Copie(template, folder, folder).copy(answers)
                assert result.exception is None, result.exception
                done.write_text(str(result.project_dir))
        return Path(done.read_text())

    return render


@pytest.fixture(scope="session")
def install(render: Render, tmp_path_factory: pytest.TempPathFactory) -> Render:
    """Render as `render` does and run the project's `poe setup`, once for all who only read."""
    installed: dict[str, Path] = {}
    locks: dict[str, Path] = {}

    def install(answers: Answers) -> Path:
        answers = {"ci": "none", **answers}
        key = str(sorted(answers.items()))
        if key not in installed:
            project = tmp_path_factory.mktemp("installed") / "project"
            shutil.copytree(render(answers), project)
            # Of the answers only the API style decides on dependencies.
            style = answers.get("api_style", "fastapi")
            if style in locks:
                shutil.copy(locks[style], project)
            # No answer decides on Node packages; Node.js keeps what it compiled for each path.
            for first in [*installed.values()][:1]:
                (project / "node_modules").symlink_to(first / "node_modules")
            uv_run(project, "poe", "setup")
            installed[key] = project
            locks.setdefault(style, project / "uv.lock")
        return installed[key]

    return install


@pytest.fixture
def install_copy(install: Render, tmp_path: Path) -> Render:
    """Install as `install` does, into a copy that the test may change."""
    return lambda answers: working_copy(install(answers), tmp_path / "project")
