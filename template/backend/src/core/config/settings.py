"""Settings of the service, read from the Worker's bindings."""

from dataclasses import dataclass
from typing import Self

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(Exception):
    """A variable in wrangler.toml is missing or unusable; the message says which."""


@dataclass(frozen=True, slots=True)
class Settings:
    service_name: str
    service_version: str
    environment: str
    log_level: str = "INFO"

    @classmethod
    def from_env(cls, env: object) -> Self:
        """Read the settings from `env`, whose attributes are the Worker's bindings.

        Raises SettingsError for a variable that is missing, empty or not text.
        """
        log_level = _optional(env, "LOG_LEVEL", default="INFO").upper()
        if log_level not in LOG_LEVELS:
            raise SettingsError(
                f"LOG_LEVEL in wrangler.toml must be one of {', '.join(LOG_LEVELS)}."
            )
        return cls(
            service_name=_required(env, "SERVICE_NAME"),
            service_version=_required(env, "SERVICE_VERSION"),
            environment=_required(env, "ENVIRONMENT"),
            log_level=log_level,
        )


def _required(env: object, name: str) -> str:
    value = getattr(env, name, None)
    if value is None or value == "":
        # Environments do not inherit the top-level variables, hence the second hint.
        raise SettingsError(
            f"The variable {name} is missing: set it in wrangler.toml under [vars], "
            "and under [env.NAME.vars] of every environment."
        )
    if not isinstance(value, str):
        raise SettingsError(f"The variable {name} in wrangler.toml must be text; put it in quotes.")
    return value


def _optional(env: object, name: str, *, default: str) -> str:
    return default if getattr(env, name, None) is None else _required(env, name)
