"""Start a service with its memory snapshot, or without when there is none that works."""

import sys
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
) -> Server:
    """A server for `service` that listens; one line on stderr when it starts without a snapshot.

    Raises:
        ToolError: wrangler ended without listening, also without a snapshot.
    """
    found = snapshot.find(service) if snapshots else None
    if snapshots and not found:
        _say(
            "there is no memory snapshot for these packages and settings yet; `poe setup` takes it"
        )
    if found:
        server = Server(service, port=port, workerd_flags=found.flags, output=output)
        try:
            server.wait_until_listening()
        except ToolError:
            server.stop()
            _say(
                f"workerd does not start from {found.file}; delete it to have `poe setup` retake it"
            )
        else:
            return server
    server = Server(service, port=port, output=output)
    try:
        server.wait_until_listening()
    except BaseException:
        server.stop()
        raise
    return server


def _say(reason: str) -> None:
    print(f"Plain start, some seconds slower: {reason}.", file=sys.stderr, flush=True)
