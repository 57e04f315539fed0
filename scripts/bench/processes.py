"""Servers as a user starts them: timed from the command to an answer, and always ended."""

import contextlib
import http.client
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psutil

from bench.projects import environment

ADDRESS = "127.0.0.1"
ANSWER_SECONDS = 90.0
REQUEST_SECONDS = 30.0


@contextmanager
def limit(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in the block when it takes longer, whatever it waits for."""

    def expired(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(
    command: Sequence[str],
    folder: Path,
    *,
    seconds: float = 180,
    env: Mapping[str, str] | None = None,
) -> str:
    """Run a command to its end and return what it printed."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment(), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} in {folder} failed:\n{done.stdout[-3000:]}")
    return done.stdout


def seconds_of(
    command: Sequence[str],
    folder: Path,
    *,
    seconds: float = 180,
    env: Mapping[str, str] | None = None,
) -> float:
    """How long a command takes to its end."""
    started = time.monotonic()
    run(command, folder, seconds=seconds, env=env)
    return time.monotonic() - started


class Running:
    """A started server; leaving the `with` block ends it and all it started."""

    def __init__(
        self, command: Sequence[str], folder: Path, port: int, env: Mapping[str, str] | None = None
    ) -> None:
        self.port = port
        # Not unlinked by the server's end: it is read when the server fails.
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**environment(), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def seconds_to_answer(self, text: str = '"ok"', *, since: float | None = None) -> float:
        """Ask GET /health until it answers 200 with `text` in it; seconds since the start."""
        since = self.started if since is None else since
        deadline = time.monotonic() + ANSWER_SECONDS
        wanted = text.encode()
        while time.monotonic() < deadline:
            status, body = self.ask("/health")
            if status == 200 and wanted in body:
                return time.monotonic() - since
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        self._log.seek(0)
        printed = self._log.read().decode(errors="replace")[-3000:]
        raise RuntimeError(f"{self.process.args!r} gave no such answer. It printed:\n{printed}")

    def ask(self, path: str) -> tuple[int, bytes]:
        """Status and body of a GET; status 0 when nobody answers."""
        connection = http.client.HTTPConnection(ADDRESS, self.port, timeout=REQUEST_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def end(self) -> None:
        """Ask the server to end; what is left of it after five seconds is killed."""
        tree: list[psutil.Process] = []
        with contextlib.suppress(psutil.NoSuchProcess):
            tree = psutil.Process(self.process.pid).children(recursive=True)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(5)
        _, alive = psutil.wait_procs(tree, timeout=5)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=5)
        self._log.close()
