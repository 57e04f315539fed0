"""`poe dev`: it shows edits and leaves nothing running."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from conftest import Render
from projects import clean_environment, edit, processes_naming, uv
from tools.runtime.server import free_port

pytestmark = pytest.mark.slow


@contextmanager
def dev(project: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """`poe dev` in a process group of its own, as in a terminal, and its address."""
    port = free_port()
    with (project / "dev.log").open("wb") as log:
        process = subprocess.Popen(
            [uv(), "run", "poe", "dev", "--port", str(port)],
            cwd=project,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            url = f"http://127.0.0.1:{port}/health"
            wait_for(url, '"status":"ok"', project / "dev.log")
            yield process, url
        finally:
            process.kill()
            process.wait()
            # A test that fails leaves nothing either.
            for left in processes_naming(project):
                left.kill()


def wait_for(url: str, text: str, log: Path) -> None:
    """Wait until the answer holds a text."""
    deadline = time.monotonic() + 90
    answer = ""
    while text not in answer.replace(": ", ":"):
        assert time.monotonic() < deadline, f"{answer}\n{log.read_text()}"
        try:
            answer = httpx.get(url, timeout=60).text
        except httpx.TransportError as error:
            answer = repr(error)
            time.sleep(0.1)


@pytest.mark.parametrize("delivery", ["hybrid", "wheel"])
def test_dev_shows_an_edit_of_src(install_copy: Render, delivery: str) -> None:
    project = install_copy({"delivery": delivery, "api_style": "workers", "database": "none"})
    with dev(project) as (_, url):
        edit(project / "backend/src/core/config/settings.py", "SERVICE_NAME", "ENVIRONMENT")
        wait_for(url, '"name":"local"', project / "dev.log")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_dev_leaves_no_process_however_it_ends(install_copy: Render, end: signal.Signals) -> None:
    project = install_copy({"api_style": "workers", "database": "none"})
    with dev(project) as (process, _):
        started = list(processes_naming(project))
        assert len(started) >= 3, "supervisor, wrangler and workerd"
        if end == signal.SIGINT:
            os.killpg(process.pid, end)
        else:
            process.send_signal(end)
        process.wait(timeout=30)
        _, alive = psutil.wait_procs(started, timeout=15)
        assert alive == []
        assert list(processes_naming(project)) == []
