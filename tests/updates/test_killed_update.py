"""`copier update` killed on its way: one documented command leads back."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from projects import attempt, clean_environment, commit_all, git, tree
from updates.conftest import Released, unmerged
from updates.instructions import INTERRUPTED, follow
from updates.releases import NOW

pytestmark = pytest.mark.slow

# `make test-all` asks for more.
KILLS = int(os.environ.get("UPDATE_KILLS", "5"))
ANSWERS = {"api_style": "workers", "database": "none", "delivery": "wrangler", "ci": "github"}
UPDATE = [sys.executable, "-m", "copier", "update", "--defaults", "--quiet"]


@pytest.fixture
def project(released: Released, tmp_path: Path) -> Path:
    """A project of the first version with work of its user, and files that git ignores."""
    project = tmp_path / "project"
    shutil.copytree(released("0.1.0", ANSWERS), project)
    for name in ("wrangler.toml", "tools/runtime/errors.py", "backend/src/main.py"):
        file = project / name
        file.write_text(f"# Mine.\n{file.read_text()}")
    (project / "docs").mkdir()
    (project / "docs/mine.md").write_text("Mine.\n")
    commit_all(project, "Our work")
    (project / ".dev.vars").write_text("SECRET=mine\n")
    return project


@pytest.mark.timeout(300 + 30 * KILLS)
def test_a_killed_update_leads_back_to_what_was_committed(
    project: Path, released: Released
) -> None:
    committed, head = tree(project), git(project, "rev-parse", "HEAD")
    whole = killed_after(project, 300)
    after = tree(project)
    assert {".copier-answers.yml", "wrangler.toml"} <= changed(committed, after)
    follow(project, INTERRUPTED)
    assert tree(project) == committed

    random = Random(0)
    touched = 0
    for number in range(KILLS):
        # One in each part of the time that a whole update takes.
        killed_after(project, whole * (number + random.random()) / KILLS)
        touched += bool(git(project, "status", "--porcelain"))
        follow(project, INTERRUPTED)
        assert tree(project) == committed
        assert git(project, "rev-parse", "HEAD") == head
        assert git(project, "status", "--porcelain") == ""
        git(project, "fsck", "--strict")
    # Not each kill came too early to do harm.
    assert touched

    killed_after(project, 300)
    assert tree(project) == after
    assert unmerged(project) == frozenset()
    assert f"_commit: {NOW}" in (project / ".copier-answers.yml").read_text()


def test_an_update_does_not_start_on_uncommitted_work(project: Path) -> None:
    (project / "docs/uncommitted.md").write_text("Mine.\n")
    before = tree(project)
    status, output = attempt(project, *UPDATE)
    assert status != 0
    assert "dirty" in output
    assert tree(project) == before


def killed_after(project: Path, seconds: float) -> float:
    """Update, kill Copier and the git it started after so long, and say how long that was."""
    # Copier leaves its temporary folders behind then.
    scratch = project.with_name("scratch")
    scratch.mkdir(exist_ok=True)
    started = time.monotonic()
    process = subprocess.Popen(
        UPDATE,
        cwd=project,
        env={**clean_environment(), "TMPDIR": str(scratch)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = process.wait(seconds)
        assert status == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return time.monotonic() - started


def changed(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}
