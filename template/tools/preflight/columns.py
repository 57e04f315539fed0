"""Where a node of a syntax tree is, in characters: `ast` counts the bytes of UTF-8."""

import ast
import re
from collections.abc import Sequence


class Columns:
    """Turns the positions in one module's tree into lines and columns that count from 1."""

    def __init__(self, content: bytes) -> None:
        # Most modules are ASCII, where bytes are characters.
        self._lines: Sequence[bytes] = (
            [] if content.isascii() else re.split(rb"\r\n|\r|\n", content)
        )

    def of(self, node: ast.stmt | ast.expr) -> tuple[int, int, int | None]:
        """Line, column, and the first column behind; None when that is on another line."""
        line = node.lineno
        end = node.end_col_offset if node.end_lineno == line else None
        return (
            line,
            self._column(line, node.col_offset),
            None if end is None else self._column(line, end),
        )

    def _column(self, line: int, offset: int) -> int:
        if line > len(self._lines):
            return offset + 1
        return len(self._lines[line - 1][:offset].decode(errors="replace")) + 1
