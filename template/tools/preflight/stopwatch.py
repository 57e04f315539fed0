"""How long the checks take, and how long the programs they start."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Stopwatch:
    """Tells the time of other programs from that of the checks."""

    started: float = field(default_factory=time.monotonic)
    others: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Add the time of the block to that of the other program `name`."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.others[name] = self.others.get(name, 0) + time.monotonic() - begun

    def own(self) -> float:
        """Seconds since the start, less those of other programs."""
        return time.monotonic() - self.started - sum(self.others.values())
