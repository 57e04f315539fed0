"""`poe dev`: it shows edits and leaves nothing running."""

import os
import random
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

# `make test-all` asks for more.
SEQUENCES = int(os.environ.get("DEV_SEQUENCES", "1"))


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
    deadline = time.monotonic() + 150
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


FLAG = "python_workflows_implicit_dependencies"
HEALTH = """\
import _cloudflare_compat_flags
import dependency_of_the_test

from src.presentation.api.shared.http import ApiRequest, ApiResponse, json_response
from src.presentation.api.shared.routing import Route
from src.presentation.api.shared.services import Services

CODE = "first"


async def health(request: ApiRequest, services: Services) -> ApiResponse:
    report = await services.check_health()
    flag = _cloudflare_compat_flags.python_workflows_implicit_dependencies
    shown = [CODE, dependency_of_the_test.VERSION, report.name, "on" if flag else "off"]
    return json_response({"status": "ok", "shown": " ".join(shown)})


ROUTES = [Route("GET", "/health", health)]
"""
HEALTH_FILE = "backend/src/presentation/api/shared/health.py"
DEPENDENCY_FILE = "python_modules/dependency_of_the_test/__init__.py"

# What is edited while `dev` runs: file, old text, new text. All but the date show in the answer.
EDITS = {
    "code": (HEALTH_FILE, 'CODE = "first"', 'CODE = "second"'),
    "dependency": (DEPENDENCY_FILE, "1.0", "2.0"),
    "setting": ("wrangler.toml", 'SERVICE_NAME = "Short Links"', 'SERVICE_NAME = "renamed"'),
    "date": ("wrangler.toml", '"2026-11-01"', '"2026-09-08"'),
    "flag": ("wrangler.toml", f'"no_{FLAG}"', f'"{FLAG}"'),
}


# Up to six starts, most of them without a snapshot.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_dev_takes_up_edits_of_everything_in_any_order(install_copy: Render, seed: int) -> None:
    project = install_copy({"api_style": "workers", "database": "none"})
    (project / HEALTH_FILE).write_text(HEALTH)
    (project / DEPENDENCY_FILE).parent.mkdir()
    (project / DEPENDENCY_FILE).write_text('VERSION = "1.0"\n')
    edit(project / "wrangler.toml", '["python_workers"]', f'["python_workers", "no_{FLAG}"]')
    edited: set[str] = set()

    def shown() -> str:
        texts = ["second" if "code" in edited else "first"]
        texts.append("2.0" if "dependency" in edited else "1.0")
        texts.append("renamed" if "setting" in edited else "Short Links")
        return " ".join([*texts, "on" if "flag" in edited else "off"])

    with dev(project) as (_, url):
        wait_for(url, shown(), project / "dev.log")
        for name in random.Random(seed).sample(list(EDITS), k=len(EDITS)):
            file, old, new = EDITS[name]
            edit(project / file, old, new)
            edited.add(name)
            wait_for(url, shown(), project / "dev.log")
    # The last start had the new date as well: a snapshot of the old one was not for it.
    assert "wrangler.toml changed" in (project / "dev.log").read_text()


def test_dev_waits_for_the_other_half_of_an_edit(install_copy: Render) -> None:
    project = install_copy({"api_style": "workers", "database": "none"})
    with dev(project) as (process, url):
        edit(project / "wrangler.toml", "[vars]", "[vars")
        log = project / "dev.log"
        deadline = time.monotonic() + 150
        while "Waiting for an edit." not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        assert "wrangler.toml" in log.read_text()
        assert process.poll() is None
        edit(project / "wrangler.toml", "[vars\n", "[vars]\n")
        wait_for(url, '"status":"ok"', log)


def test_dev_outlives_code_that_cannot_be_imported(install_copy: Render) -> None:
    project = install_copy({"api_style": "workers", "database": "none"})
    main = project / "backend/src/main.py"
    log = project / "dev.log"
    with dev(project) as (process, url):
        good = main.read_text()
        main.write_text("import nothing_of_this_name\n")
        deadline = time.monotonic() + 150
        while "Waiting for an edit." not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        assert process.poll() is None
        main.write_text(good)
        wait_for(url, '"status":"ok"', log)


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
