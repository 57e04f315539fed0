"""Start a service with its memory snapshot, or without when there is none that works."""

import sys
from collections.abc import Callable, Sequence
from typing import IO

from tools.runtime import snapshot
from tools.runtime.errors import ToolError
from tools.runtime.server import Server, Service


def start(
    service: Service,
    *,
    port: int | None = None,
    snapshots: bool = True,
    output: IO[bytes] | None = None,
    first_answer: bool = True,
) -> Server:
    """A server for `service` that has answered, or without `first_answer` one that listens.

    One line on stderr says why it starts without a snapshot. A snapshot that workerd refuses
    shows only when Python starts, which is after wrangler has begun to listen.

    Raises:
        ToolError: wrangler ended, also without a snapshot.
    """
    found: snapshot.Snapshot | None = None

    def flags() -> list[str]:
        nonlocal found
        found = snapshot.find(service)
        if not found:
            say(
                "there is no memory snapshot for these packages and settings; `poe setup` takes one"
            )
        return found.flags if found else []

    if not snapshots:
        return _started(service, port, list, output, first_answer)
    try:
        return _started(service, port, flags, output, first_answer)
    except ToolError:
        if not found:
            raise
    # Where this fails too, it is the code that cannot start.
    server = _started(service, port, list, output, first_answer)
    say(f"workerd refuses {found.file}; after deleting it, `poe setup` takes a new one")
    return server


def _started(
    service: Service,
    port: int | None,
    workerd_flags: Callable[[], Sequence[str]],
    output: IO[bytes] | None,
    first_answer: bool,
) -> Server:
    server = Server(service, port=port, workerd_flags=workerd_flags, output=output)
    try:
        if first_answer:
            server.wait_until_answering()
        else:
            server.wait_until_listening()
    except BaseException:
        server.stop()
        raise
    return server


def say(reason: str) -> None:
    """Tell people why a start takes longer than it could."""
    print(f"Plain start, some seconds slower: {reason}.", file=sys.stderr, flush=True)
