"""JSON and SARIF follow their schemas and hold all of each finding."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes

import jsonschema

from preflight.inspections import HOSTILE, MODULES, hostile
from tools.preflight.inspection import Inspection
from tools.preflight.reports import json_document, sarif

# From @microsoft/jest-sarif 1.0.0-beta.0 on npm, which carries the standard's schema as it is.
SARIF_SCHEMA = Path(__file__).with_name("sarif-2.1.0-rtm.5.json")


def test_json_follows_its_schema(broken: Inspection, unread: Inspection, tmp_path: Path) -> None:
    schema = json.loads(json_document.SCHEMA.read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    passed = replace(broken, status=0, findings=(), wheel_agrees=None, wrangler=None, others={})
    for reported in (broken, unread, passed, hostile(tmp_path / "hostile")):
        validator.validate(json.loads(json_document.render(reported)))


def test_json_holds_all_of_a_finding(broken: Inspection) -> None:
    document = json.loads(json_document.render(broken))
    assert document["findings"][0] == {
        "code": "PF201",
        "name": "missing-first-party",
        "title": "An imported module of the project is missing",
        "severity": "error",
        "path": "backend/src/main.py",
        "line": 1,
        "column": 6,
        "end_column": 19,
        "target": "src.bootstrap",
        "message": "src.bootstrap is imported at start but missing.",
        "fix": "Create backend/src/bootstrap.py.",
    }
    assert document["version"] == 1
    assert document["status"] == 1
    assert document["counts"] == {"error": 1, "warning": 1, "info": 1}
    assert [finding["code"] for finding in document["suppressed"]] == ["PF305"]
    assert document["upload"]["base_dir"] == "backend"
    assert document["seconds"] == {"checks": 0.25, "programs": {"wrangler": 2.5}}
    assert document["composition"]["total"]["modules"] == len(MODULES)


def run_of(reported: Inspection) -> dict[str, list[dict[str, object]]]:
    log = json.loads(sarif.render(reported))
    jsonschema.Draft4Validator(json.loads(SARIF_SCHEMA.read_text())).validate(log)
    run: dict[str, list[dict[str, object]]] = log["runs"][0]
    return run


def test_sarif_follows_the_standard(broken: Inspection, unread: Inspection, tmp_path: Path) -> None:
    for reported in (broken, unread, hostile(tmp_path / "hostile")):
        run = run_of(reported)
        assert len(run["results"]) == len(reported.findings) + len(reported.suppressed)


def test_sarif_has_a_rule_for_each_code(broken: Inspection) -> None:
    log = json.loads(sarif.render(broken))["runs"][0]
    rules = log["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["PF107", "PF201", "PF305", "PF701"]
    for result in log["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [result["level"] for result in log["results"]][:3] == ["error", "warning", "note"]


def test_sarif_names_places_from_the_top_of_the_repository(
    broken: Inspection, tmp_path: Path
) -> None:
    first = json.loads(sarif.render(broken))["runs"][0]["results"][0]
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "services/links/backend/src/main.py"},
                "region": {"startLine": 1, "startColumn": 6, "endColumn": 19},
            }
        }
    ]
    results = json.loads(sarif.render(hostile(tmp_path / "hostile")))["runs"][0]["results"]
    for name, result in zip(HOSTILE, results, strict=False):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[\w/%.~-]+", uri, re.ASCII)
        path = os.fsdecode(unquote_to_bytes(uri))
        assert path == f"services/links/backend/src/{name}"


def fingerprints(reported: Inspection) -> list[dict[str, str]]:
    results = json.loads(sarif.render(reported))["runs"][0]["results"]
    return [result["partialFingerprints"] for result in results]


def test_sarif_fingerprints_outlive_a_shift_of_lines_and_differ(broken: Inspection) -> None:
    shifted = tuple(
        replace(
            finding,
            place=replace(finding.place, line=finding.place.line and finding.place.line + 40),
        )
        for finding in broken.findings
    )
    assert fingerprints(replace(broken, findings=shifted)) == fingerprints(broken)
    twice = replace(broken, findings=(*broken.findings, replace(broken.findings[0], fix="Other.")))
    values = [one["preflight/v1"] for one in fingerprints(twice)]
    assert len(set(values)) == len(values) == 5
    # Where there is a line, GitHub computes its own fingerprint from the source.
    assert ["primaryLocationLineHash" in one for one in fingerprints(broken)] == [
        False,
        False,
        True,
        True,
    ]


def test_sarif_carries_what_ignores_leave_out_with_the_reason(broken: Inspection) -> None:
    results = json.loads(sarif.render(broken))["runs"][0]["results"]
    assert [result.get("suppressions") for result in results] == [
        None,
        None,
        None,
        [{"kind": "external", "justification": "They <b>are</b> used"}],
    ]
