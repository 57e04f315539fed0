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

GRACE_SECONDS = 5.0


def end_with_parent() -> None:
    """Ask the kernel to kill this process, and what it becomes by exec, with its parent."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def main(folder: str, command: list[str]) -> None:
    # Control-C reaches the caller, which closes the lifeline; acting on it twice helps nobody.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: _end(process, status=143))
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=end_with_parent,
    )
    threading.Thread(target=_watch_lifeline, daemon=True).start()
    _end(process, status=process.wait())


def _watch_lifeline() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _end(process: "subprocess.Popen[bytes]", *, status: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    process.poll()
    os._exit(status & 0xFF)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
