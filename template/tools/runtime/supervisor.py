"""Run a command and end it, with all it started, when whoever asked for it is gone.

`python -m tools.runtime.supervisor FOLDER COMMAND...` runs the command in that folder and takes
its own standard input as a lifeline: the caller keeps the other end of that pipe, and the kernel
closes it however the caller ends. The command has a process group of its own, which is asked to
stop and, when it has not, killed. On Linux the command also dies with this process; elsewhere
killing the supervisor itself with SIGKILL leaves the command running.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

from tools.runtime.parent import end_with_parent

GRACE_SECONDS = 5.0


def main(folder: str, command: list[str]) -> None:
    # Control-C reaches the caller, which closes the lifeline; acting on it twice helps nobody.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=end_with_parent,
    )
    # Blocked only now: the command would inherit it.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGCHLD))
    threading.Thread(target=_watch_lifeline, daemon=True).start()
    while process.poll() is None:
        if signal.sigwait((signal.SIGTERM, signal.SIGCHLD)) == signal.SIGTERM:
            _stop(process)
            break
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    sys.exit(process.wait() & 0xFF)


def _watch_lifeline() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask the whole group to stop, and wait for its first process as long as grace allows."""
    os.killpg(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
