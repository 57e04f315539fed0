"""The price of the layers: the rendered service against one file that does the same work."""

import http.client
import json
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.bare_workerd import FOLLOWED, TURNS, costs
from bench.processes import ADDRESS, limit
from bench.projects import WORK
from bench.results import Comparison, Section, percentile
from tools.runtime.project import Project
from tools.runtime.server import Server, Service, apply_migrations
from tools.runtime.start import start

HERE = Path(__file__).parent
GOAL = 1.1
CLIENTS = 4
OPERATIONS = ("health", "create", "follow", "list")

Answer = tuple[int, dict[str, str], str]
NEW_LINK = json.dumps({"url": "https://example.com/a/long/path?with=a&query=string"})

# Both sides must answer these alike, or they do not do the same work.
SAMPLES: Sequence[tuple[str, str, str | None]] = (
    ("GET", "/health", None),
    ("POST", "/links", '{"url": "https://example.com/a", "slug": "sample-1"}'),
    ("POST", "/links", '{"url": "https://example.com/a", "slug": "sample-1"}'),
    ("POST", "/links", '{"url": "https://user@example.com/", "slug": "sample-2"}'),
    ("POST", "/links", '{"url": "https://example.com/", "slug": "-"}'),
    ("POST", "/links", '{"url": 1, "other": 2}'),
    ("POST", "/links", "{"),
    ("POST", "/links", json.dumps({"url": "x" * 20_000})),
    ("GET", "/sample-1", None),
    ("GET", "/sample-9", None),
    ("GET", "/a/b", None),
    ("GET", "/links?limit=1", None),
    ("GET", "/links?limit=0", None),
    ("GET", "/links?cursor=-", None),
    ("GET", "/links/count", None),
)


def compare(style: str, project_folder: Path, *, rounds: int, requests: int, runs: int) -> Section:
    """Measure the layered project in `project_folder` and the single file of its style."""
    folder = WORK / f"layers-{style}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    # `code` stays the layered one's: it says which packages the memory snapshot holds.
    layered = replace(Service.of(Project(project_folder)), state=folder / "state-layered")
    single = replace(
        layered,
        folder=single_file(style, layered.project, folder / "single-file"),
        state=folder / "state-single",
    )
    for service in (layered, single):
        apply_migrations(service)
    comparisons: list[Comparison] = []
    with ExitStack() as stack:
        servers = {}
        for side, service in {"layered": layered, "single": single}.items():
            log = stack.enter_context((folder / f"{side}.log").open("wb"))
            # Both with the layered service's snapshot: it holds the packages, not the code.
            server = stack.enter_context(start(service, output=log))
            servers[side] = server
            server.wait_until_answering("/health")
        notes = differences(servers["layered"], servers["single"])
        with limit(240):
            comparisons += through_the_proxy(servers, rounds=rounds, requests=requests)
    try:
        # One database for both: its size is the same for each at any time.
        by_operation = costs(layered, replace(single, state=layered.state), folder, runs=runs)
    except Exception as error:
        notes.append(f"`workerd bench` gave no numbers: {str(error)[-500:]}")
    else:
        bare: list[Comparison] = []
        processor: list[Comparison] = []
        for name, of in by_operation.items():
            ours, other = of["layered"], of["single"]
            walls = [cost.wall for cost in ours], [cost.wall for cost in other]
            bare.append(Comparison(f"{style}, {name}", *walls, unit="ms", goal=GOAL))
            cpus = [cost.processor for cost in ours], [cost.processor for cost in other]
            processor.append(Comparison(f"{name}, processor time", *cpus, unit="ms"))
        every = Comparison(
            f"{style}, one request of each kind",
            [sum(values) for values in zip(*(row.ours for row in bare), strict=True)],
            [sum(values) for values in zip(*(row.other for row in bare), strict=True)],
            unit="ms",
            goal=GOAL,
        )
        comparisons = [every, *bare, *processor, *comparisons]
    text = (
        "Both on the same runtime and packages; list shows 20 links. The first rows are "
        f"`workerd bench`, {runs} runs, both Workers in one workerd on one D1 database, no proxy. "
        f"The rest goes through `wrangler dev`: one connection, {rounds} rounds of {requests} "
        f"requests of each kind, and {CLIENTS} connections for requests per second (there more "
        f"is better). In each run and round both sides take {TURNS} short turns."
    )
    return Section(f"Price of the layers, {style}", text, comparisons, notes=notes)


def single_file(style: str, project: Project, folder: Path) -> Path:
    """A project of one file, with the layered project's packages, settings and migrations."""
    folder.mkdir()
    shutil.copy(HERE / "single" / f"{style}.py", folder / "single.py")
    (folder / "python_modules").symlink_to(project.python_modules)
    left_out = {"base_dir", "build", "env", "rules"}
    config = {name: value for name, value in project.config.items() if name not in left_out}
    config["main"] = "single.py"
    databases = config.get("d1_databases", [])
    config["d1_databases"] = [
        {**database, "migrations_dir": str(project.root / "migrations")} for database in databases
    ]
    (folder / "wrangler.json").write_text(json.dumps(config, indent=2))
    return folder


def differences(layered: Server, single: Server) -> list[str]:
    """One line for each sample that the two sides answer differently."""
    return [
        f"`{method} {path}` is answered differently: {ours} / {other}"
        for method, path, body in SAMPLES
        if (ours := sample(layered, method, path, body))
        != (other := sample(single, method, path, body))
    ]


def sample(server: Server, method: str, path: str, body: str | None) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection(ADDRESS, server.port, timeout=30)
    try:
        status, headers, text = ask(connection, method, path, body)
    finally:
        connection.close()
    same_time = re.sub(r'"created_at":"[^"]*Z"', '"created_at":"..."', text)
    return status, headers.get("content-type", "") + headers.get("location", ""), same_time


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None) -> Answer:
    headers = {"content-type": "application/json"} if body else {}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def through_the_proxy(
    servers: dict[str, Server], *, rounds: int, requests: int
) -> Iterator[Comparison]:
    """Latency on one connection, and requests per second on several, sides in turn."""
    for server in servers.values():
        connection = http.client.HTTPConnection(ADDRESS, server.port, timeout=30)
        ask(connection, "POST", "/links", f'{{"url": "https://a.example/", "slug": "{FOLLOWED}"}}')
        for _ in range(30):
            ask(connection, "POST", "/links", NEW_LINK)
        connection.close()
    latency: dict[tuple[str, str], list[list[float]]] = {}
    rates: dict[str, list[float]] = {side: [] for side in servers}
    share = requests // TURNS
    for _ in range(rounds):
        for operation in OPERATIONS:
            measured = in_turns(servers, partial(latencies, operation=operation, requests=share))
            for side, times in measured.items():
                latency.setdefault((operation, side), []).append(times)
        for side, seconds in in_turns(servers, partial(busy, requests=share)).items():
            rates[side].append(CLIENTS * share * TURNS / sum(seconds))
    for operation in OPERATIONS:
        ours, other = (latency[operation, side] for side in ("layered", "single"))
        for name, percent in (("p50", 50), ("p99", 99)):
            yield Comparison(
                f"{operation}, {name}, through the proxy",
                [percentile(times, percent) for times in ours],
                [percentile(times, percent) for times in other],
                unit="ms",
            )
    yield Comparison(
        "requests per second, mixed, through the proxy",
        rates["layered"],
        rates["single"],
        unit="/s",
    )


def in_turns(
    servers: dict[str, Server], measure: Callable[[Server], list[float]]
) -> dict[str, list[float]]:
    """What is measured of each side in many short turns: a machine changes its pace."""
    measured: dict[str, list[float]] = {side: [] for side in servers}
    for turn in range(TURNS):
        for side in servers if turn % 2 == 0 else reversed(servers):
            measured[side] += measure(servers[side])
    return measured


def latencies(server: Server, operation: str, requests: int) -> list[float]:
    """Milliseconds of each request on one connection that stays open."""
    connection = http.client.HTTPConnection(ADDRESS, server.port, timeout=30)
    times = []
    for _ in range(requests):
        started = time.perf_counter()
        call(connection, operation)
        times.append((time.perf_counter() - started) * 1000)
    connection.close()
    return times


def call(connection: http.client.HTTPConnection, operation: str) -> None:
    method, path, body, expected = {
        "health": ("GET", "/health", None, 200),
        "create": ("POST", "/links", NEW_LINK, 201),
        "follow": ("GET", f"/{FOLLOWED}", None, 302),
        "list": ("GET", "/links", None, 200),
    }[operation]
    status, _, text = ask(connection, method, path, body)
    if status != expected:
        raise RuntimeError(f"{operation}: {status} {text}")


def busy(server: Server, requests: int) -> list[float]:
    """Seconds that several clients at once take, each asking for one kind after the other."""
    failures: list[Exception] = []

    def client() -> None:
        connection = http.client.HTTPConnection(ADDRESS, server.port, timeout=30)
        try:
            for index in range(requests):
                call(connection, OPERATIONS[index % len(OPERATIONS)])
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [time.perf_counter() - started]
