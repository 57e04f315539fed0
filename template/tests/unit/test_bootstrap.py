import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from src.bootstrap import build_services, once
from src.core.config.settings import SettingsError
from src.presentation.api.shared.services import Services

ENV = SimpleNamespace(SERVICE_NAME="links", SERVICE_VERSION="1.2.3", ENVIRONMENT="test")


@pytest.fixture(autouse=True)
def _root_level() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


def test_builds_once() -> None:
    services_for = once(build_services)
    assert services_for(ENV) is services_for(ENV)


def test_a_failed_build_is_tried_again() -> None:
    services_for = once(build_services)
    with pytest.raises(SettingsError):
        services_for(SimpleNamespace())
    assert isinstance(services_for(ENV), Services)


def test_the_log_level_comes_from_the_settings() -> None:
    build_services(SimpleNamespace(**vars(ENV), LOG_LEVEL="ERROR"))
    assert logging.getLogger().level == logging.ERROR
