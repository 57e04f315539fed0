"""The one record that checks return and reports print."""

from dataclasses import dataclass

from tools.preflight.codes import CODES, Severity


@dataclass(frozen=True)
class Place:
    """Where something is.

    `path` is relative to the project, or the name of a module in the upload when no file of the
    project is to blame. `line` and the columns count from 1; `end_column` is the first one behind.
    """

    path: str
    line: int | None = None
    column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    `code` never changes its meaning. `target` is what the finding is about: a module, a package,
    a setting. `message` says what is wrong and why that matters, `fix` what to do.
    """

    code: str
    severity: Severity
    place: Place
    target: str
    message: str
    fix: str


def found(
    code: str,
    place: Place | str,
    *,
    target: str,
    message: str,
    fix: str,
    severity: Severity | None = None,
) -> Finding:
    """A finding of `code`, as severe as that usually is unless `severity` is given."""
    where = Place(place) if isinstance(place, str) else place
    return Finding(code, severity or CODES[code].severity, where, target, message, fix)
