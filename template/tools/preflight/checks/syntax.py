"""Can the Worker's Python parse each module?

The Python that runs the checks may be older or newer than the Worker's. Ruff's parser knows the
syntax of each version, so it decides about what is in doubt.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from ruff import find_ruff_bin

from tools.preflight.bundle import Bundle
from tools.preflight.finding import Finding, Place, found
from tools.preflight.stopwatch import Stopwatch

SECONDS = 60


def check(bundle: Bundle, watch: Stopwatch) -> Iterator[Finding]:
    """A finding for the first error of each module that the Worker cannot parse."""
    newer_host = sys.version_info[:2] > bundle.wiring.python
    doubtful = [
        part
        for part in (*bundle.first_party, *_certain_vendored(bundle))
        if bundle.facts(part).syntax_error or (newer_host and part in bundle.first_party)
    ]
    if not doubtful:
        return
    with watch.of("ruff"):
        errors = _errors(bundle, doubtful)
    version = ".".join(map(str, bundle.wiring.python))
    for part, (line, column, reason) in errors.items():
        place = bundle.place(part)
        yield found(
            "PF207",
            Place(place.path, line, column),
            target=part,
            message=f"Python {version} cannot parse this module: {reason}.",
            fix=f"Correct the line; the Worker runs Python {version} because of its "
            f"compatibility date {bundle.wiring.date or '(none)'}.",
        )


def _certain_vendored(bundle: Bundle) -> Iterator[str]:
    for part in sorted(bundle.start.certain):
        if part not in bundle.first_party and part.endswith(".py"):
            yield part


def _errors(bundle: Bundle, parts: list[str]) -> Mapping[str, tuple[int, int, str]]:
    """Line, column and reason of the first syntax error in each part that has one."""
    with tempfile.TemporaryDirectory() as temporary:
        files = {str(Path(temporary).resolve() / f"{at}.py"): part for at, part in enumerate(parts)}
        for file, part in files.items():
            Path(file).write_bytes(bundle.upload.modules[part].content)
        target = "py" + "".join(map(str, bundle.wiring.python))
        command = [
            *(find_ruff_bin(), "check", "--isolated", "--no-cache", "--select", "PLE1142"),
            *("--target-version", target, "--output-format", "json", temporary),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        errors: dict[str, tuple[int, int, str]] = {}
        for entry in json.loads(done.stdout or "[]"):
            if entry["code"] in (None, "invalid-syntax"):
                part = files[str(Path(entry["filename"]))]
                start = entry["location"]
                reason = str(entry["message"]).removeprefix("SyntaxError: ").rstrip(".")
                # What is missing at the end is reported behind the last line.
                lines = max(1, len(bundle.upload.modules[part].content.splitlines()))
                row = min(start["row"], lines)
                errors.setdefault(part, (row, start["column"], reason))
        return errors
