import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from src.core.logging.json_lines import configure_logging
from src.core.logging.request_log import RequestLog, record_error, record_event


@pytest.fixture(autouse=True)
def _pytests_own_handlers() -> Iterator[None]:
    """The root logger, put back afterwards as pytest had set it up."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_record_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    logging.getLogger("some").warning("two\nlines and %s", "a value")

    assert lines(capsys) == [
        {"level": "WARNING", "message": "two\nlines and a value", "logger": "some"}
    ]


def test_a_request_is_one_line_with_all_its_events(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    with RequestLog("GET", "/abc") as log:
        record_event("link_followed", slug="abc")
        record_event("link_followed", slug="def")
        log.status = 302

    (line,) = lines(capsys)
    assert line.pop("duration_ms") >= 0
    assert line == {
        "level": "INFO",
        "message": "request",
        "logger": "request",
        "method": "GET",
        "path": "/abc",
        "status": 302,
        "events": [
            {"event": "link_followed", "slug": "abc"},
            {"event": "link_followed", "slug": "def"},
        ],
    }


def test_a_handled_error_is_in_the_requests_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging()
    with RequestLog("GET", "/health") as log:
        record_error(RuntimeError("no database"))
        log.status = 503

    (line,) = lines(capsys)
    assert (line["level"], line["message"]) == ("ERROR", "no database")
    assert "RuntimeError" in line["traceback"]


def test_outside_of_a_request_an_event_has_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging()
    record_event("link_created", slug="abc")

    (line,) = lines(capsys)
    assert (line["message"], line["slug"]) == ("link_created", "abc")


def test_a_level_silences_what_is_below(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("ERROR")
    logging.getLogger("some").warning("not seen")
    assert capsys.readouterr().out == ""
