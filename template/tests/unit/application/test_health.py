import logging

import pytest

from src.application.health.check_health import CheckHealth
from src.core.config.settings import Settings

SETTINGS = Settings("links", "1.2.3", "test")


class Probe:
    engine = "probe"

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    async def ping(self) -> None:
        if self.failure:
            raise self.failure


async def test_reports_who_it_is_and_that_the_database_answers() -> None:
    health = await CheckHealth(SETTINGS, Probe())()

    assert (health.name, health.version, health.environment) == ("links", "1.2.3", "test")
    assert health.status == health.database.status == "ok"
    assert health.database.engine == "probe"


async def test_a_failing_database_is_reported_without_its_cause(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        health = await CheckHealth(SETTINGS, Probe(RuntimeError("secret address")))()

    assert health.status == health.database.status == "failing"
    assert "secret address" not in str(health)
    assert "secret address" in caplog.text
