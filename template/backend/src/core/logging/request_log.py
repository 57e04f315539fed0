"""One log line per request, holding everything that happened while it was answered."""

import logging
from contextvars import ContextVar
from time import perf_counter
from typing import Self

logger = logging.getLogger("request")

_current: ContextVar["RequestLog | None"] = ContextVar("request_log", default=None)


class RequestLog:
    """Context manager that writes its line on leaving; the caller sets `status` and `error`."""

    def __init__(self, method: str, path: str) -> None:
        self.method = method
        self.path = path
        self.status: int | None = None
        self.error: Exception | None = None
        self.events: list[dict[str, object]] = []

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        self._started = perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)
        # A deployed Worker's clock stands still between I/O: this measures waiting, not CPU.
        duration_ms = round((perf_counter() - self._started) * 1000, 3)
        fields: dict[str, object] = {
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "duration_ms": duration_ms,
        }
        if self.events:
            fields["events"] = self.events
        logger.log(
            logging.INFO if self.error is None else logging.ERROR,
            "request" if self.error is None else str(self.error),
            extra={"fields": fields},
            exc_info=self.error,
        )


def record_event(name: str, **fields: object) -> None:
    """Add an event to the line of the current request, or log it alone outside of one."""
    current = _current.get()
    if current is None:
        logger.info(name, extra={"fields": fields})
    else:
        current.events.append({"event": name, **fields})


def record_error(error: Exception) -> None:
    """Attach an error that was handled, so that the request's line carries its traceback."""
    current = _current.get()
    if current is None:
        logger.error(str(error), exc_info=error)
    else:
        current.error = error
