"""For people: what is uploaded, what is wrong with it, and what to do about that."""

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from tools.preflight import composition
from tools.preflight.codes import Severity
from tools.preflight.composition import Composition
from tools.preflight.finding import Finding, Place
from tools.preflight.inspection import Inspection
from tools.preflight.reports import summary
from tools.preflight.reports.source import Excerpt, Sources
from tools.preflight.reports.visible import visible, visible_lines

STYLES: dict[Severity, str] = {"error": "bold red", "warning": "bold yellow", "info": "bold blue"}
STATUS_STYLES = {0: "bold green", 1: "bold red", 2: "bold red", 3: "bold red"}

# Into a file or a pipe; on a terminal its own width counts.
WIDTH = 100
NAME_WIDTH = 60


def render(inspection: Inspection) -> str:
    """The report, with colours if standard output is a terminal and NO_COLOR is not set."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = WIDTH
    with console.capture() as captured:
        for part in _parts(inspection):
            # A line stays one line, so that tools find what they search for.
            console.print(part, soft_wrap=True)
    # rich fills the last column of a table with blanks.
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _parts(inspection: Inspection) -> Iterator[RenderableType]:
    if inspection.composition:
        yield _table(inspection.composition)
        yield ""
    if inspection.wrangler:
        yield Text(f"wrangler: {visible(inspection.wrangler)}")
    if wheel := summary.wheel(inspection):
        yield Text(f"wheel: it {wheel}")
    if inspection.wrangler or wheel:
        yield ""
    sources = Sources(inspection)
    for finding in inspection.findings:
        if finding.severity != "info":
            yield _finding(finding, sources.excerpt(finding))
            yield ""
    yield from (_info(finding) for finding in inspection.findings if finding.severity == "info")
    if left_out := summary.suppressed(inspection):
        yield Text(left_out, "dim")
    if inspection.findings:
        code = inspection.findings[0].code
        yield Text(f"More about a code: preflight explain {code}", "dim")
    yield _summary(inspection)


def _table(composed: Composition) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("", overflow="fold")
    for heading in ("modules", "KiB", "gzip KiB"):
        table.add_column(heading, justify="right", no_wrap=True)
    for group in composed.groups:
        table.add_row(*_row(group))
    table.add_row(*_row(composed.total), style="bold")
    return table


def _row(group: composition.Group) -> Iterator[Text]:
    name = visible(group.name)
    yield Text(name if len(name) <= NAME_WIDTH else f"{name[: NAME_WIDTH - 1]}…")
    yield Text(str(group.modules))
    yield Text(summary.kib(group.bytes))
    yield Text(summary.kib(group.gzip_bytes))


def _finding(finding: Finding, excerpt: Excerpt | None) -> RenderableType:
    lines = [_heading(finding)]
    if excerpt:
        lines += _quote(excerpt, STYLES[finding.severity])
    lines += [Text(f"  {line}") for line in visible_lines(finding.message)]
    first, *others = visible_lines(finding.fix)
    lines.append(Text.assemble("  ", ("fix: ", "bold green"), first))
    lines += [Text(f"       {line}") for line in others]
    return Group(*lines)


def _info(finding: Finding) -> Text:
    message = " ".join(visible_lines(finding.message))
    return Text.assemble(_heading(finding), " ", message)


def _heading(finding: Finding) -> Text:
    return Text.assemble(
        (f"{finding.severity}[{finding.code}]", STYLES[finding.severity]),
        " ",
        (location(finding.place), "bold"),
    )


def location(place: Place) -> str:
    """A place as terminals and editors know it: `path:line:column`."""
    numbers = (place.line, place.column if place.line else None)
    return ":".join([visible(place.path), *(str(at) for at in numbers if at)])


def _quote(excerpt: Excerpt, style: str) -> list[Text]:
    number = str(excerpt.line)
    margin = " " * len(number)
    # Characters such as those of Chinese take two columns.
    blanks = " " * cell_len(excerpt.before)
    carets = "^" * max(1, cell_len(excerpt.marked))
    return [
        Text.assemble((f"  {margin} |", "dim")),
        Text.assemble(
            (f"  {number} | ", "dim"), excerpt.before, (excerpt.marked, "bold"), excerpt.after
        ),
        Text.assemble((f"  {margin} | ", "dim"), blanks, (carets, style)),
    ]


def _summary(inspection: Inspection) -> Text:
    return Text.assemble(
        (summary.verdict(inspection), STATUS_STYLES[inspection.status]),
        f": {summary.counts_in_words(inspection)}",
        (f" ({summary.times(inspection)})", "dim"),
    )
