"""Ignores leave out what they name, until their day has passed."""

from datetime import date
from pathlib import Path

import pytest

from preflight.bundles import bundle_of
from tools.preflight.finding import Finding, Place, found
from tools.preflight.ignores import Ignores
from tools.preflight.settings import Ignore

TODAY = date(2026, 11, 22)


def finding(path: str = "backend/seed.py", target: str = "seed.py", code: str = "PF301") -> Finding:
    return found(code, path, target=target, message="Why.", fix="How.")


def ignore(**fields: str | date) -> Ignore:
    return Ignore.of({"code": "PF301", "reason": "moves out soon", **fields})


@pytest.mark.parametrize(
    ("fields", "matches"),
    [
        ({}, True),
        ({"code": "PF302"}, False),
        ({"path": "backend/seed.py"}, True),
        ({"path": "backend/*.py"}, True),
        ({"path": "backend/"}, True),
        ({"path": "**/seed.py"}, True),
        ({"path": "worker/**"}, False),
        ({"target": "seed.py"}, True),
        ({"target": "s*"}, True),
        ({"target": "other.py"}, False),
        ({"path": "backend/*.py", "target": "other.py"}, False),
        ({"until": date(2026, 11, 22)}, True),
        ({"until": date(2026, 11, 21)}, False),
    ],
)
def test_an_ignore_names_code_path_target_and_last_day(
    fields: dict[str, str | date], matches: bool
) -> None:
    stay, left_out = Ignores([ignore(**fields)], TODAY).split([finding()])
    assert (len(stay), len(left_out)) == ((0, 1) if matches else (1, 0))


@pytest.mark.parametrize("target", ["src/core/x.py", "src.core.x", "", "max_bytes", "../x"])
def test_without_globs_everything_of_the_code_is_left_out(target: str) -> None:
    stay, _ = Ignores([ignore()], TODAY).split([finding("../outside.py", target)])
    assert not stay


def test_an_ignore_that_left_nothing_out_is_stale() -> None:
    places = [Place("pyproject.toml", 3), Place("pyproject.toml", 7)]
    ignores = Ignores([ignore(), ignore(path="worker/**")], TODAY, places)
    ignores.split([finding()])
    (stale,) = ignores.findings()
    assert (stale.code, stale.place.line, stale.severity) == ("PF003", 7, "warning")
    assert "moves out soon" in stale.message


def test_nothing_is_stale_when_the_checks_did_not_end() -> None:
    ignores = Ignores([ignore()], TODAY)
    ignores.split([])
    assert not list(ignores.findings(complete=False))


def test_an_expired_ignore_is_reported_whether_it_would_match_or_not() -> None:
    ignores = Ignores([ignore(until=date(2026, 1, 31))], TODAY)
    ignores.split([])
    (expired,) = ignores.findings(complete=False)
    assert expired.code == "PF006"
    assert "2026-01-31" in expired.message


def test_the_ignores_of_a_project_have_their_lines(tmp_path: Path) -> None:
    table = '[[tool.preflight.ignore]]\ncode = "PF301"\nreason = "soon"\n'
    wiring = bundle_of(tmp_path, {"pyproject.toml": f"{table}\n{table}"}).wiring
    lines = [stale.place.line for stale in Ignores.of(wiring, TODAY).findings()]
    assert lines == [1, 5]


def test_an_array_of_ignores_has_no_lines(tmp_path: Path) -> None:
    one = '{ code = "PF301", reason = "soon" }'
    text = f"[tool.preflight]\nignore = [{one}, {one}]\n"
    wiring = bundle_of(tmp_path, {"pyproject.toml": text}).wiring
    assert [stale.place.line for stale in Ignores.of(wiring, TODAY).findings()] == [None, None]
