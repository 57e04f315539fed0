from types import SimpleNamespace

import pytest

from src.core.config.settings import Settings, SettingsError

VARIABLES = {"SERVICE_NAME": "links", "SERVICE_VERSION": "1.2.3", "ENVIRONMENT": "test"}


def test_reads_the_bindings() -> None:
    env = SimpleNamespace(**VARIABLES, LOG_LEVEL="debug", DB=object())
    assert Settings.from_env(env) == Settings("links", "1.2.3", "test", "DEBUG")


def test_the_log_level_is_optional() -> None:
    assert Settings.from_env(SimpleNamespace(**VARIABLES)).log_level == "INFO"


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named_with_the_file_it_belongs_in(
    name: str, value: str | None
) -> None:
    env = SimpleNamespace(**{**VARIABLES, name: value})
    with pytest.raises(SettingsError, match=rf"{name} is missing.*wrangler\.toml"):
        Settings.from_env(env)


def test_a_variable_that_is_no_text_is_named() -> None:
    with pytest.raises(SettingsError, match="SERVICE_VERSION"):
        Settings.from_env(SimpleNamespace(**{**VARIABLES, "SERVICE_VERSION": 1.2}))


def test_an_unknown_log_level_is_refused() -> None:
    with pytest.raises(SettingsError, match="LOG_LEVEL"):
        Settings.from_env(SimpleNamespace(**VARIABLES, LOG_LEVEL="loud"))
