"""For the summary of a job: GitHub's Markdown, in which nothing that is quoted is markup."""

from collections.abc import Iterable, Iterator

from tools.preflight.composition import Group
from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.reports import summary
from tools.preflight.reports.text import location
from tools.preflight.reports.visible import visible_lines

# GitHub takes up to 1 MiB of a step; in bytes for each of the two tables, and for a cell.
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
MOST_OF_TABLE = 400_000
MOST_OF_CELL = 1000

SIGNS = {"error": "❌", "warning": "⚠️", "info": "\N{INFORMATION SOURCE}\ufe0f"}

# References to characters are text wherever they stand.
# https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
MARKUP = str.maketrans({mark: f"&#{ord(mark)};" for mark in "\\`*_{}[]<>|&#~@$!:"})


def render(inspection: Inspection) -> str:
    return "".join(f"{line}\n" for line in _lines(inspection))


def _lines(inspection: Inspection) -> Iterator[str]:
    sign = "❌" if inspection.status else "✅"
    environment = f" ({_escape(inspection.env)})" if inspection.env else ""
    yield f"## {sign} Preflight{environment} {summary.verdict(inspection)}"
    yield ""
    yield f"**{summary.counts_in_words(inspection)}**, {summary.times(inspection)}"
    yield ""
    if inspection.findings:
        yield "| | Code | Where | What is wrong, and what to do |"
        yield "|---|---|---|---|"
        yield from _limited(map(_finding, inspection.findings))
        yield ""
        code = inspection.findings[0].code
        yield f"`preflight explain {code}` says more about a code."
        yield ""
    if left_out := summary.suppressed(inspection):
        yield left_out
        yield ""
    yield from _composition(inspection)


def _finding(finding: Finding) -> str:
    where = _escape(location(finding.place))
    message, fix = _escape(finding.message), _escape(finding.fix)
    return (
        f"| {SIGNS[finding.severity]} {finding.severity} | {finding.code} | <code>{where}</code> "
        f"| {message}<br>**fix:** {fix} |"
    )


def _composition(inspection: Inspection) -> Iterator[str]:
    if not inspection.composition:
        return
    groups, total = inspection.composition.groups, inspection.composition.total
    yield "<details>"
    yield f"<summary>The upload: {summary.number(total.modules, 'module')}, "
    yield f"{summary.kib(total.bytes)} KiB, {summary.kib(total.gzip_bytes)} KiB gzip</summary>"
    yield ""
    yield "| | modules | KiB | gzip KiB |"
    yield "|---|---:|---:|---:|"
    yield from _limited(map(_group, (total, *groups)))
    yield ""
    if inspection.wrangler:
        yield f"wrangler: {_escape(inspection.wrangler)}"
        yield ""
    if wheel := summary.wheel(inspection):
        yield f"The wheel {wheel}."
        yield ""
    yield "</details>"


def _group(group: Group) -> str:
    sizes = f"{summary.kib(group.bytes)} | {summary.kib(group.gzip_bytes)}"
    return f"| {_escape(group.name)} | {group.modules} | {sizes} |"


def _limited(rows: Iterable[str]) -> Iterator[str]:
    """The rows that fit, and one that counts the others."""
    room = MOST_OF_TABLE
    left_out = 0
    for row in rows:
        room -= len(row.encode())
        if room >= 0:
            yield row
        else:
            left_out += 1
    if left_out:
        yield f"| {left_out} more, which the log shows |"


def _escape(text: str) -> str:
    short = text if len(text) <= MOST_OF_CELL else f"{text[:MOST_OF_CELL]}…"
    return "<br>".join(line.translate(MARKUP) for line in visible_lines(short))
