"""How long the preflight takes by itself, beside import-linter and deptry on the same trees.

wrangler is left out: it writes the upload once, and the preflight reads that with `--bundle`. Each
time is that of a whole process, from its start to its end.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.projects import ROOT, WORK, environment
from bench.results import Comparison, Measurement, Section
from tools.runtime import upload
from tools.runtime.project import Project

GOAL = 1.5
GOAL_AT = 2000
MEMORY_GOAL_MIB = 200
TEMPLATE = ROOT / "template"
LAYERS = ("presentation", "infrastructure", "application", "domain")

MODULE = '''\
"""Part {number} of {layer}."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
{imports}

LIMIT = {number}


@dataclass(frozen=True, slots=True)
class Amount{number}:
    """So many of them, never more than the limit."""

    value: int
    labels: Mapping[str, str] = field(default_factory=dict)

    def within_limit(self) -> bool:
        return self.value <= LIMIT

    def described(self) -> str:
        return json.dumps({{"value": self.value, **self.labels}})


def total{number}(amounts: list[Amount{number}]) -> int:
    return sum(amount.value for amount in amounts if amount.within_limit())


def described{number}(amounts: list[Amount{number}]) -> Iterator[str]:
    for amount in amounts:
        if amount.value > 0:
            yield amount.described()
'''
ENTRY = """\
from src.main import Default

__all__ = ["Default"]
"""
MAIN = """\
from workers import Response, WorkerEntrypoint

{imports}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("ok")
"""
CONFIG = """\
name = "many"
main = "worker/entry.py"
base_dir = "backend"
compatibility_date = "2026-11-01"
compatibility_flags = ["python_workers"]
"""
PYPROJECT = """\
[project]
name = "many"
version = "1"
requires-python = ">=3.11"
dependencies = []

[tool.setuptools]
package-dir = { "" = "backend" }

[tool.setuptools.packages.find]
where = ["backend"]
include = ["src", "src.*"]
"""
CONTRACTS = """\
[importlinter]
root_package = src

[importlinter:contract:layers]
name = Layers
type = layers
containers = src
layers =
    main
    presentation
    infrastructure
    application
    domain
"""


@dataclass(frozen=True)
class Cost:
    seconds: float
    mib: float


def measure(installed: Path, *, sizes: Sequence[int], runs: int) -> list[Section]:
    """A section with all sizes; `installed` is a project whose wrangler and SDK are used."""
    rows: list[Comparison] = []
    beside: list[Measurement] = []
    for size in sizes:
        folder = generate(WORK / f"preflight-{size}", size, installed)
        body = folder / "build" / "body"
        upload.dry_run(Project(folder), body)
        commands = {
            "preflight": preflight(folder, body),
            "deptry": [str(script("deptry")), "--no-ansi", "backend"],
            "import-linter": [str(script("lint-imports")), "--no-cache", "--config", "layers.ini"],
        }
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                costs[name].append(cost(command, folder))
        seconds = {name: [cost.seconds for cost in taken] for name, taken in costs.items()}
        goal = GOAL if size == GOAL_AT else None
        what = f"{size:,} modules: preflight / deptry"
        rows.append(Comparison(what, seconds["preflight"], seconds["deptry"], goal=goal))
        what = f"{size:,} modules: preflight / import-linter"
        rows.append(Comparison(what, seconds["preflight"], seconds["import-linter"]))
        for name, taken in costs.items():
            memory = [cost.mib for cost in taken]
            beside.append(Measurement(f"{size:,} modules: memory of {name}", memory, "MiB"))
        shutil.rmtree(folder)
    text = (
        "The checks without wrangler: the upload is on disk. Modules of "
        f"{len(MODULE.splitlines())} lines in four layers, each importing three others. deptry "
        "looks for missing and unused dependencies, import-linter holds one contract of layers "
        "without its cache; the preflight starts no import-linter here. Memory is the largest "
        f"resident set; the goal at {GOAL_AT:,} modules is below {MEMORY_GOAL_MIB} MiB."
    )
    return [Section("Time of the preflight itself", text, rows, beside)]


def generate(folder: Path, size: int, installed: Path) -> Path:
    """A project with `size` modules in `src`, spread over the layers."""
    shutil.rmtree(folder, ignore_errors=True)
    package = folder / "backend" / "src"
    for layer in LAYERS:
        (package / layer).mkdir(parents=True)
        (package / layer / "__init__.py").touch()
    (package / "__init__.py").touch()
    names = [f"src.{LAYERS[-1 - at * len(LAYERS) // size]}.part{at}" for at in range(size)]
    for at, name in enumerate(names):
        below = sorted({at // 2, at // 3, at // 5} - {at})
        imports = "\n".join(f"from {names[other]} import Amount{other}" for other in below)
        layer = name.split(".")[1]
        text = MODULE.format(number=at, layer=layer, imports=f"\n{imports}")
        (package / layer / f"part{at}.py").write_text(text)
    imports = "\n".join(f"import {name}" for name in names[size // 2 :])
    (package / "main.py").write_text(MAIN.format(imports=imports))
    (folder / "worker").mkdir()
    (folder / "worker" / "entry.py").write_text(ENTRY)
    (folder / "wrangler.toml").write_text(CONFIG)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "layers.ini").write_text(CONTRACTS)
    (folder / "node_modules").symlink_to(installed / "node_modules")
    vendored = folder / "python_modules"
    shutil.copytree(
        installed / "python_modules",
        vendored,
        ignore=lambda at, found: [
            name for name in found if Path(at) == installed / "python_modules" and not sdk(name)
        ],
    )
    return folder


def sdk(name: str) -> bool:
    """Whether a vendored name belongs to the Workers SDK."""
    return name in ("workers", "asgi.py") or name.startswith(("_workers_sdk", "workers_runtime"))


def preflight(folder: Path, body: Path) -> list[str]:
    code = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); "
        "from tools.preflight.__main__ import main; sys.exit(main())"
    )
    return [
        *(sys.executable, "-c", code, str(TEMPLATE)),
        *("--project", str(folder), "--bundle", str(body), "--format", "json"),
    ]


def script(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Time and largest resident set of a process; it may find something, but not fail."""
    env = {**environment(), "PYTHONPATH": str(folder / "backend")}
    with tempfile.TemporaryFile() as printed:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=printed, stderr=subprocess.STDOUT
        )
        # Linux keeps the largest resident set of a process, as long as that runs.
        largest = 0.0
        while process.poll() is None:
            largest = max(largest, resident_mib(process.pid))
            time.sleep(0.01)
        seconds = time.monotonic() - started
        printed.seek(0)
        said = printed.read()
    if process.returncode not in (0, 1) or b"Traceback" in said:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{said[-2000:]!r}")
    return Cost(seconds, largest)


def resident_mib(process: int) -> float:
    """The largest resident set of a process so far, 0 when it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0
