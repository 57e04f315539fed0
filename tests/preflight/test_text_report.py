"""The report for people quotes the cause, fits its terminal and says what to do."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from preflight.inspections import inspection, project
from tools.preflight.finding import Place, found
from tools.preflight.inspection import Inspection
from tools.preflight.reports import text


def test_text_underlines_the_cause(broken: Inspection) -> None:
    lines = text.render(broken).splitlines()
    at = lines.index("error[PF201] backend/src/main.py:1:6")
    source, carets = lines[at + 2 : at + 4]
    assert source == "  1 | from src.bootstrap import app"
    begin, end = carets.index("^"), carets.rindex("^") + 1
    assert source[begin:end] == "src.bootstrap"
    assert lines[at + 4] == "  src.bootstrap is imported at start but missing."
    assert lines[at + 5] == "  fix: Create backend/src/bootstrap.py."


@pytest.mark.parametrize(
    ("line", "place", "marked"),
    [
        ("\timport x", Place("m.py", 1, 2, 10), (10, 18)),
        ("漢字 = 1", Place("m.py", 1, 1, 3), (6, 10)),
        ("    import x  ", Place("m.py", 1), (10, 18)),
        ("import x", Place("m.py", 1, 900, 2000), (13, 14)),
        ("import x", Place("m.py", 1, 3, 2), (8, 14)),
        ("x = 1;" * 100 + "import y", Place("m.py", 1, 601, 609), (47, 55)),
    ],
)
def test_text_underlines_what_stands_there(
    tmp_path: Path, line: str, place: Place, marked: tuple[int, int]
) -> None:
    root = project(tmp_path)
    (root / "m.py").write_text(f"{line}\n")
    finding = found("PF201", place, target="x", message="m", fix="f")
    report = text.render(inspection(root, [finding]))
    carets = next(line for line in report.splitlines() if "^" in line)
    assert (carets.index("^"), carets.rindex("^") + 1) == marked


def test_text_quotes_no_line_that_is_not_there(tmp_path: Path) -> None:
    finding = found("PF201", Place("m.py", 7, 1, 2), target="x", message="m", fix="f")
    assert "^" not in text.render(inspection(project(tmp_path), [finding]))


def test_text_puts_an_info_on_one_line_and_counts_everything(broken: Inspection) -> None:
    lines = text.render(broken).splitlines()
    assert "info[PF107] worker/entry.py In src." in lines
    assert lines[-3:] == [
        "1 finding left out by ignores: PF305",
        "More about a code: preflight explain PF201",
        "failed: 1 error, 1 warning, 1 info (checks 0.25 s, wrangler 2.5 s)",
    ]


def test_text_shows_the_composition_and_cuts_no_line(broken: Inspection) -> None:
    long = replace(broken.findings[0], message="x" * 500)
    lines = text.render(replace(broken, findings=(long,))).splitlines()
    assert f"  {'x' * 500}" in lines
    assert [line.split()[0] for line in lines[1:5]] == ["src", "entry.py", "vendored", "total"]
    assert "wrangler: Total Upload: 41.2 KiB / gzip: 1.1 KiB" in lines


def test_text_has_colours_only_when_they_are_wanted(
    broken: Inspection, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b" not in text.render(broken)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31merror[PF201]" in text.render(broken)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[\d;]*3[1-7]", text.render(broken))
