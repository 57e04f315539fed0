"""What is asked of an approach, and how the answers are judged."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

# Errors that are no reason for a Worker not to start: copies, strays, secrets, size, the wheel,
# the layers, a module root that is too wide.
STARTS_ANYWAY = ("PF103", "PF104", "PF3", "PF4", "PF5", "PF601", "PF602", "PF703")


@dataclass(frozen=True)
class Facts:
    """What a run shows of an approach; the same on each machine with the same versions.

    `error` is what wrangler or Python said when it did not start. `changed` counts the files of
    `src` that differ from before or were added. `main` says how often `src.main` was loaded after
    it was imported under that name. `duplicates` counts names sent twice and modules of `src`
    under two names, `strays` parts that are neither the service's nor vendored. `edits` says
    whether `dev` shows an edit, "not tried" when nothing started. `status` and `codes` are the
    preflight's exit status and the codes of its errors.
    """

    starts: bool
    error: str
    changed: int
    main: Literal["once", "twice", "not importable", "not started"]
    duplicates: bool
    strays: bool
    edits: Literal["shown", "not shown", "not tried"]
    status: int
    codes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether it starts with all of the service's code, each part of it once, and no more."""
        edited = self.edits != "not shown"
        return self.starts and edited and not self.duplicates and not self.strays

    @property
    def predicted_start(self) -> bool:
        """Whether the preflight says that it starts."""
        return all(code.startswith(STARTS_ANYWAY) for code in self.codes)

    @property
    def predicted(self) -> bool:
        """Whether the preflight's verdict is the runtime's: of the start, and of the whole."""
        return self.predicted_start == self.starts and (self.status == 0) == self.sound


@dataclass(frozen=True)
class Measured:
    """Sizes of the upload and times in seconds, each of all runs; empty where there is none.

    `before` are dry runs of the service without the approach, taken in turn with `dry_run`.
    """

    modules: int = 0
    kib: float = 0
    gzip_kib: float = 0
    dry_run: Sequence[float] = field(default=())
    before: Sequence[float] = field(default=())
    start: Sequence[float] = field(default=())
    edit: Sequence[float] = field(default=())


@dataclass(frozen=True)
class Observation:
    facts: Facts
    measured: Measured
