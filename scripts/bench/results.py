"""What a measurement yields: two sides, and how they compare."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Comparison:
    """Runs of ours and of what it is compared with, taken in turn on the same machine."""

    what: str
    ours: Sequence[float]
    other: Sequence[float]
    unit: str = "s"
    goal: float | None = None

    @property
    def ratio(self) -> float:
        """The median of each run's ratio.

        Both sides of a run share what the machine was doing meanwhile; medians of each side on
        its own may come from runs at different speeds of the machine.
        """
        return median(ours / other for ours, other in zip(self.ours, self.other, strict=True))


@dataclass(frozen=True)
class Measurement:
    """One thing that is compared with nothing."""

    what: str
    runs: Sequence[float]
    unit: str = "s"


@dataclass(frozen=True)
class Section:
    """A part of the report: its text and tables, in the order in which they are shown."""

    title: str
    text: str
    comparisons: Sequence[Comparison] = ()
    measurements: Sequence[Measurement] = ()
    # Title of the columns, then the rows, as they are shown.
    table: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = field(default=())


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
