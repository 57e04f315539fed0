"""Count what the update tests covered, and say so at the end of a run."""

from collections.abc import Callable

import pytest

from projects import Answers, name_of
from updates.judgement import Update

Record = Callable[[str, Answers, list[str], Update], None]
NAME = "update of a project"


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Record:
    """Keep what one update covered. It travels in the report: tests run in several processes."""

    def record(version: str, answers: Answers, kinds: list[str], update: Update) -> None:
        written = sum(update.written(name).total() for name in update.mine)
        record_property(
            NAME,
            {
                "version": version,
                "answers": name_of(answers),
                "kinds": kinds,
                "lines": written,
                "conflicts": len(update.unmerged),
                "lost": len(update.lost()),
            },
        )

    return record


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    updates = [
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, value in report.user_properties
        if name == NAME and isinstance(value, dict)
    ]
    if not updates:
        return
    versions = {update["version"] for update in updates}
    answers = {update["answers"] for update in updates}
    kinds = {kind for update in updates for kind in update["kinds"]}
    cells = {
        (update["version"], update["answers"], kind)
        for update in updates
        for kind in update["kinds"]
    }
    lines, conflicts, lost = (
        sum(update[what] for update in updates) for what in ("lines", "conflicts", "lost")
    )
    terminalreporter.section("copier update")
    terminalreporter.write_line(
        f"{len(updates)} updates: {len(versions)} versions x {len(answers)} sets of answers x "
        f"{len(kinds)} kinds of edits, {len(cells)} of "
        f"{len(versions) * len(answers) * len(kinds)} combinations"
    )
    terminalreporter.write_line(
        f"{lines} lines of the user's checked, {conflicts} files in visible conflict, "
        f"{lost} lines lost"
    )
