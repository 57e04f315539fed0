"""The inspections that most reports are tried on."""

from pathlib import Path

import pytest

from preflight.inspections import inspection, project
from tools.preflight.finding import Place, found
from tools.preflight.inspection import Inspection


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def broken(tmp_path: Path) -> Inspection:
    """One finding of each severity, and one that an ignore leaves out."""
    return inspection(
        project(tmp_path),
        [
            found(
                "PF201",
                Place("backend/src/main.py", 1, 6, 19),
                target="src.bootstrap",
                message="src.bootstrap is imported at start but missing.",
                fix="Create backend/src/bootstrap.py.",
            ),
            found("PF701", Place("wrangler.toml", 3), target="x", message="Ignored.", fix="No."),
            found("PF107", "worker/entry.py", target="entry", message="In src.", fix="Move it."),
        ],
        suppressed=[found("PF305", "tests/x.py", target="x", message="A test.", fix="Move it.")],
    )


@pytest.fixture
def unread(tmp_path: Path) -> Inspection:
    """What is reported when there was nothing to look at."""
    finding = found("PF004", "x", target="upload", message="No.\n  \x1b[31mwhy\x1b[0m", fix="Yes.")
    return Inspection(tmp_path, "production", status=3, findings=(finding,))
