"""`preflight --run` starts what would be uploaded, and says what Python says when it fails."""

from collections.abc import Iterator

import pytest

from conftest import Render
from preflight.corpus import append, replace
from tools.preflight.inspection import inspect
from tools.preflight.runtime_proof import prove, with_cause

pytestmark = pytest.mark.slow

ANSWERS = {"api_style": "workers", "database": "none"}
CLOCK = "backend/src/infrastructure/clock.py"


def test_a_healthy_upload_starts(install_copy: Render) -> None:
    proved = prove(inspect(install_copy(ANSWERS)))
    assert proved.started
    assert (proved.status, proved.findings) == (0, ())


def test_an_error_at_start_is_shown_with_the_frames_of_the_service(install_copy: Render) -> None:
    project = install_copy(ANSWERS)
    append(CLOCK, "\n1 / 0\n")(project)
    # No reader of the source can see it; only running it shows it.
    inspection = inspect(project)
    assert inspection.status == 0
    proved = prove(inspection)
    assert (proved.status, proved.started) == (1, False)
    finding = proved.findings[0]
    assert finding.code == "PF801"
    assert finding.place.path == CLOCK
    assert (project / CLOCK).read_text().splitlines()[(finding.place.line or 0) - 1] == "1 / 0"
    assert "ZeroDivisionError: division by zero" in finding.message
    assert "worker/entry.py:" in finding.message
    assert "backend/src/bootstrap.py:" in finding.message
    assert "_pyodide" not in finding.message


def test_a_failing_health_endpoint_is_shown(install_copy: Render) -> None:
    project = install_copy(ANSWERS)
    replace("wrangler.toml", "SERVICE_NAME =", "NAME_OF_SERVICE =")(project)
    proved = prove(inspect(project))
    assert proved.started is False
    assert [finding.code for finding in proved.findings] == ["PF802"]
    assert "/health answers 500" in proved.findings[0].message
    assert "SERVICE_NAME" in proved.findings[0].message


def test_a_cause_that_is_logged_after_the_answer_is_waited_for() -> None:
    traceback = 'Traceback (most recent call last):\n  File "a.py", line 1\nKeyError: 1\n'

    def looks() -> Iterator[str]:
        yield ""
        yield "ready\n"
        yield f"ready\n{traceback}"
        while True:
            yield f"ready\n{traceback}\n{traceback}"

    assert with_cause(looks().__next__).count("KeyError: 1") == 2


def test_a_cause_that_is_never_logged_is_not_waited_for_without_end() -> None:
    assert with_cause(lambda: "ready\n", seconds=0.2) == "ready\n"
