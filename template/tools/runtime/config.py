"""The wrangler config, in each of the formats that wrangler reads."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.runtime.errors import ToolError
from tools.runtime.shape import Misfit, misfits

# In the order in which wrangler looks for them; it takes the first and ignores the others.
# https://developers.cloudflare.com/workers/wrangler/configuration/
NAMES = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")

# The settings that the tools read, at the top level and in environments.
EXAMPLE = {
    "main": "src/entry.py",
    "base_dir": "src",
    "compatibility_date": "2026-11-01",
    "compatibility_flags": ["python_workers"],
    "rules": [{"type": "Data", "globs": ["**/*.sql"], "fallthrough": True}],
    "vars": {},
    "build": {"command": "make", "cwd": ".", "watch_dir": ("src", ["src"])},
    "python_modules": {"exclude": ["**/*.pyi"]},
    "d1_databases": [
        {"binding": "DB", "database_name": "links", "database_id": "0", "migrations_dir": "sql"}
    ],
}


class ConfigError(ToolError):
    """The wrangler config is missing or cannot be read.

    `file` is the one to blame, `line` counts from 1 and is None when no line is.
    """

    def __init__(self, file: Path, line: int | None, cause: str, fix: str) -> None:
        place = str(file) if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {cause} {fix}")
        self.file = file
        self.line = line
        self.cause = cause
        self.fix = fix


@dataclass(frozen=True)
class WranglerConfig:
    """A wrangler config file that was read; `others` are the ones wrangler ignores beside it."""

    file: Path
    text: str
    values: Mapping[str, Any]
    others: tuple[Path, ...]

    def line_of(self, *keys: str) -> int | None:
        """The line that sets the value to which `keys` lead, or None when nothing sets it.

        Of an array of tables it is the first one that has the key.
        """
        return next((line for line, path in self._lines if path == keys), None)

    @cached_property
    def _lines(self) -> list[tuple[int, tuple[str, ...]]]:
        # Imported here: each start reads a config, few ask for its lines.
        from tools.runtime.lines import json_lines, toml_lines

        return list((toml_lines if self.file.suffix == ".toml" else json_lines)(self.text))


def read_config(folder: Path) -> WranglerConfig:
    """Read the config that wrangler would use in `folder`.

    Raises:
        ConfigError: there is none, it is not valid, or a setting that the tools read is of
            another kind than wrangler takes.
    """
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if not found:
        cause = "the file does not exist, nor does wrangler.jsonc or wrangler.json."
        fix = "Run this in the folder of the wrangler config."
        raise ConfigError(folder / "wrangler.toml", None, cause, fix)
    file, *others = found
    text = _text(file)
    values = _parsed_toml(file, text) if file.suffix == ".toml" else _parsed_json(file, text)
    config = WranglerConfig(file, text, values, tuple(others))
    _check_shape(config)
    return config


def _check_shape(config: WranglerConfig) -> None:
    in_toml = config.file.suffix == ".toml"
    # At the first one: what comes behind it may not be read.
    for misfit in _misfits(config.values):
        line = config.line_of(*misfit.keys)
        raise ConfigError(config.file, line, misfit.cause, misfit.fix(in_toml=in_toml))


def _misfits(values: Mapping[str, Any]) -> Iterator[Misfit]:
    yield from misfits(values, {**EXAMPLE, "env": {}})
    environments = values.get("env", {})
    yield from misfits(environments, {name: {} for name in environments}, ("env",))
    for name, environment in environments.items():
        yield from misfits(environment, EXAMPLE, ("env", name))


def read_toml(file: Path) -> tuple[str, dict[str, Any]]:
    """The text of a TOML file and what it says.

    Raises:
        ConfigError: it cannot be read, or it is not valid.
    """
    text = _text(file)
    return text, _parsed_toml(file, text)


def _text(file: Path) -> str:
    try:
        # wrangler and uv take a byte order mark.
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        cause, fix = f"the file cannot be read: {error.strerror}.", "Make it a readable file."
        raise ConfigError(file, None, cause, fix) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(file, line, "the file is not UTF-8.", "Save it as UTF-8.") from None


def _parsed_toml(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    # A number or a date out of range is a plain ValueError.
    except ValueError as error:
        at = re.search(r" \(at (?:line (\d+)|end of document).*?\)", str(error))
        reason = str(error).replace(at[0], "") if at else str(error)
        line = int(at[1]) if at and at[1] else text.rstrip().count("\n") + 1 if at else None
        cause = f"the file is not valid TOML: {reason[:1].lower()}{reason[1:]}."
        raise ConfigError(file, line, cause, "Correct this line.") from None
    except RecursionError:
        raise ConfigError(file, None, "the file nests too deeply.", "Flatten it.") from None


def _parsed_json(file: Path, text: str) -> dict[str, Any]:
    # Imported here: most configs are TOML, and each start reads one.
    import pyjson5

    try:
        values = pyjson5.decode(text)
    except pyjson5.Json5Exception as error:
        at = re.search(r" (?:starting )?near (\d+)", error.args[0])
        read = int(at[1]) if at else 0
        if isinstance(error, pyjson5.Json5ExtraData):
            read = len(text) - len(text[read:].lstrip()) + 1
        line = text.count("\n", 0, max(read - 1, 0)) + 1
        reason = error.args[0].replace(at[0], "") if at else error.args[0]
        # It names characters as U+007d, and what it expects as b'comma'.
        reason = re.sub(r"U\+([0-9A-Fa-f]+)", lambda code: repr(chr(int(code[1], 16))), reason)
        reason = re.sub(r"b'(\w+)'", r"\1", reason).replace("JSON5Value", "a value")
        cause = f"the file is not valid JSON: {reason[:1].lower()}{reason[1:]}."
        raise ConfigError(file, line, cause, "Correct this line.") from None
    if not isinstance(values, dict):
        raise ConfigError(file, 1, "the file holds no JSON object.", "Put its settings in braces.")
    return values
