"""`python -m tools.runtime COMMAND`: what the poe tasks run."""

import argparse
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tools.runtime import cache, changes, node, server, snapshot, start, vendor
from tools.runtime.errors import ToolError, refusal
from tools.runtime.parent import end_with_parent
from tools.runtime.project import DELIVERED_BY_WHEEL, Project
from tools.runtime.server import Server, Service

# A server that ends sooner than this, and by itself, did not start.
STARTED_SECONDS = 30
# The status of a wrangler whose Worker failed; one that was told to stop has another.
ENDED_BY_CODE = 1


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
    except OSError as error:
        if not (message := refusal(error)):
            raise
        print(f"error: {message}", file=sys.stderr)
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
    _withdraw_wheel(project)
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
    served: Service | None = None
    plain = not snapshots
    while True:
        seen = changes.with_code(served) if served else {}
        try:
            project = Project(folder)
            edited_by_hand = changes.state(project)
            service = _prepared(project)
            # An edit made since then counts; what was installed does not.
            before = {**edited_by_hand, **changes.installed(project)}
            started = time.monotonic()
            running = start.start(service, port=port, snapshots=not plain, first_answer=False)
        except ToolError as error:
            if served is None:
                raise
            # Half of an edit, perhaps: the other half is waited for.
            print(f"error: {error}\nWaiting for an edit.", file=sys.stderr, flush=True)
            changes.wait(served, seen)
            continue
        served, seen = service, changes.with_code(service)
        with running:
            status = _until_changed(running, project, before)
        if status is None:
            plain = not snapshots
        elif status != ENDED_BY_CODE:
            return status
        elif running.workerd_flags and time.monotonic() - started < STARTED_SECONDS:
            start.say("workerd may have refused the memory snapshot")
            plain = True
        else:
            print("The Worker cannot start. Waiting for an edit.", file=sys.stderr, flush=True)
            changes.wait(service, seen)
            plain = not snapshots


def _until_changed(running: Server, project: Project, before: changes.State) -> int | None:
    """Wait until wrangler has ended, or until it has to be started again: then there is no status.

    wrangler reloads by itself on an edit of the code, and ends when that cannot be imported.
    """
    while (status := running.poll()) is None:
        time.sleep(changes.POLL_SECONDS)
        if names := changes.changed(before, changes.state(project)):
            print(f"{', '.join(names)} changed: starting again.", flush=True)
            break
    return status


def _prepared(project: Project) -> Service:
    """The service with its packages installed and its databases migrated."""
    node.install_packages(project)
    vendor.vendor(project)
    _withdraw_wheel(project)
    service = Service.of(project)
    server.apply_migrations(service)
    return service


def _withdraw_wheel(project: Project) -> None:
    # Imported here, and only where a wheel has delivered: a start is sooner without it.
    if (project.python_modules / DELIVERED_BY_WHEEL).is_file():
        from tools.runtime import wheel

        wheel.withdraw(project)


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
