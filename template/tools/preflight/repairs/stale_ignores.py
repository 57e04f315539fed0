"""Ignores of pyproject.toml that leave nothing out any more."""

from collections.abc import Iterator
from datetime import date

from tools.preflight.finding import Finding
from tools.preflight.ignores import Ignores
from tools.preflight.repairs.draft import Draft
from tools.preflight.repairs.edits import Edit, Remove, exists, look_up
from tools.preflight.repairs.subject import Subject
from tools.preflight.settings import Ignore

IGNORE = ("tool", "preflight", "ignore")


def remove(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    """Remove the ignores of which the same is to be said as the finding says of one."""
    pyproject = subject.pyproject
    if pyproject is None or not exists(pyproject.values, IGNORE):
        return
    for table in look_up(pyproject.values, IGNORE):
        # What is found about the ignores themselves, were it the only one.
        alone = Ignores([Ignore.of(table)], date.today())
        alone.split([*subject.inspection.findings, *subject.inspection.suppressed])
        said = {(other.code, other.message) for other in alone.findings()}
        if (finding.code, finding.message) in said:
            yield pyproject, Remove(IGNORE, table)
