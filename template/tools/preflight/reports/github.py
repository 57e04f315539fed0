"""For a run of GitHub Actions: annotations beside the code, then the text report for the log."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from tools.preflight.codes import CODES, Severity
from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.reports import summary, text
from tools.preflight.reports.repository import path_in_repository
from tools.preflight.reports.visible import visible, visible_lines


@dataclass(frozen=True)
class Level:
    """A workflow command; `most` is how many of it are shown."""

    command: str
    most: int


# GitHub shows ten of each in a step; the last notice counts the others.
# https://docs.github.com/en/rest/checks/runs
LEVELS: dict[Severity, Level] = {
    "error": Level("error", 10),
    "warning": Level("warning", 10),
    "info": Level("notice", 9),
}


def render(inspection: Inspection) -> str:
    return "".join(f"{line}\n" for line in _annotations(inspection)) + _log(inspection)


def _annotations(inspection: Inspection) -> Iterator[str]:
    more = 0
    for severity, level in LEVELS.items():
        findings = [finding for finding in inspection.findings if finding.severity == severity]
        more += len(findings[level.most :])
        for finding in findings[: level.most]:
            yield _annotation(inspection, level.command, finding)
    if more:
        message = f"{summary.number(more, 'finding')} more: see the summary of the job or its log."
        yield f"::notice title=Preflight::{message}"


def _annotation(inspection: Inspection, command: str, finding: Finding) -> str:
    place = finding.place
    path = path_in_repository(inspection, place.path)
    properties = {
        "file": visible(path),
        "line": place.line,
        "col": place.column if place.line else None,
        "endColumn": place.end_column if place.line and place.column else None,
        "title": f"{finding.code} {CODES[finding.code].name}",
    }
    given = ",".join(
        f"{name}={_escape_property(str(value))}" for name, value in properties.items() if value
    )
    lines = [*visible_lines(finding.message), *visible_lines(f"fix: {finding.fix}")]
    return f"::{command} {given}::{'%0A'.join(map(_escape, lines))}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _log(inspection: Inspection) -> str:
    """The text report, in which the runner must not find any commands: it quotes source lines.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    """
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text.render(inspection)}::{token}::\n"
