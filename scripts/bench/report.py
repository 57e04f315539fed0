"""docs/performance.md and its picture, from what was measured."""

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from statistics import median
from typing import Any, Self

from bench.projects import ROOT, UV
from bench.results import Comparison, Measurement, Section

DOCS = ROOT / "docs"
PICTURE = "performance.svg"
DATA = DOCS / "performance.json"


@dataclass(frozen=True)
class Part:
    """What one part of the bench measured, and on what machine at what load."""

    sections: Sequence[Section]
    when: str
    machine: str
    load: str

    @classmethod
    def now(
        cls, sections: Sequence[Section], *, minutes: float, loads: tuple[float, float]
    ) -> Self:
        when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {minutes:.0f} minutes"
        return cls(sections, when, machine(), f"{loads[0]:.1f}, {loads[1]:.1f}")


def keep(name: str, part: Part) -> None:
    """Put a part beside what was measured before, in docs/performance.json."""
    parts = kept()
    parts[name] = part
    DOCS.mkdir(exist_ok=True)
    document = {name: asdict(part) for name, part in sorted(parts.items())}
    DATA.write_text(json.dumps(document, indent=1) + "\n")


def kept() -> dict[str, Part]:
    """The latest measurement of each part."""
    if not DATA.is_file():
        return {}
    return {
        name: Part(**{**part, "sections": [section_of(section) for section in part["sections"]]})
        for name, part in json.loads(DATA.read_text()).items()
    }


def section_of(values: dict[str, Any]) -> Section:
    comparisons = [Comparison(**row) for row in values["comparisons"]]
    measurements = [Measurement(**row) for row in values["measurements"]]
    return Section(**{**values, "comparisons": comparisons, "measurements": measurements})


def write(names: Sequence[str]) -> None:
    """Write docs/performance.md and docs/performance.svg from what is kept, in this order."""
    parts = {name: part for name in names if (part := kept().get(name))}
    sections = [section for part in parts.values() for section in part.sections]
    compared = [row for section in sections for row in section.comparisons]
    (DOCS / PICTURE).write_text(picture([row for row in compared if row.goal is not None]))
    lines = [
        "# Performance",
        "",
        "Written by `make bench`; run it again instead of editing this. Both sides of a",
        "comparison ran in turn, in one run, on one machine. A number is the median of its runs, a",
        "ratio that of ours divided by the other's in each run, so below 1 is faster or smaller.",
        "Both sides of a run met the machine at the same speed, which changes from run to run:",
        "the ratio of the two medians may differ. The raw numbers are in",
        f"[{DATA.name}]({DATA.name}) as well.",
        "",
        "| part | measured | on | load before, after |",
        "|---|---|---|---|",
        *(
            f"| {name} | {part.when} | {part.machine} | {part.load} |"
            for name, part in parts.items()
        ),
        "",
        "## Goals",
        "",
        *goal_lines(compared),
        "",
        f"![Each ratio with a goal beside that goal]({PICTURE})",
        "",
    ]
    for section in sections:
        lines += [*section_lines(section), ""]
    if missing := [name for name in names if name not in parts]:
        lines += ["## Not measured", "", *(f"* {name}" for name in missing), ""]
    (DOCS / "performance.md").write_text("\n".join(lines).rstrip() + "\n")


def machine() -> str:
    """The machine and the versions of what ran on it."""
    lock = json.loads((ROOT / "template" / "package-lock.json").read_text())["packages"]
    versions = [
        f"{name} {lock[f'node_modules/{name}']['version']}"
        for name in ("wrangler", "workerd", "pyodide")
    ]
    uv = subprocess.run(
        [UV, "--version"], capture_output=True, text=True, timeout=20, check=True
    ).stdout.split()[1]
    hardware = f"{processor()}, {os.cpu_count()} processors, {memory()}"
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return ", ".join([hardware, system, f"uv {uv}", *versions])


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"


def goal_lines(rows: Sequence[Comparison]) -> Iterator[str]:
    yield "| what | goal | reached | |"
    yield "|---|---:|---:|---|"
    for row in rows:
        if row.goal is not None:
            verdict = "reached" if row.ratio <= row.goal else "**missed**"
            yield f"| {row.what} | ≤ {row.goal} | {row.ratio:.3f} | {verdict} |"


def section_lines(section: Section) -> list[str]:
    """The section as Markdown, ratios before raw numbers."""
    lines = [f"## {section.title}", ""]
    if section.text:
        lines += [section.text, ""]
    if section.table:
        head, *body = section.table
        lines += [f"| {' | '.join(head)} |", f"|---{'|---:' * (len(head) - 1)}|"]
        lines += [f"| {' | '.join(row)} |" for row in body]
        lines.append("")
    if section.comparisons:
        lines += ["| what | ratio | ours | other | unit | ours, all runs | other, all runs |"]
        lines += ["|---|---:|---:|---:|---|---|---|"]
        lines += [
            f"| {row.what} | **{row.ratio:.2f}** | {number(median(row.ours))} "
            f"| {number(median(row.other))} | {row.unit} | {numbers(row.ours)} "
            f"| {numbers(row.other)} |"
            for row in section.comparisons
        ]
        lines.append("")
    if section.measurements:
        lines += ["| what | median | unit | all runs |", "|---|---:|---|---|"]
        lines += [measurement_line(row) for row in section.measurements]
        lines.append("")
    lines += [f"* {note}" for note in section.notes]
    return lines


def measurement_line(row: Measurement) -> str:
    return f"| {row.what} | {number(median(row.runs))} | {row.unit} | {numbers(row.runs)} |"


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def numbers(values: Sequence[float]) -> str:
    return " ".join(number(value) for value in values)


def picture(rows: Sequence[Comparison]) -> str:
    """A bar for each ratio, a line at each goal; readable on light and on dark pages."""
    left, width, height, top = 270, 420, 26, 44
    scale = width / max(1.25, *(row.ratio for row in rows)) if rows else width
    total = top + height * len(rows) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{total}" '
        'font-family="system-ui, sans-serif" font-size="13" role="img">',
        "<title>Ratios of ours to the other side, with goals</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<text x="12" y="20" font-weight="bold">Ours / the other side: shorter is better; '
        "the black mark is the goal</text>",
        f'<line x1="{left + scale:.1f}" x2="{left + scale:.1f}" y1="{top - 8}" '
        f'y2="{total - 8}" stroke="#999999" stroke-dasharray="3 3"/>',
        f'<text x="{left + scale:.1f}" y="{top - 11}" text-anchor="middle" fill="#666666">1</text>',
    ]
    for index, row in enumerate(rows):
        y = top + index * height
        assert row.goal is not None
        color = "#2f855a" if row.ratio <= row.goal else "#c05621"
        goal = left + row.goal * scale
        parts += [
            f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{escape(row.what)}</text>',
            f'<rect x="{left}" y="{y}" width="{row.ratio * scale:.1f}" height="18" '
            f'fill="{color}"/>',
            f'<line x1="{goal:.1f}" x2="{goal:.1f}" y1="{y - 3}" y2="{y + 21}" '
            'stroke="#000000" stroke-width="2"/>',
            f'<text x="{left + max(row.ratio, row.goal) * scale + 6:.1f}" y="{y + 14}">'
            f"{row.ratio:.2f}</text>",
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
