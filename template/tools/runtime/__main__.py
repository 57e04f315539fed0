"""`python -m tools.runtime COMMAND`: what the poe tasks run."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools.runtime import cache, changes, node, server, snapshot, start, vendor
from tools.runtime.errors import ToolError
from tools.runtime.project import Project
from tools.runtime.server import Service
from tools.runtime.supervisor import end_with_parent

POLL_SECONDS = 0.5
# A server that ends sooner than this, and by itself, did not start.
STARTED_SECONDS = 30


def main() -> int:
    options = _parser().parse_args()
    # As an exception, so that whatever runs is left through its `with` block.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    project = Project(Path.cwd())
    try:
        match options.command:
            case "setup":
                setup(project, snapshots=options.snapshot)
            case "dev":
                return dev(project.root, port=options.port, snapshots=options.snapshot)
            case "serve":
                return serve(
                    project, body=options.bundle, port=options.port, snapshots=options.snapshot
                )
            case "cache":
                show_cache(clear=options.clear)
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
    serve_command = commands.add_parser("serve", help="serve what would be uploaded, as it is")
    serve_command.add_argument("--port", type=int, help="port on 127.0.0.1 (any free one)")
    serve_command.add_argument(
        "--bundle", type=Path, help="body written by `wrangler deploy --dry-run --outfile`"
    )
    for command in (setup_command, dev_command, serve_command):
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
    cache.trim(cache.LIMIT)


def _step(name: str, work: Callable[[], object]) -> None:
    started = time.monotonic()
    work()
    print(f"{name:<16} ready  {time.monotonic() - started:6.2f} s", flush=True)


def _take_snapshot(service: Service) -> None:
    for name, reason in snapshot.make(service).left_out.items():
        print(f"{name} is not in the memory snapshot: {reason}")


def dev(folder: Path, *, port: int, snapshots: bool) -> int:
    """Serve the project until it is stopped; the exit status of wrangler."""
    end_with_parent()
    while True:
        project = Project(folder)
        node.install_packages(project)
        vendor.vendor(project)
        service = Service.of(project)
        server.apply_migrations(service)
        before = changes.state(project)
        started = time.monotonic()
        with start.start(service, port=port, snapshots=snapshots, first_answer=False) as running:
            while (status := running.poll()) is None:
                time.sleep(POLL_SECONDS)
                if names := changes.changed(before, changes.state(project)):
                    print(f"{', '.join(names)} changed: starting again.", flush=True)
                    break
            else:
                if not (running.workerd_flags and time.monotonic() - started < STARTED_SECONDS):
                    return status
                start.say("workerd may have refused the memory snapshot")
                snapshots = False


def serve(project: Project, *, body: Path | None, port: int | None, snapshots: bool) -> int:
    """Serve the upload until it is stopped; the exit status of wrangler."""
    # Imported here: `dev` starts sooner without it.
    from tools.runtime.deployment import Deployment

    end_with_parent()
    with Deployment(project, body=body, port=port, snapshots=snapshots) as deployment:
        print(f"Serving {len(deployment.upload.modules)} modules on {deployment.url}", flush=True)
        return deployment.wait()


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
