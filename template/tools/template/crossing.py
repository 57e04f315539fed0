"""From which version of the template to which, and what its changelog says of those between."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from tools.template.answers import Recorded
from tools.template.source import Source

CHANGELOG = "CHANGELOG.md"
# https://keepachangelog.com/en/1.1.0/ writes ## [1.2.0] - 2026-11-22.
HEADING = re.compile(r"## +\[?(?P<version>[^\]\s]+)")


@dataclass(frozen=True)
class Crossing:
    """An update that could be made.

    `crossed` are the released versions that it brings, from the oldest to the newest; `changelog`
    are their sections, the newest first, and empty when the template says nothing of them.
    """

    old: str
    new: str
    crossed: tuple[str, ...]
    changelog: str


def crossing(source: Source, recorded: Recorded, ref: str | None) -> Crossing | None:
    """The update to `ref`, or else to the latest version; None when it would bring nothing.

    Raises:
        NotPossible: the template has no such ref.
    """
    versions = source.versions()
    if ref is None and not versions:
        return None
    new = ref or versions[-1]
    old_commit, new_commit = source.commit(recorded.version), source.commit(new)
    if source.contains(old_commit, new_commit):
        return None
    crossed = tuple(
        version
        for version in versions
        if source.contains(new_commit, source.commit(version))
        and not source.contains(old_commit, source.commit(version))
    )
    text = source.text(new_commit, CHANGELOG) or ""
    return Crossing(recorded.version, new, crossed, "\n\n".join(_sections(text, crossed)))


def _sections(text: str, crossed: tuple[str, ...]) -> Iterator[str]:
    """The sections of these versions, in the order of the file."""
    wanted = {Version(version) for version in crossed}
    for section in re.split(r"^(?=## )", text, flags=re.MULTILINE):
        heading = HEADING.match(section)
        try:
            # "Unreleased" is no version, for instance.
            is_wanted = heading is not None and Version(heading["version"]) in wanted
        except InvalidVersion:
            continue
        if is_wanted:
            yield section.strip()
