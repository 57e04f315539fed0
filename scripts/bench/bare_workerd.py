"""Time per request with `workerd bench`: both Workers in one workerd on one D1 database.

wrangler writes workerd's config to its standard input; here it is saved, put together with the
other Worker's, and given a small JavaScript service that fetches both by binding. Neither
wrangler's proxy nor an HTTP client is in the way.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import capnp

from bench.processes import Running, run
from bench.sides import QUIET, dev_options, launcher
from tools.runtime import node, server, snapshot
from tools.runtime.server import Service

FOLLOWED = "bench-followed"
LOADED: list[Any] = []

# In a run both sides take turns so often: a machine changes its pace within seconds.
TURNS = 5

# A fetch that answers otherwise than expected stops the run.
SCRIPT = """
const ask = async (worker, path, status, init) => {
  const answer = await worker.fetch('http://bench.local' + path, {redirect: 'manual', ...init});
  const text = await answer.text();
  if (answer.status !== status) throw new Error(path + ': ' + answer.status + ' ' + text);
};
const link = (body) => ({
  method: 'POST', body: JSON.stringify(body), headers: {'content-type': 'application/json'},
});
const NEW = link({url: 'https://example.com/a/long/path?with=a&query=string'});
const CASES = {
  health: (worker) => ask(worker, '/health', 200),
  create: (worker) => ask(worker, '/links', 201, NEW),
  follow: (worker) => ask(worker, '/FOLLOWED', 302),
  list: (worker) => ask(worker, '/links', 200),
};
export default {
  async bench(b, env) {
    for (let n = 0; n < 30; n++) await CASES.create(env.layered);
    const wanted = link({url: 'https://example.com/', slug: 'FOLLOWED'});
    await env.layered.fetch('http://bench.local/links', wanted);
    for (const [name, call] of Object.entries(CASES))
      for (let turn = 0; turn < TURNS; turn++)
        for (const side of turn % 2 ? ['single', 'layered'] : ['layered', 'single'])
          b.run(`${side} ${name} ${turn}`, () => call(env[side]), {minTime: 'MIN_TIME'});
  },
};
"""


def load_schema(file: Path) -> Any:
    """The schema of workerd's config; a process can load one only once, wherever it lies."""
    if not LOADED:
        LOADED.append(capnp.load(str(file), imports=[str(Path(capnp.__file__).parents[1])]))
    return LOADED[0]


def saved_config(service: Service, save: Path, worker: str) -> bytes:
    """What wrangler hands to the workerd that runs `service`, whose Worker is named `worker`."""
    save.mkdir(parents=True)
    project = service.project
    port = server.free_port()
    script = project.node_modules / "wrangler" / "bin" / "wrangler.js"
    command = [str(node.NODE), str(script), "dev", *dev_options(project.root, port)]
    command += ["--persist-to", str(service.state)]
    found = snapshot.find(service)
    file = launcher(project.root, *(found.flags if found else []), save=save)
    env = {**QUIET, "MINIFLARE_WORKERD_PATH": str(file)}
    with Running(command, service.folder, port, env) as running:
        running.seconds_to_answer()
    name = f"core:user:{worker}".encode()
    return next(data for file in save.iterdir() if name in (data := file.read_bytes()))


def combined(schema: Any, configs: Mapping[str, bytes], worker: str, script: str) -> bytes:
    """The first config, with each further one's Worker beside its own and the script's service."""
    limit = 1 << 30
    with (
        schema.Config.from_bytes(configs["layered"], traversal_limit_in_words=limit) as layered,
        schema.Config.from_bytes(configs["single"], traversal_limit_in_words=limit) as single,
    ):
        needed = (
            *(f"core:user:{worker}", "outbound", "cache", "d1", "internet", "loopback"),
            # Named as a tail worker, which `workerd bench` does not run.
            *("core:user:miniflare", "obs:"),
        )
        services = [item for item in layered.services if item.name.startswith(needed)]
        added = next(item for item in single.services if item.name == f"core:user:{worker}")
        config = schema.Config.new_message()
        config.extensions = layered.extensions
        target = config.init("services", len(services) + 2)
        for index, item in enumerate(services):
            target[index] = item
        target[len(services)] = added
        target[len(services)].name = "core:user:single"
        bench = target[len(services) + 1]
        bench.name = "bench"
        made = bench.init("worker")
        made.compatibilityDate = "2026-11-01"
        modules = made.init("modules", 1)
        modules[0].name = "bench.js"
        modules[0].esModule = script
        bindings = made.init("bindings", 2)
        bindings[0].name = "layered"
        bindings[0].init("service").name = f"core:user:{worker}"
        bindings[1].name = "single"
        bindings[1].init("service").name = "core:user:single"
        return bytes(config.to_bytes())


@dataclass(frozen=True)
class Cost:
    """Milliseconds for one request: on the clock, and of the processor."""

    wall: float
    processor: float


def costs(
    layered: Service, single: Service, folder: Path, *, runs: int, min_time: str = "200ms"
) -> dict[str, dict[str, list[Cost]]]:
    """Cost per request by operation and side, in each run of `workerd bench` the median turn."""
    project = layered.project
    worker = str(project.config["name"])
    schema = load_schema(project.node_modules / "workerd" / "workerd.capnp")
    configs = {
        "layered": saved_config(layered, folder / "layered", worker),
        "single": saved_config(single, folder / "single", worker),
    }
    found = snapshot.find(layered)
    flags = [
        f"--pyodide-bundle-disk-cache-dir={server.bundle_folder(project)}",
        *(found.flags if found else []),
    ]
    by_operation: dict[str, dict[str, list[Cost]]] = {}
    for number in range(runs):
        script = SCRIPT.replace("FOLLOWED", FOLLOWED).replace("MIN_TIME", min_time)
        script = script.replace("TURNS", str(TURNS))
        file = folder / "bench.bin"
        file.write_bytes(combined(schema, configs, worker, script))
        output = folder / f"bench-{number}.json"
        run(
            [
                *(str(node.workerd(project)), "bench", "--binary", "--experimental"),
                *("--no-startup", "--no-verbose", "--format=json", "--output", str(output)),
                *("--external-addr=loopback=127.0.0.1:9", *flags, str(file)),
            ],
            folder,
            seconds=120,
        )
        turns: dict[tuple[str, str], list[Cost]] = {}
        for group in json.loads(output.read_text())["groups"]:
            for case in group["cases"]:
                if case["status"] != "ok":
                    raise RuntimeError(f"workerd bench failed: {case}")
                side, operation, _ = case["name"].split()
                cost = Cost(case["wallNs"]["median"] / 1e6, case["cpuNs"]["median"] / 1e6)
                turns.setdefault((operation, side), []).append(cost)
        for (operation, side), seen in turns.items():
            wall = median(cost.wall for cost in seen)
            processor = median(cost.processor for cost in seen)
            runs_of_side = by_operation.setdefault(operation, {}).setdefault(side, [])
            runs_of_side.append(Cost(wall, processor))
    return by_operation
