"""`python -m tools.runtime COMMAND`: what the poe tasks run."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools.runtime import cache, node, server, snapshot, start, vendor
from tools.runtime.errors import ToolError
from tools.runtime.project import Project
from tools.runtime.server import Service
from tools.runtime.supervisor import end_with_parent


def main() -> int:
    options = _parser().parse_args()
    project = Project(Path.cwd())
    try:
        match options.command:
            case "setup":
                setup(project, snapshots=options.snapshot)
            case "dev":
                return dev(project, port=options.port, snapshots=options.snapshot)
            case "cache":
                return show_cache(clear=options.clear)
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.runtime", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    setup_command = commands.add_parser("setup", help="install all that the other tasks need")
    dev_command = commands.add_parser("dev", help="serve the project and reload it on edits")
    dev_command.add_argument("--port", type=int, default=8787, help="port on 127.0.0.1 (8787)")
    for command in (setup_command, dev_command):
        command.add_argument(
            "--no-snapshot",
            dest="snapshot",
            action="store_false",
            help="start Python from scratch: slower, the same answers",
        )
    cache_command = commands.add_parser("cache", help="show the cache that all projects share")
    cache_command.add_argument("--clear", action="store_true", help="delete it")
    return parser


def setup(project: Project, *, snapshots: bool) -> None:
    """Install Node packages and vendored wheels, build the Pyodide bundle, take a snapshot."""
    _step("Node packages", lambda: node.install_packages(project))
    _step("python_modules", lambda: vendor.vendor(project))
    _step("Pyodide bundle", lambda: server.bundle_folder(project))
    if snapshots:
        service = Service.of(project)
        _step("memory snapshot", lambda: _take_snapshot(service))


def _step(name: str, work: Callable[[], object]) -> None:
    started = time.monotonic()
    work()
    print(f"{name:<16} ready  {time.monotonic() - started:6.2f} s", flush=True)


def _take_snapshot(service: Service) -> None:
    for name, reason in snapshot.make(service).left_out.items():
        print(f"{name} is not in the memory snapshot: {reason}")


def dev(project: Project, *, port: int, snapshots: bool) -> int:
    """Serve the project until it is stopped; the exit status of wrangler."""
    end_with_parent()
    node.install_packages(project)
    vendor.vendor(project)
    service = Service.of(project)
    server.apply_migrations(service)
    with start.start(service, port=port, snapshots=snapshots) as running:
        return running.wait()


def show_cache(*, clear: bool) -> None:
    """Print how much the shared cache holds, and delete it on request."""
    for kind, size in cache.sizes().items():
        print(f"{kind:<20} {size / 2**20:8.1f} MiB")
    print(cache.root())
    if clear:
        cache.clear()
        print("deleted")


if __name__ == "__main__":
    sys.exit(main())
