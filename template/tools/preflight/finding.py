"""The one record that checks return and reports print."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    `code` never changes its meaning. `path` is relative to the project, or the name of a module
    in the upload when no file of the project is to blame; `line` counts from 1. `message` says
    what is wrong and why that matters, `fix` what to do.
    """

    code: str
    severity: Severity
    path: str
    line: int | None
    message: str
    fix: str
