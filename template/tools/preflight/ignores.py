"""Leave out the findings that `[[tool.preflight.ignore]]` names."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Self

from tools.preflight.finding import Finding, Place, found
from tools.preflight.settings import Ignore
from tools.preflight.wiring import Wiring

FILE = "pyproject.toml"


class Ignores:
    """The ignores of a project on one day; an expired one no longer leaves anything out.

    `places` are those of the ignores in pyproject.toml, to be shown in findings about them.
    """

    def __init__(
        self, ignores: Sequence[Ignore], today: date, places: Sequence[Place] = ()
    ) -> None:
        # They can also be written as one array, which has no place for each.
        known = places if len(places) == len(ignores) else [Place(FILE)] * len(ignores)
        self._places = {id(entry): place for entry, place in zip(ignores, known, strict=True)}
        self.expired = [entry for entry in ignores if entry.until and entry.until < today]
        self._active = [entry for entry in ignores if entry not in self.expired]
        self._used: set[int] = set()

    @classmethod
    def of(cls, wiring: Wiring, today: date) -> Self:
        """The ignores of a project."""
        return cls(wiring.settings.ignore, today, wiring.setting_places("ignore"))

    def split(self, findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
        """The findings that stay, and those that are left out."""
        stay: list[Finding] = []
        left_out: list[Finding] = []
        for finding in findings:
            matching = [at for at, entry in enumerate(self._active) if _matches(entry, finding)]
            self._used.update(matching)
            (left_out if matching else stay).append(finding)
        return stay, left_out

    def unused(self) -> list[Ignore]:
        """Those that left nothing out, after `split`."""
        return [entry for at, entry in enumerate(self._active) if at not in self._used]

    def findings(self, *, complete: bool = True) -> Iterator[Finding]:
        """Findings about the ignores themselves, after `split`.

        None is called stale when the checks were not `complete`.
        """
        for entry in self.unused() if complete else []:
            yield found(
                "PF003",
                self._places[id(entry)],
                target=entry.code,
                message=f"The ignore of {entry.code} ({entry.reason}) matches no finding, so it "
                "would hide the next one unseen.",
                fix="Delete it from pyproject.toml.",
            )
        for entry in self.expired:
            yield found(
                "PF006",
                self._places[id(entry)],
                target=entry.code,
                message=f"The ignore of {entry.code} ({entry.reason}) ended on {entry.until} and "
                "leaves nothing out any more.",
                fix="Correct what it left out and delete it, or set `until` to a later day and say "
                "why in its reason.",
            )


def _matches(entry: Ignore, finding: Finding) -> bool:
    # Imported here: most projects ignore nothing.
    from pathspec import GitIgnoreSpec

    return (
        entry.code == finding.code
        and GitIgnoreSpec.from_lines([entry.path]).match_file(finding.place.path)
        and GitIgnoreSpec.from_lines([entry.target]).match_file(finding.target or "-")
    )
