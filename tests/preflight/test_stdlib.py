"""What is said of the Worker's standard library is what the runtime says."""

import json
import sys
import urllib.request
from pathlib import Path

import pytest

from conftest import Render
from preflight.corpus import write
from tools.preflight.stdlib import LACKING, PRESENT, REMOVED, RUNTIME, UNUSABLE
from tools.runtime.deployment import Deployment
from tools.runtime.project import Project

pytestmark = pytest.mark.slow

MAIN = """\
import importlib
import json
import sys

from workers import Response, WorkerEntrypoint


def importable(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def failure(name: str, arguments: list) -> str:
    module, _, function = name.rpartition(".")
    try:
        made = getattr(importlib.import_module(module), function)(*arguments)
        if hasattr(made, "start"):
            made.start()
        if hasattr(made, "submit"):
            made.submit(int)
    except (ImportError, OSError, RuntimeError, NotImplementedError, AttributeError) as error:
        return repr(error)
    return "" if made not in (-1, None) else "nothing happened"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        asked = json.loads(ASKED)
        return Response.json(
            {
                "standard": sorted(sys.stdlib_module_names),
                "importable": [name for name in asked["names"] if importable(name)],
                "failures": {
                    name: failure(name, arguments)
                    for name, arguments in asked["calls"].items()
                },
            }
        )


ASKED = '''ASKED'''
"""

# Importing these does something one can see.
UNASKED = {"antigravity", "this", "idlelib"}
CALLS: dict[str, list[object]] = {
    "concurrent.futures.ThreadPoolExecutor": [1],
    "multiprocessing.Pool": [1],
    "multiprocessing.Process": [],
    "os.fork": [],
    "os.popen": ["ls"],
    "os.system": ["ls"],
    "socket.create_connection": [["127.0.0.1", 1]],
    "subprocess.Popen": [["ls"]],
    "subprocess.check_output": [["ls"]],
    "subprocess.run": [["ls"]],
    "threading.Thread": [],
    "threading.Timer": [0, None],
}


@pytest.fixture
def answer(install_copy: Render) -> dict[str, object]:
    project = install_copy({"api_style": "workers", "database": "none"})
    asked = {
        "names": sorted((PRESENT | LACKING | REMOVED | RUNTIME) - UNASKED),
        "calls": CALLS,
    }
    write("backend/src/main.py", MAIN.replace("ASKED'''", f"{json.dumps(asked)}'''"))(project)
    with (
        Deployment(Project(Path(project))) as deployment,
        urllib.request.urlopen(deployment.url, timeout=120) as response,
    ):
        answered: dict[str, object] = json.load(response)
        return answered


def test_the_lists_are_what_the_runtime_has(answer: dict[str, object]) -> None:
    importable = set(answer["importable"])  # type: ignore[call-overload]
    assert importable == (PRESENT | RUNTIME) - UNASKED
    # Nothing of its Python is in none of the lists.
    assert set(answer["standard"]) <= PRESENT | LACKING  # type: ignore[call-overload]
    failures: dict[str, str] = answer["failures"]  # type: ignore[assignment]
    assert [name for name, failure in failures.items() if not failure] == []
    assert CALLS.keys() <= UNUSABLE.keys()
    assert not REMOVED & PRESENT
    assert sys.stdlib_module_names <= PRESENT | LACKING | REMOVED
