"""Files of the template that earlier versions had: what became of them, and what proves it safe."""

from collections.abc import Mapping
from dataclasses import dataclass

from updates.ownership import YOURS, within


@dataclass(frozen=True)
class Gone:
    """`now` is the new path, or None for a file that was dropped.

    `proof` names the test in which what a user had written into the file survives:
    `test_renames.py::test_...`.
    """

    now: str | None
    proof: str


# The old path, as it stands in a project.
GONE: dict[str, Gone] = {}


def unexplained(
    old: Mapping[str, bytes], new: Mapping[str, bytes], gone: Mapping[str, Gone]
) -> list[str]:
    """Files of the template in an old project that a new one lacks, less those in the table.

    What is the user's from the first copy on may go: an update leaves it alone.
    """
    return [
        name for name in old if name not in new.keys() | gone.keys() and not within(name, YOURS)
    ]
