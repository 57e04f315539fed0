"""The source lines that findings blame."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.reports.repository import top_of
from tools.preflight.reports.visible import visible

# Reports are kept and passed on: no line of a file that holds a secret may get into one.
SECRETS = frozenset({"PF302", "PF303"})

# Columns of a line that are shown, and how many of them stand before the cause.
WIDTH = 120
BEFORE = 40

MOST_BYTES = 2**20


@dataclass(frozen=True)
class Excerpt:
    """One line, safe to print, in three pieces: `marked` is the cause."""

    line: int
    before: str
    marked: str
    after: str


class Sources:
    """The files of an inspected project, or of its upload where the project has no such file."""

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection
        self._top = Path(os.path.realpath(top_of(inspection.root)))
        self._read: dict[str, Sequence[str]] = {}
        self._secret = {
            finding.place.path
            for finding in (*inspection.findings, *inspection.suppressed)
            if finding.code in SECRETS
        }

    def excerpt(self, finding: Finding) -> Excerpt | None:
        """The line that a finding blames; None when it blames none or the line must not be shown.

        The cause is between the finding's columns, or the whole line less its indentation.
        """
        place = finding.place
        if place.line is None or place.path in self._secret:
            return None
        lines = self._lines(place.path)
        if not 0 < place.line <= len(lines):
            return None
        text = lines[place.line - 1].rstrip()
        if not text:
            return None
        start = place.column - 1 if place.column else len(text) - len(text.lstrip())
        end = place.end_column - 1 if place.column and place.end_column else len(text)
        # A file may have changed since, and a statement may end on another line.
        start = min(start, len(text) - 1)
        end = min(end, len(text)) if end > start else len(text)
        return Excerpt(place.line, *_cut(text, start, end))

    def _lines(self, path: str) -> Sequence[str]:
        if path not in self._read:
            text = self._content(path).decode("utf-8", "replace")
            # The line breaks of Python and TOML; str.splitlines knows more.
            self._read[path] = re.split(r"\r\n|\r|\n", text)
        return self._read[path]

    def _content(self, path: str) -> bytes:
        try:
            file = Path(os.path.realpath(self._inspection.root / path))
            # The name of an upload's part may lead anywhere.
            if file.is_relative_to(self._top) and file.stat().st_size <= MOST_BYTES:
                return file.read_bytes()
        except (OSError, ValueError):
            pass
        bundle = self._inspection.bundle
        part = bundle.upload.modules.get(path) if bundle else None
        return part.content if part and len(part.content) <= MOST_BYTES else b""


def _cut(text: str, start: int, end: int) -> tuple[str, str, str]:
    first = max(0, start - BEFORE) if len(text) > WIDTH else 0
    last = min(len(text), first + WIDTH)
    end = min(end, last)
    before = ("…" if first else "") + _shown(text[first:start])
    after = _shown(text[end:last]) + ("…" if last < len(text) else "")
    return before, _shown(text[start:end]), after


def _shown(text: str) -> str:
    return visible(text.replace("\t", "    "))
