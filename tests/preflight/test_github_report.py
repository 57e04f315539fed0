"""Under GitHub Actions each finding is an annotation, and nothing that is quoted is a command."""

from dataclasses import replace
from pathlib import Path

from preflight.inspections import hostile
from preflight.runner import commands
from tools.preflight.inspection import Inspection
from tools.preflight.reports import github, text


def test_github_annotates_each_finding(broken: Inspection) -> None:
    error, warning, notice = commands(github.render(broken))
    assert error == (
        "error",
        {
            "file": "services/links/backend/src/main.py",
            "line": "1",
            "col": "6",
            "endColumn": "19",
            "title": "PF201 missing-first-party",
        },
        "src.bootstrap is imported at start but missing.\nfix: Create backend/src/bootstrap.py.",
    )
    assert warning[:2] == (
        "warning",
        {"file": "services/links/wrangler.toml", "line": "3", "title": "PF701 ignored-key"},
    )
    assert notice[0] == "notice"


def test_github_finds_no_command_in_what_is_quoted(tmp_path: Path) -> None:
    annotations = commands(github.render(hostile(tmp_path)))
    assert [name for name, _, _ in annotations] == ["error"] * 10 + ["notice"]
    assert annotations[4][1]["file"].endswith("/comma,colon:percent%0A.py")


def test_github_shows_as_many_as_github_does_and_counts_the_others(broken: Inspection) -> None:
    many = tuple(
        replace(finding, target=str(at)) for finding in broken.findings for at in range(15)
    )
    annotations = commands(github.render(replace(broken, findings=many)))
    names = [name for name, _, _ in annotations]
    assert {name: names.count(name) for name in names} == {"error": 10, "warning": 10, "notice": 10}
    assert annotations[-1][2].startswith("16 findings more")


def test_github_prints_the_text_report_too(broken: Inspection) -> None:
    assert text.render(broken) in github.render(broken)
