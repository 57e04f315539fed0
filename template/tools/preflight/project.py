"""What is to be checked: the source tree, how it is wired, and `[tool.preflight]`."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from tools.runtime.errors import ToolError
from tools.runtime.project import Project

PACKAGE = "src"


class ConfigurationError(Exception):
    """The project cannot be checked as it is configured; the message says what and how."""


@dataclass(frozen=True)
class Settings:
    """`[tool.preflight]` of pyproject.toml.

    The platform counts the uncompressed upload:
    https://developers.cloudflare.com/workers/platform/limits/
    The gzip budget is the project's own.
    """

    max_bytes: int = 64 * 2**20
    max_gzip_bytes: int = 25_000_000
    warn_percent: int = 80

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Self:
        """The settings in `table`.

        Raises:
            ConfigurationError: a key is unknown, or a value is not a positive whole number.
        """
        known = [field.name for field in fields(cls)]
        for key, value in table.items():
            if key not in known:
                raise ConfigurationError(
                    f"pyproject.toml: [tool.preflight] has no setting {key!r}. "
                    f"It has {', '.join(known)}."
                )
            if type(value) is not int or value <= 0:
                raise ConfigurationError(
                    f"pyproject.toml: [tool.preflight] {key} = {value!r} is not a positive whole "
                    f"number. The default is {getattr(cls, key)}."
                )
        return cls(**table)


@dataclass(frozen=True)
class Checked:
    """A project as it is wired for one environment of its wrangler config, None for the top level.

    `source` is the folder that holds the package `src`; `delivery` is the answer given to the
    template, None when the project was not made by it.
    """

    project: Project
    env: str | None
    main: str
    base_dir: str | None
    source: Path
    settings: Settings
    delivery: str | None

    @property
    def root(self) -> Path:
        return self.project.root

    def tree(self) -> dict[str, Path]:
        """The files of `src` in the source tree, by the name they should have in an upload."""
        return {
            file.relative_to(self.source).as_posix(): file for file in _files(self.source / PACKAGE)
        }

    def relative(self, file: Path) -> str:
        return Path(os.path.relpath(file, self.root)).as_posix()

    def config_line(self, key: str) -> int | None:
        """Where the wrangler config first sets `key`."""
        for number, line in enumerate(self.project.config_file.read_text().splitlines(), start=1):
            if re.match(rf"\s*{re.escape(key)}\s*=", line):
                return number
        return None


def load(root: Path, env: str | None) -> Checked:
    """Read the configuration of the project in `root`.

    Raises:
        ConfigurationError: a file is missing or broken, or there is no such environment.
    """
    project = Project(root)
    try:
        config = project.config
    except ToolError as error:
        raise ConfigurationError(str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{project.config_file} cannot be read: {error}") from None
    pyproject = _toml(root / "pyproject.toml")
    wiring = {**config, **_environment(config, env)}
    if not isinstance(wiring.get("main"), str):
        raise ConfigurationError(f"{project.config_file} names no `main`, the Worker's entry.")
    tool = pyproject.get("tool", {})
    package_dir = tool.get("setuptools", {}).get("package-dir", {}).get("")
    source = root / (package_dir or wiring.get("base_dir") or "backend")
    if not (source / PACKAGE).is_dir():
        raise ConfigurationError(
            f"{source / PACKAGE} does not exist. It is looked for in the package-dir of "
            "[tool.setuptools] in pyproject.toml, or else in base_dir of wrangler.toml."
        )
    return Checked(
        project=project,
        env=env,
        main=wiring["main"],
        base_dir=wiring.get("base_dir"),
        source=source,
        settings=Settings.of(tool.get("preflight", {})),
        delivery=_delivery(root / ".copier-answers.yml"),
    )


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text()) if file.is_file() else {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from None


def _environment(config: Mapping[str, Any], env: str | None) -> Mapping[str, Any]:
    if not env:
        return {}
    environments: Mapping[str, Mapping[str, Any]] = config.get("env", {})
    if env not in environments:
        raise ConfigurationError(
            f"wrangler.toml has no environment {env!r}. It has {', '.join(environments) or 'none'}."
        )
    return environments[env]


def _delivery(answers: Path) -> str | None:
    """The answer `delivery`; a line of a flat file, so no YAML parser is needed."""
    if not answers.is_file():
        return None
    found = re.search(r"^delivery:\s*(\w+)\s*$", answers.read_text(), re.MULTILINE)
    return found[1] if found else None


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        yield from (Path(parent, name) for name in sorted(files) if not name.endswith(".pyc"))
