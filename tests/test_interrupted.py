"""Whatever stops a command half way: a file is as before or as after, and the next run ends it.

`tests/test_killed.py` is about processes that must not run on, this about files.
"""

import contextlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import Render
from preflight.corpus import both, replace
from projects import TEMPLATE, attempt, clean_environment, commit_all, git, preflight, tree
from tools.preflight.baseline import FILE as BASELINE

pytestmark = pytest.mark.slow

SMALL = {"api_style": "workers", "database": "none"}
CONFIG, PYPROJECT = "wrangler.toml", "pyproject.toml"
# Two files that `--fix` changes.
BREAK = both(
    replace(CONFIG, '["python_workers"]', '["python_workers", "experimental"]'),
    replace(PYPROJECT, 'include = ["src", "src.*"]', 'include = ["src"]'),
)


def setup(installed: Path, project: Path) -> "subprocess.Popen[str]":
    """`poe setup` of a copy, with the environment of the project that it is a copy of."""
    return subprocess.Popen(
        [installed / ".venv/bin/python", "-m", "tools.runtime", "setup"],
        cwd=project,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_setup_killed_while_it_copies_is_not_seen_by_git_and_ended_by_the_next(
    install: Render, install_copy: Render
) -> None:
    installed, project = install(SMALL), install_copy(SMALL)
    (project / "node_modules").unlink()
    git(project, "init", "--quiet")
    commit_all(project, "The project")

    killed = setup(installed, project)
    deadline = time.monotonic() + 60
    while not (unfinished := list(project.glob(".node_modules-*/tree"))):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    killed.kill()
    killed.communicate()

    assert unfinished[0].is_dir(), "it was not killed in time"
    assert not (project / "node_modules").exists()
    assert git(project, "status", "--porcelain") == ""

    following = setup(installed, project)
    output, _ = following.communicate(timeout=120)
    assert following.returncode == 0, output
    assert (project / "node_modules/wrangler/package.json").is_file()
    assert not list(project.glob(".node_modules-*"))
    assert git(project, "status", "--porcelain") == ""


def test_a_fix_killed_at_any_moment_leaves_each_file_as_before_or_as_after(
    install_copy: Render,
) -> None:
    project = install_copy(SMALL)
    healthy = {name: (project / name).read_bytes() for name in (CONFIG, PYPROJECT)}
    BREAK(project)
    broken = {name: (project / name).read_bytes() for name in healthy}
    others = tree(project / "backend")
    command = [sys.executable, "-m", "tools.preflight", "--project", str(project), "--fix"]
    draw = random.Random(6)
    for _ in range(2):
        for name, text in broken.items():
            (project / name).write_bytes(text)
        running = subprocess.Popen(
            command, cwd=TEMPLATE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        moment = time.monotonic() + draw.uniform(0.1, 8)
        # What it writes beside a file is the moment that matters most.
        while running.poll() is None and time.monotonic() < moment:
            if any(name.startswith((".wrangler.", ".pyproject.")) for name in os.listdir(project)):
                break
        running.kill()
        running.wait()
        for name in healthy:
            assert (project / name).read_bytes() in (broken[name], healthy[name])
        assert tree(project / "backend") == others

    status, output = preflight(project, "--fix")
    assert status == 0, output
    assert {name: (project / name).read_bytes() for name in healthy} == healthy


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 32 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(disk))
    if shutil.which("mount") is None or attempt(tmp_path, *mount)[0]:
        pytest.skip("only root may mount a disk")
    yield disk
    assert attempt(tmp_path, "umount", str(disk)) == (0, "")


def fill(disk: Path) -> None:
    """Write until nothing more fits."""
    with (disk / "filler").open("ab", buffering=0) as filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(4096))


def protect(disk: Path) -> None:
    assert attempt(disk.parent, "mount", "-o", "remount,ro", str(disk)) == (0, "")


@pytest.mark.parametrize(("stop", "reason"), [(fill, "No space left"), (protect, "ead-only")])
def test_a_disk_that_takes_nothing_is_an_error_and_nothing_is_half_written(
    install: Render, small_disk: Path, stop: Callable[[Path], None], reason: str
) -> None:
    installed, project = install(SMALL), small_disk / "project"
    ignored = shutil.ignore_patterns(".venv", "node_modules", "build", ".wrangler", "*.egg-info")
    shutil.copytree(installed, project, ignore=ignored)
    (project / "node_modules").symlink_to(installed / "node_modules")
    BREAK(project)
    (project / BASELINE).write_text('{"version": 1, "total": 1, "packages": {}}\n')
    (project / "build/runtime").mkdir(parents=True)
    (project / "python_modules/.vendored-from").unlink()
    before = tree(project)
    stop(small_disk)

    running = setup(installed, project)
    output, _ = running.communicate(timeout=120)
    for status, said in (
        (running.returncode, output),
        preflight(project, "--fix"),
        preflight(project, "--record-baseline"),
    ):
        assert status in (1, 2, 3), said
        assert "error" in said
        assert reason in said
        assert "Traceback" not in said, said
    now = {name: text for name, text in tree(project).items() if not name.startswith("build/")}
    assert now == before
