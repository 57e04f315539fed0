"""For code scanning: SARIF 2.1.0.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and of what GitHub reads of it
https://docs.github.com/en/code-security/reference/code-scanning/sarif-support-for-code-scanning
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from tools.preflight.codes import CODES, Severity, page
from tools.preflight.finding import Finding, Place
from tools.preflight.ignores import Ignores
from tools.preflight.inspection import Inspection
from tools.preflight.reports.repository import path_in_repository
from tools.preflight.reports.visible import encodable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


def render(inspection: Inspection) -> str:
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(inspection)]}
    return f"{json.dumps(log, indent=2)}\n"


def _run(inspection: Inspection) -> dict[str, Any]:
    env = inspection.env
    findings = (*inspection.findings, *inspection.suppressed)
    codes = sorted({finding.code for finding in findings})
    results = list(_results(inspection, codes))
    for finding, result in zip(findings, results, strict=True):
        if finding in inspection.suppressed:
            result["suppressions"] = [_suppression(inspection, finding)]
    return {
        "tool": {"driver": {"name": "preflight", "rules": [_rule(code) for code in codes]}},
        # Runs on several environments stand beside each other instead of replacing each other.
        "automationDetails": {"id": f"preflight/{f'{quote(env)}/' if env else ''}"},
        "invocations": [
            {"executionSuccessful": inspection.status < 2, "exitCode": inspection.status}
        ],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }


def _rule(number: str) -> dict[str, Any]:
    code = CODES[number]
    try:
        explained = page(number)
    except FileNotFoundError:
        explained = code.title
    return {
        "id": number,
        "name": code.name,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.title},
        "help": {"text": explained, "markdown": explained},
        "defaultConfiguration": {"level": LEVELS[code.severity]},
    }


def _results(inspection: Inspection, codes: Sequence[str]) -> Iterator[dict[str, Any]]:
    alike: Counter[tuple[str, str, str]] = Counter()
    for finding in (*inspection.findings, *inspection.suppressed):
        path = path_in_repository(inspection, finding.place.path)
        about = (finding.code, path, finding.target)
        alike[about] += 1
        fingerprint = hashlib.sha256(encodable("\0".join(about)).encode()).hexdigest()[:32]
        fingerprints = {"preflight/v1": f"{fingerprint}:{alike[about]}"}
        if finding.place.line is None:
            # GitHub tells alerts apart by this one. Where there is a line it computes it itself,
            # from the source: https://github.com/github/codeql-action/blob/v4/src/fingerprints.ts
            fingerprints["primaryLocationLineHash"] = fingerprints["preflight/v1"]
        yield {
            "ruleId": finding.code,
            "ruleIndex": codes.index(finding.code),
            "level": LEVELS[finding.severity],
            "message": {"text": encodable(f"{finding.message}\n\nfix: {finding.fix}")},
            "locations": [{"physicalLocation": _location(path, finding.place)}],
            "partialFingerprints": fingerprints,
        }


def _location(path: str, place: Place) -> dict[str, Any]:
    # GitHub knows no base of URIs but the top of the repository, and needs none to be named.
    location: dict[str, Any] = {
        "artifactLocation": {"uri": quote(path.encode("utf-8", "surrogateescape"))}
    }
    if place.line is not None:
        region = {
            "startLine": place.line,
            "startColumn": place.column,
            "endColumn": place.end_column if place.column else None,
        }
        location["region"] = {key: number for key, number in region.items() if number}
    return location


def _suppression(inspection: Inspection, finding: Finding) -> dict[str, str]:
    ignores = inspection.bundle.wiring.settings.ignore if inspection.bundle else ()
    for entry in ignores:
        _, left_out = Ignores([entry], date.today()).split([finding])
        if left_out:
            return {"kind": "external", "justification": entry.reason}
    return {"kind": "external"}
