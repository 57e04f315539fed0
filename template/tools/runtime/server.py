"""Start `wrangler dev` on a real workerd, and make sure that it ends."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tools.runtime import atomic, bundle, cache, node
from tools.runtime.errors import ToolError
from tools.runtime.project import D1Database, Project

ADDRESS = "127.0.0.1"
# These two flags make workerd take the bundle from a folder, unchecked. They are for this
# machine only, so they never stand in the wrangler config.
LOCAL_FLAGS = ("python_workers_development", "experimental")

FLAGS_FILE = "flags"


@dataclass(frozen=True)
class Service:
    """What to serve: the wrangler config in `folder`, with the tools installed in `project`.

    `state` is where its local databases live; `date` and `flags` are the compatibility settings;
    `excluded` are the globs of vendored files that are not uploaded; `code` are the folders of
    the service's own modules.
    """

    project: Project
    folder: Path
    state: Path
    date: str
    flags: Sequence[str]
    excluded: Sequence[str]
    databases: Sequence[D1Database]
    code: Sequence[Path]

    @property
    def python_modules(self) -> Path:
        return self.folder / "python_modules"

    @classmethod
    def of(cls, project: Project) -> Self:
        """The project itself, with its state where wrangler keeps it."""
        return cls(
            project=project,
            folder=project.root,
            state=project.root / ".wrangler" / "state",
            date=project.compatibility_date,
            flags=project.compatibility_flags,
            excluded=project.config.get("python_modules", {}).get("exclude", ["**/*.pyc"]),
            databases=project.d1_databases,
            code=project.code,
        )


class Server:
    """A running `wrangler dev`; leaving the `with` block stops it and all it started.

    `workerd_flags` is asked for the flags after wrangler was started: wrangler takes a second
    before it starts workerd, and what the flags depend on is found meanwhile.
    """

    def __init__(
        self,
        service: Service,
        *,
        port: int | None = None,
        workerd_flags: Callable[[], Sequence[str]] = list,
        output: IO[bytes] | None = None,
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://{ADDRESS}:{self.port}"
        project = service.project
        command = node.wrangler_command(
            project,
            [
                *("dev", "--ip", ADDRESS, "--port", str(self.port), "--inspector-port", "0"),
                *("--persist-to", str(service.state), "--show-interactive-dev-session=false"),
                *("--compatibility-flags", *service.flags, *LOCAL_FLAGS),
            ],
        )
        project.scratch.mkdir(parents=True, exist_ok=True)
        self._flags_folder = Path(tempfile.mkdtemp(prefix="flags-", dir=project.scratch))
        self._output = output
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-m", "tools.runtime.supervisor", service.folder, *command],
            cwd=node.TOOLS_ROOT,
            env={
                **node.wrangler_environment(project.scratch),
                "MINIFLARE_WORKERD_PATH": str(node.LAUNCHER),
                "RUNTIME_ROOT": str(node.TOOLS_ROOT),
                "RUNTIME_PYTHON": sys.executable,
                "RUNTIME_WORKERD": str(node.workerd(project)),
                "RUNTIME_WORKERD_FLAGS": str(self._flags_folder / FLAGS_FILE),
            },
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
        )
        try:
            self._tell(project, workerd_flags)
        except BaseException:
            self.stop()
            raise

    def _tell(self, project: Project, workerd_flags: Callable[[], Sequence[str]]) -> None:
        """Write the flags for the launcher, which waits for them."""
        bundle_flag = f"--pyodide-bundle-disk-cache-dir={bundle_folder(project)}"
        self.workerd_flags = list(workerd_flags())
        flags = "".join(f"{flag}\0" for flag in [bundle_flag, *self.workerd_flags])
        atomic.write(self._flags_folder / FLAGS_FILE, os.fsencode(flags))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the server and wait until its processes are gone."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()
        shutil.rmtree(self._flags_folder, ignore_errors=True)

    def poll(self) -> int | None:
        """The exit status of wrangler, None while it runs."""
        return self._process.poll()

    def wait(self) -> int:
        """Wait until wrangler ends by itself and return its exit status."""
        return self._process.wait()

    def wait_until_listening(self, *, seconds: float = 60) -> None:
        """Return when the port accepts connections; Python may still be starting.

        Raises:
            ToolError: wrangler ended, or does not listen after so many `seconds`.
        """
        deadline = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection((ADDRESS, self.port), timeout=1).close()
            except OSError:
                self._check_alive(deadline)
                time.sleep(0.02)
            else:
                return

    def wait_until_answering(self, path: str = "/", *, seconds: float = 120) -> int:
        """Ask for `path` until there is an answer, whatever it says, and return its status.

        Raises:
            ToolError: wrangler ended, or nothing answered within so many `seconds`.
        """
        # Imported here: `dev` has somebody else ask, and starts sooner without it.
        import http.client

        deadline = time.monotonic() + seconds
        self.wait_until_listening(seconds=seconds)
        while True:
            connection = http.client.HTTPConnection(ADDRESS, self.port, timeout=seconds)
            try:
                connection.request("GET", path)
                return connection.getresponse().status
            except (OSError, http.client.HTTPException):
                self._check_alive(deadline)
                time.sleep(0.02)
            finally:
                connection.close()

    def _check_alive(self, deadline: float) -> None:
        status = self._process.poll()
        if status is not None:
            raise ToolError(f"wrangler dev ended with status {status}.{self._printed()}")
        if time.monotonic() > deadline:
            raise ToolError(f"{self.url} did not answer in time.{self._printed()}")

    def _printed(self) -> str:
        if not self._output or isinstance(self._output.name, int):
            return ""
        return f" It printed:\n{Path(self._output.name).read_text(errors='replace')[-4000:]}"


def free_port() -> int:
    """A port that nothing on this machine listens on right now."""
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def bundle_folder(project: Project) -> Path:
    """The folder with the Pyodide bundle for the installed npm packages, built when missing."""
    pyodide = project.node_modules / "pyodide"
    manifest = pyodide / "package.json"
    if not manifest.is_file():
        raise ToolError(f"{pyodide} does not exist. Run `uv run poe setup` first.")
    here = Path(__file__)
    key = cache.digest(
        manifest,
        project.npm / "package-lock.json",
        here.with_name("glue.py"),
        here.with_name("bundle.py"),
        bundle.SCHEMA,
    )
    return cache.entry(
        "bundles", key, lambda folder: bundle.build(pyodide, folder / bundle.FILE_NAME)
    )


def apply_migrations(service: Service) -> None:
    """Bring the local D1 databases up to date, when a migration is new to them.

    Raises:
        ToolError: a migration failed.
    """
    for database in service.databases:
        if not database.migrations.is_dir():
            continue
        files = sorted(database.migrations.glob("*.sql"))
        stamp = service.state / f"migrated-{database.binding}"
        key = cache.digest(*files, *(file.name for file in files))
        if stamp.is_file() and stamp.read_text() == key:
            continue
        node.wrangler(
            service.project,
            [
                *("d1", "migrations", "apply", database.binding, "--local"),
                *("--persist-to", str(service.state)),
            ],
            cwd=service.folder,
        )
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(key)
