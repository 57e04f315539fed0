"""Whatever is killed, nothing goes on running and nothing half-done is used."""

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from conftest import Render
from projects import clean_environment, processes_naming
from tools.runtime.server import free_port

pytestmark = pytest.mark.slow


def runtime(project: Path, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
    """The runtime tool in the project's own Python, without uv between us and it."""
    return subprocess.Popen(
        [project / ".venv" / "bin" / "python", "-m", "tools.runtime", *arguments],
        cwd=project,
        env={**clean_environment(), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def is_gone(project: Path, *, seconds: float = 15) -> bool:
    """Whether no process of the project is left, or none is soon."""
    deadline = time.monotonic() + seconds
    while list(processes_naming(project)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def first(project: Path, part: str) -> psutil.Process | None:
    found = (
        process for process in processes_naming(project) if part in " ".join(process.cmdline())
    )
    return next(found, None)


@pytest.fixture
def project(install: Render) -> Path:
    return install({"api_style": "workers", "database": "none"})


@pytest.mark.parametrize("after", [0.5, 4.0])
@pytest.mark.parametrize(
    "victim", ["tools.runtime dev", "tools.runtime.supervisor", "wrangler-dist", "workerd serve"]
)
def test_killing_one_process_of_a_server_ends_all_with_their_caller(
    project: Path, victim: str, after: float
) -> None:
    server = runtime(project, "dev", "--port", str(free_port()))
    try:
        time.sleep(after)
        if process := first(project, victim):
            process.kill()
            time.sleep(0.5)
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert is_gone(project)


def test_a_setup_killed_again_and_again_is_completed_by_the_next(
    project: Path, tmp_path: Path
) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    for seconds in (0.5, 2.0, 6.0, 12.0):
        setup = runtime(project, "setup", **environment)
        time.sleep(seconds)
        setup.kill()
        setup.wait()
        assert is_gone(project)
    assert runtime(project, "setup", **environment).wait(timeout=300) == 0
    kinds = {path.name for path in (tmp_path / "layered-workers").iterdir()}
    assert {"bundles", "snapshots"} <= kinds
    assert not list((tmp_path / "layered-workers").glob("*/*.new-*"))


def test_eight_setups_at_once_on_an_empty_cache_leave_one_good_cache(
    project: Path, tmp_path: Path
) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path)}
    setups = [runtime(project, "setup", **environment) for _ in range(8)]
    assert [setup.wait(timeout=300) for setup in setups] == [0] * 8
    for kind in ("bundles", "snapshots"):
        entries = [
            path for path in (tmp_path / "layered-workers" / kind).iterdir() if path.is_dir()
        ]
        assert len(entries) == 1
