"""`[tool.preflight]` of pyproject.toml: budgets, and findings to leave out."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self

from tools.preflight.codes import CODES


class InvalidSetting(Exception):
    """The setting `key` cannot be used; `cause` says why, `fix` what to do."""

    def __init__(self, key: str, cause: str, fix: str) -> None:
        super().__init__(f"{cause} {fix}")
        self.key = key
        self.cause = cause
        self.fix = fix


@dataclass(frozen=True)
class Ignore:
    """Findings of `code` to leave out; `path` and `target` are globs, `until` the last day."""

    code: str
    reason: str
    path: str = "**"
    target: str = "*"
    until: date | None = None

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """The ignore in a table of `[[tool.preflight.ignore]]`. Raises InvalidSetting."""
        known = [field.name for field in fields(cls)]
        for key, value in table.items():
            if key not in known:
                raise InvalidSetting(
                    "ignore", f"an ignore has no {key!r}.", f"It has {', '.join(known)}."
                )
            if not isinstance(value, date if key == "until" else str):
                kind = "a date such as 2027-01-31, without quotes" if key == "until" else "a text"
                raise InvalidSetting(
                    "ignore", f"{key} = {value!r} in an ignore is not {kind}.", "Write it as one."
                )
        for key in ("code", "reason"):
            if not table.get(key):
                raise InvalidSetting("ignore", f"an ignore has no {key}.", "Add it.")
        if table["code"] not in CODES:
            raise InvalidSetting(
                "ignore",
                f"there is no code {table['code']!r}.",
                "`preflight explain` lists them all.",
            )
        return cls(**table)


@dataclass(frozen=True)
class Settings:
    """`[tool.preflight]`.

    The platform counts the uncompressed upload:
    https://developers.cloudflare.com/workers/platform/limits/
    The gzip budget is the project's own, and so is how much the upload may grow in one step.
    """

    max_bytes: int = 64 * 2**20
    max_gzip_bytes: int = 25_000_000
    warn_percent: int = 80
    max_growth_percent: int = 10
    ignore: tuple[Ignore, ...] = ()

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """The settings in `table`.

        Raises:
            InvalidSetting: a key is unknown, or its value is of the wrong kind.
        """
        known = [field.name for field in fields(cls)]
        values: dict[str, Any] = {}
        for key, value in table.items():
            if key not in known:
                raise InvalidSetting(
                    key,
                    f"[tool.preflight] has no setting {key!r}.",
                    f"It has {', '.join(known)}.",
                )
            values[key] = _ignores(value) if key == "ignore" else _positive(key, value)
        return cls(**values)


def _positive(key: str, value: object) -> int:
    if type(value) is not int or value <= 0:
        default = getattr(Settings, key)
        raise InvalidSetting(
            key,
            f"[tool.preflight] {key} = {value!r} is not a positive whole number.",
            f"The default is {default}.",
        )
    return value


def _ignores(value: object) -> tuple[Ignore, ...]:
    if not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
        raise InvalidSetting(
            "ignore",
            "[tool.preflight] ignore is not an array of tables.",
            "Write each ignore as [[tool.preflight.ignore]] with code and reason.",
        )
    return tuple(Ignore.of(table) for table in value)
