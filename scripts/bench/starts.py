"""From the command to the first 200 of GET /health, and where that time goes."""

import contextlib
import shutil
import threading
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import psutil

from bench import sides
from bench.processes import Running, limit, seconds_of
from bench.projects import UV, WORK, render
from bench.results import Comparison, Measurement, Section
from tools.runtime import cache, node, vendor
from tools.runtime.project import Project
from tools.runtime.server import Service, apply_migrations

GOAL = 0.45
TEXT = """\
From the command until `GET /health` answers 200. Ours: `uv run poe dev`. The other: `wrangler dev`
itself, and `uv run pywrangler dev` as the documentation of Python Workers has it. Same project,
same Node.js, packages installed, database migrated, and the Pyodide bundle on disk for all of
them: as they come, the official commands download it at each start."""


def compare(
    style: str, our_project: Path, official_project: Path, *, runs: int
) -> list[Comparison]:
    """Warm starts of all three, in turn."""
    commands: Mapping[str, Callable[[], Running]] = {
        "ours": lambda: sides.ours(our_project),
        "wrangler": lambda: sides.wrangler_dev(official_project),
        "pywrangler": lambda: sides.pywrangler_dev(official_project),
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, begin in commands.items():
            with limit(120), begin() as running:
                times[name].append(running.seconds_to_answer())
    ours = times["ours"]
    return [
        Comparison(f"{style}, start / wrangler dev", ours, times["wrangler"], goal=GOAL),
        Comparison(f"{style}, start / pywrangler dev", ours, times["pywrangler"]),
    ]


def migrate(folder: Path) -> None:
    """Create the tables, which is part of no comparison of warm starts."""
    apply_migrations(Service.of(Project(folder)))


def compare_cold(*, runs: int) -> tuple[Section, list[float]]:
    """First start on a machine that has nothing; also how long `poe setup` took in it."""
    ours: list[float] = []
    official: list[float] = []
    setups: list[float] = []
    for turn in range(runs):
        folder = render(WORK / f"cold-ours-{turn}")
        with limit(400), empty_caches() as env:
            setups.append(seconds_of([UV, "run", "poe", "setup"], folder, seconds=240, env=env))
            ours.append(setups[-1] + start_seconds(sides.ours, folder, env))
        shutil.rmtree(folder)
        folder = render(WORK / f"cold-official-{turn}")
        with limit(400), empty_caches() as env:
            spent = seconds_of([UV, "sync"], folder, seconds=240, env=env)
            npm = [str(node.NODE), str(node.NPM), "ci", "--no-audit", "--no-fund"]
            spent += seconds_of(npm, folder, env=env)
            spent += seconds_of(vendoring(folder), folder, env=env)
            migrate = ["d1", "migrations", "apply", "DB", "--local"]
            wrangler = folder / "node_modules" / "wrangler" / "bin" / "wrangler.js"
            command = [str(node.NODE), str(wrangler), *migrate]
            spent += seconds_of(command, folder, env={**env, **sides.QUIET})
            # As in the warm comparison: the Pyodide bundle is on disk already.
            sides.launcher(folder)
            official.append(spent + start_seconds(sides.wrangler_dev, folder, env))
        shutil.rmtree(folder)
    text = (
        "fastapi, every cache empty (uv's, pip's, npm's, ours), packages from the registry. "
        "Ours: `uv run poe setup` (virtual environment, `npm ci`, vendoring, building the Pyodide "
        "bundle, taking the snapshot), then `uv run poe dev` (D1 migrations, start). Official: "
        "`uv sync`, `npm ci`, vendoring with pip, `wrangler d1 migrations apply`, `wrangler dev`; "
        "its Pyodide bundle is given to it."
    )
    row = Comparison("fastapi, first start ever", ours, official)
    return Section("Command to first answer, cold", text, [row]), setups


@contextlib.contextmanager
def empty_caches() -> Iterator[dict[str, str]]:
    """Variables that give every tool a cache folder with nothing in it."""
    folder = WORK / "empty-cache"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield {
            "XDG_CACHE_HOME": str(folder),
            "UV_CACHE_DIR": str(folder / "uv"),
            "PIP_CACHE_DIR": str(folder / "pip"),
            "npm_config_cache": str(folder / "npm"),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def start_seconds(begin: Callable[..., Running], folder: Path, env: Mapping[str, str]) -> float:
    with begin(folder, env=env) as running:
        return running.seconds_to_answer()


def vendoring(folder: Path) -> list[str]:
    text = (folder / "pyproject.toml").read_text()
    dependencies = tomllib.loads(text)["project"]["dependencies"]
    return [
        *(UV, "run", "python", "-m", "pip", "install", "--quiet", "--target", "python_modules"),
        *("--platform", vendor.PLATFORM, "--python-version", vendor.PYTHON),
        *("--implementation", "cp", "--abi", "cp314", "--abi", "abi3", "--abi", "none"),
        *("--only-binary=:all:", *dependencies),
    ]


# What a process is recognized by, in the order in which they appear. The first pattern whose
# text is in a command line names the process.
OUR_STEPS = (
    ("uv run has started Python for poe", "bin/poe"),
    ("poe has become the dev command", "tools.runtime dev"),
    (
        "packages, snapshot and migrations are checked: supervisor starts",
        "tools.runtime.supervisor",
    ),
    ("Node.js runs wrangler", "/node --no-warnings"),
    ("wrangler's proxy starts (workerd)", "entry=127.0.0.1:{port}"),
    ("the Worker's workerd starts", "entry=127.0.0.1:0"),
)
OFFICIAL_STEPS = (
    ("Node.js runs wrangler's launcher script", "wrangler/bin/wrangler.js"),
    ("Node.js runs wrangler", "wrangler-dist/cli.js"),
    ("wrangler's proxy starts (workerd)", "entry=127.0.0.1:{port}"),
    ("the Worker's workerd starts", "entry=127.0.0.1:0"),
)


def profile(our_project: Path, official_project: Path, *, runs: int) -> Section:
    """Median time since the command at which each process of a start is first seen."""
    ours, official = [], []
    for _ in range(runs):
        with limit(120):
            ours.append(profiled(sides.ours(our_project), OUR_STEPS))
        with limit(120):
            official.append(profiled(sides.wrangler_dev(official_project), OFFICIAL_STEPS))
    table: list[Sequence[str]] = [
        ("what has happened", "ours, s", "of that this step", "official, s", "of that this step")
    ]
    our_times, official_times = medians(ours), medians(official)
    previous = {"ours": 0.0, "official": 0.0}
    for name in dict.fromkeys([*(step for step, _ in OFFICIAL_STEPS[:1]), *our_times]):
        row = [name]
        for side, times in (("ours", our_times), ("official", official_times)):
            if name in times:
                row += [f"{times[name]:.2f}", f"{times[name] - previous[side]:.2f}"]
                previous[side] = times[name]
            else:
                row += ["", ""]
        table.append(row)
    text = (
        f"fastapi, warm, medians of {runs} runs of each side; processes are polled, which is exact "
        "to about 0.03 s and slows the start a little.\n\n"
        "Removed from our path: the process of wrangler's launcher script, which starts Node.js a "
        "second time; most of the parsing of wrangler's JavaScript (`NODE_COMPILE_CACHE`); the "
        "start of Python and the import of the packages (the memory snapshot, in the last step). "
        "Added: uv, poe and the checks that nothing is stale. What is left is mostly wrangler "
        "itself, and the import of the service's own code."
    )
    return Section("Where the time of a start goes", text, savings(our_project), table=table)


def profiled(running: Running, steps: Sequence[tuple[str, str]]) -> dict[str, float]:
    seen: dict[str, float] = {}
    done = threading.Event()

    def poll() -> None:
        patterns = [(name, text.format(port=running.port)) for name, text in steps]
        while not done.wait(0.01) and len(seen) < len(patterns):
            for command in commands_of(running.process.pid):
                for name, text in patterns:
                    if name not in seen and text in command:
                        seen[name] = time.monotonic() - running.started

    with running:
        thread = threading.Thread(target=poll)
        thread.start()
        try:
            seen["the first answer"] = running.seconds_to_answer()
        finally:
            done.set()
            thread.join()
    return seen


def commands_of(pid: int) -> list[str]:
    commands = []
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                commands.append(" ".join(each.cmdline()))
    return commands


def medians(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = {name for seen in runs for name in seen}
    values = {name: median([seen[name] for seen in runs if name in seen]) for name in names}
    return dict(sorted(values.items(), key=lambda item: item[1]))


def savings(folder: Path, *, runs: int = 5) -> list[Comparison]:
    """wrangler's own start with and without two of the things that were removed."""
    project = Project(folder)
    direct = node.wrangler_command(project, ["--version"])
    script = folder / "node_modules" / "wrangler" / "bin" / "wrangler.js"
    scripted = [str(node.NODE), str(script), "--version"]
    # The compile cache's folder is shared with real starts, so it is warm.
    cached = {"NODE_COMPILE_CACHE": str(cache.root() / "node-compile-cache")}
    uncached = {"NODE_DISABLE_COMPILE_CACHE": "1"}
    times: dict[str, list[float]] = {"cached": [], "direct": [], "scripted": []}
    for turn in range(runs + 1):
        measured = {
            "cached": seconds_of(direct, folder, env={**sides.QUIET, **cached}),
            "direct": seconds_of(direct, folder, env={**sides.QUIET, **uncached}),
            "scripted": seconds_of(scripted, folder, env=sides.QUIET),
        }
        if turn:
            for name, seconds in measured.items():
                times[name].append(seconds)
    return [
        Comparison(
            "wrangler --version: with / without the compile cache", times["cached"], times["direct"]
        ),
        Comparison(
            "wrangler --version: cached / its launcher script", times["cached"], times["scripted"]
        ),
    ]


def warm_setup(folder: Path, *, runs: int) -> Measurement:
    """`poe setup` with nothing to do."""
    times = [seconds_of([UV, "run", "poe", "setup"], folder) for _ in range(runs)]
    return Measurement("`poe setup`, nothing to do", times)
