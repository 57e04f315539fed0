"""The planted faults, a module for each family of checks."""

from preflight.corpus import Fault
from preflight.faults import (
    architecture,
    ignores,
    imports,
    platform,
    presence,
    size,
    strays,
    wheel,
    wiring,
)

FAULTS: list[Fault] = [
    *wiring.FAULTS,
    *ignores.FAULTS,
    *presence.FAULTS,
    *imports.FAULTS,
    *strays.FAULTS,
    *size.FAULTS,
    *wheel.FAULTS,
    *architecture.FAULTS,
    *platform.FAULTS,
]
