"""Print an inspection: text for people, JSON for programs."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from tools.preflight.composition import Group
from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection

# Raised when a program that reads the JSON would have to change.
JSON_VERSION = 1


def as_json(inspection: Inspection) -> str:
    return json.dumps({"version": JSON_VERSION, **asdict(inspection)}, indent=2)


def as_text(inspection: Inspection) -> str:
    return "\n".join(_lines(inspection))


def _lines(inspection: Inspection) -> Iterator[str]:
    yield from _table(inspection)
    if inspection.wrangler:
        yield f"wrangler: {inspection.wrangler}"
    if inspection.wheel_agrees is not None:
        verdict = "is byte for byte" if inspection.wheel_agrees else "differs from"
        yield f"wheel: its src {verdict} what wrangler uploads"
    yield ""
    for finding in inspection.findings:
        yield from _finding(finding)
    yield f"{_verdict(inspection)}; {_times(inspection)}"


def _table(inspection: Inspection) -> Iterator[str]:
    groups, total = inspection.composition.groups, inspection.composition.total
    width = max(len(group.name) for group in (*groups, total))
    yield f"{'':{width}}  modules        KiB   gzip KiB"
    for group in (*groups, total):
        yield _row(group, width)


def _row(group: Group, width: int) -> str:
    return (
        f"{group.name:{width}}  {group.modules:7}  {group.bytes / 1024:9.1f}  "
        f"{group.gzip_bytes / 1024:9.1f}"
    )


def _finding(finding: Finding) -> Iterator[str]:
    place = finding.path if finding.line is None else f"{finding.path}:{finding.line}"
    yield f"{place}: {finding.severity} {finding.code}"
    yield f"  {finding.message}"
    yield f"  fix: {finding.fix}"
    yield ""


def _verdict(inspection: Inspection) -> str:
    errors = sum(finding.severity == "error" for finding in inspection.findings)
    warnings = len(inspection.findings) - errors
    counts = [
        f"{count} {name}{'s' if count > 1 else ''}"
        for count, name in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    return ", ".join(counts) if counts else "clean"


def _times(inspection: Inspection) -> str:
    others = "".join(f", {name} {seconds:.1f} s" for name, seconds in inspection.others.items())
    return f"checks {inspection.seconds:.2f} s{others}"
