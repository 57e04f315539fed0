"""Log records as JSON, one object per line, which Workers Logs indexes by field."""

import json
import logging
import sys


class JsonLineFormatter(logging.Formatter):
    """Formats a record, with whatever mapping `extra={"fields": …}` carries, as one line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure_logging(level: str = "INFO") -> None:
    """Send every record of `level` and above to stdout, in place of earlier handlers."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
