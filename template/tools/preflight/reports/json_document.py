"""For programs: one JSON document, as `schema.json` beside this file describes it."""

import json
from pathlib import Path
from typing import Any

from tools.preflight.bundle import Bundle
from tools.preflight.codes import CODES
from tools.preflight.composition import Group
from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.reports import summary
from tools.preflight.reports.visible import encodable

# Raised when a program that reads the document would have to change.
VERSION = 1

SCHEMA = Path(__file__).with_name("schema.json")


def render(inspection: Inspection) -> str:
    return f"{json.dumps(document(inspection), indent=2)}\n"


def document(inspection: Inspection) -> dict[str, Any]:
    composed = inspection.composition
    return {
        "version": VERSION,
        "status": inspection.status,
        "verdict": summary.verdict(inspection),
        "environment": inspection.env,
        "counts": summary.counts(inspection),
        "findings": [_finding(finding) for finding in inspection.findings],
        "suppressed": [_finding(finding) for finding in inspection.suppressed],
        "upload": _upload(inspection.bundle) if inspection.bundle else None,
        "composition": {
            "groups": [_group(group) for group in composed.groups],
            "total": _group(composed.total),
        }
        if composed
        else None,
        "wrangler": inspection.wrangler,
        "wheel_agrees": inspection.wheel_agrees,
        "seconds": {"checks": inspection.seconds, "programs": inspection.others},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    code = CODES[finding.code]
    return {
        "code": finding.code,
        "name": code.name,
        "title": code.title,
        "severity": finding.severity,
        "path": encodable(finding.place.path),
        "line": finding.place.line,
        "column": finding.place.column,
        "end_column": finding.place.end_column,
        "target": encodable(finding.target),
        "message": encodable(finding.message),
        "fix": encodable(finding.fix),
    }


def _upload(bundle: Bundle) -> dict[str, Any]:
    """What was inspected, and how it is delivered."""
    wiring = bundle.wiring
    return {
        "main_module": bundle.main_module,
        "entry": wiring.main,
        "module_root": wiring.relative(wiring.module_root),
        "base_dir": wiring.base_dir,
        "delivery": wiring.delivery,
        "packages": list(wiring.packages),
        "compatibility_date": wiring.date,
        "python": ".".join(map(str, wiring.python)),
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": encodable(group.name),
        "modules": group.modules,
        "bytes": group.bytes,
        "gzip_bytes": group.gzip_bytes,
    }
