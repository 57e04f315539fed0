"""How a project is wired for upload, read from its files: before anything is bundled."""

import errno
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tools.preflight.finding import Finding, Place, found
from tools.preflight.settings import InvalidSetting, Settings
from tools.runtime import staging
from tools.runtime.config import ConfigError, WranglerConfig, read_toml
from tools.runtime.lines import toml_lines
from tools.runtime.project import Project
from tools.runtime.shape import misfits

VENDORED = "python_modules"

# What is never part of a source tree, wherever it lies.
NOT_SOURCE = frozenset({"__pycache__", "node_modules", "site-packages", VENDORED})

# The parts of pyproject.toml that the checks read.
PYPROJECT = {
    "project": {"name": "service", "dependencies": ["fastapi"]},
    "dependency-groups": {},
    "build-system": {"requires": ["setuptools"], "backend-path": ["."]},
    "tool": {
        "setuptools": {
            "package-dir": {"": "src"},
            "packages": ({"find": {"where": ["src"], "include": ["service*"]}}, ["service"]),
            "package-data": {},
        },
        "importlinter": {},
        "preflight": {},
        "staging": {"include": ["src"], "exclude": ["**/tests/"]},
    },
}

MAIN_FIX = 'Set main = "worker/entry.py", or whatever file is the Worker\'s entry.'

# https://developers.cloudflare.com/workers/languages/python/
PYTHON_SINCE = {"2026-09-08": (3, 14), "2025-09-29": (3, 13), "": (3, 12)}
# The same, asked for before its date.
PYTHON_FLAGS = {"python_workers_314": (3, 14), "python_workers_20250116": (3, 13)}


def is_source(name: str) -> bool:
    """Whether a file of this name can belong to a source tree: no environment or cache holds it."""
    *folders, _ = name.split("/")
    return not any(folder in NOT_SOURCE or folder.startswith(".") for folder in folders)


class ConfigurationError(Exception):
    """The project cannot be checked as it is configured; `finding` says what is wrong and where."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.place.path}: {finding.message} {finding.fix}")
        self.finding = finding


@dataclass(frozen=True)
class Wiring:
    """A project as it is wired for one environment of its wrangler config.

    `env` is None for the top level, `values` has the environment's settings laid over those of
    the top level. `pyproject` is empty when there is no such file. `delivery` and `layout` are
    answers recorded by the template, None when the project was not made by it.
    """

    project: Project
    env: str | None
    values: Mapping[str, Any]
    pyproject: Mapping[str, Any]
    settings: Settings
    delivery: str | None
    layout: str | None = None

    @property
    def root(self) -> Path:
        return self.project.root

    @property
    def config(self) -> WranglerConfig:
        return self.project.wrangler_config

    @property
    def main(self) -> str:
        """The entry, relative to the project."""
        return str(self.values["main"])

    @property
    def base_dir(self) -> str | None:
        return self.values.get("base_dir")

    @property
    def date(self) -> str:
        """The compatibility date, as YYYY-MM-DD; empty when there is none."""
        return str(self.values.get("compatibility_date", ""))

    @property
    def python(self) -> tuple[int, int]:
        """The version of Python that the Worker runs."""
        flags = self.values.get("compatibility_flags", [])
        by_date = next(version for since, version in PYTHON_SINCE.items() if self.date >= since)
        by_flag = (version for flag, version in PYTHON_FLAGS.items() if flag in flags)
        return max((by_date, *by_flag))

    @cached_property
    def module_root(self) -> Path:
        """The folder whose Python files wrangler uploads, named from there."""
        folder = self.base_dir if self.base_dir is not None else Path(self.main).parent
        return _resolved(self.root / folder)

    @property
    def is_staged(self) -> bool:
        """Whether the build command makes the module root, of files that lie elsewhere."""
        command = str(self.values.get("build", {}).get("command", ""))
        return staging.__name__ in command and self.module_root == self._staged

    @property
    def _staged(self) -> Path:
        return _resolved(self.root / staging.FOLDER)

    @cached_property
    def source(self) -> Path:
        """The folder of the packages that a wheel would carry; the module root unless declared."""
        if self.is_staged:
            return _resolved(self.root)
        setuptools = self.pyproject.get("tool", {}).get("setuptools", {})
        declared = setuptools.get("package-dir", {}).get("")
        return _resolved(self.root / declared) if declared else self.module_root

    @property
    def roots(self) -> tuple[Path, Path]:
        """The folders in which a part of the upload has its file; the one people edit is first."""
        roots = (self.module_root, self.source)
        return (roots[1], roots[0]) if self.is_staged else roots

    @cached_property
    def packages(self) -> tuple[str, ...]:
        """The top-level packages that a wheel carries, as pyproject.toml names them.

        Empty when it names none: then whatever lies in the module root is the service's.
        """
        if self.is_staged:
            tops = (name.partition("/")[0].removesuffix(".py") for name in staging.files(self.root))
            return tuple(dict.fromkeys(tops))
        find = self.pyproject.get("tool", {}).get("setuptools", {}).get("packages", {})
        include = find.get("find", {}).get("include", []) if isinstance(find, dict) else find
        names = (str(pattern).rstrip("*").partition(".")[0] for pattern in include)
        return tuple(dict.fromkeys(name for name in names if name.isidentifier()))

    @cached_property
    def tree(self) -> Mapping[str, Path]:
        """The service's files by the name they have in an upload, less the route's prefix.

        Those of the module root, and of the source folder's packages where that is another one.
        Environments, caches and vendored packages are no part of it.
        """
        if self.is_staged:
            return staging.files(_resolved(self.root))
        tree = {file.relative_to(self.module_root).as_posix(): file for file in self._root_files()}
        if self.source != self.module_root:
            for package in self.packages:
                for file in _files(self.source / package):
                    tree[file.relative_to(self.source).as_posix()] = file
        return tree

    def _root_files(self) -> Iterator[Path]:
        carried_by_wheel = self.base_dir is None and self.source != self.module_root
        for file in _files(self.module_root):
            # Beside the entry of a wheel delivery, nothing but modules belongs to the service.
            if file.suffix == ".py" or not carried_by_wheel:
                yield file

    def pipes(self) -> Iterator[Path]:
        """What lies in the module root that is no file, folder or link, so that reading it hangs.

        Unlike the tree, this goes wherever wrangler looks for files.
        """
        for parent, _, files in os.walk(self.module_root):
            for name in files:
                path = Path(parent, name)
                if not path.is_file() and (path.is_fifo() or path.is_socket()):
                    yield path

    def relative(self, file: Path) -> str:
        """A path as findings show it: from the project's folder, with slashes."""
        return Path(os.path.relpath(file, self.root)).as_posix()

    def place(self, *keys: str) -> Place:
        """Where the wrangler config has a setting: in the environment, or else at the top level."""
        line = None
        if self.env:
            line = self.config.line_of("env", self.env, *keys)
        return Place(self.relative(self.config.file), line or self.config.line_of(*keys))

    def setting_places(self, key: str) -> list[Place]:
        """Where pyproject.toml sets something in `[tool.preflight]`, each time that it does."""
        file = self.root / "pyproject.toml"
        if key not in self.pyproject.get("tool", {}).get("preflight", {}):
            return []
        lines = toml_lines(file.read_text(encoding="utf-8"))
        path = self.relative(file)
        return [Place(path, line) for line, keys in lines if keys == ("tool", "preflight", key)]


def _resolved(path: Path) -> Path:
    # Path.resolve() raises an error on a loop of links.
    return Path(os.path.realpath(path))


def _is_loop(path: Path) -> bool:
    try:
        os.path.realpath(path, strict=True)
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def load(root: Path, env: str | None) -> Wiring:
    """Read the configuration of the project in `root`.

    Raises:
        ConfigurationError: a file is missing or broken, or there is no such environment.
    """
    project = Project(root)
    try:
        config = project.wrangler_config
    except ConfigError as error:
        raise _invalid(root, error.file, error.line, error.cause, error.fix) from None
    pyproject_file = root / "pyproject.toml"
    pyproject, lines = _pyproject(root, pyproject_file)
    values = {**config.values, **_environment(root, config, env)}
    for key in ("main", "base_dir"):
        if _is_loop(root / values.get(key, "")):
            cause = f"{key} = {values[key]!r} leads into a loop of links."
            fix = "Name a file, without links on the way." if key == "main" else "Name a folder."
            raise _invalid(root, config.file, config.line_of(key), cause, fix, target=key)
    if not values.get("main"):
        cause, fix = "the config names no `main`, the entry.", MAIN_FIX
        raise _invalid(root, config.file, config.line_of("main"), cause, fix)
    try:
        settings = Settings.of(pyproject.get("tool", {}).get("preflight", {}))
    except InvalidSetting as error:
        line = lines.get(("tool", "preflight", error.key))
        raise _invalid(root, pyproject_file, line, error.cause, error.fix) from None
    wiring = Wiring(
        project=project,
        env=env,
        values=values,
        pyproject=pyproject,
        settings=settings,
        delivery=answer(root, "delivery"),
        layout=answer(root, "layout"),
    )
    if wiring.is_staged:
        try:
            staging.files(root)
        except ConfigError as error:
            raise _invalid(root, error.file, error.line, error.cause, error.fix) from None
    return wiring


def _invalid(
    root: Path, file: Path, line: int | None, cause: str, fix: str, target: str = ""
) -> ConfigurationError:
    path = Path(os.path.relpath(file, root)).as_posix()
    return ConfigurationError(
        found("PF002", Place(path, line), target=target or path, message=cause, fix=fix)
    )


def _pyproject(root: Path, file: Path) -> tuple[dict[str, Any], dict[tuple[str, ...], int]]:
    """What the file says, and the line of each of its keys and tables."""
    if not file.exists():
        return {}, {}
    try:
        text, values = read_toml(file)
    except ConfigError as error:
        raise _invalid(root, error.file, error.line, error.cause, error.fix) from None
    # The first one counts, as of an array of tables.
    lines = {keys: line for line, keys in reversed(list(toml_lines(text)))}
    for misfit in misfits(values, PYPROJECT):
        line = lines.get(misfit.keys)
        fix = misfit.fix(in_toml=True)
        raise _invalid(root, file, line, misfit.cause, fix, target=misfit.keys[-1])
    return values, lines


def _environment(root: Path, config: WranglerConfig, env: str | None) -> Mapping[str, Any]:
    if not env:
        return {}
    environments = config.values.get("env", {})
    if env not in environments:
        has = ", ".join(environments)
        cause = f"there is no environment {env!r}."
        fix = f"It has {has}." if has else "It has none: leave out --env."
        raise _invalid(root, config.file, config.line_of("env"), cause, fix, target=env)
    values: Mapping[str, Any] = environments[env]
    return values


def answer(root: Path, name: str) -> str | None:
    """An answer of one word; a line of a flat file, so no YAML parser is needed."""
    answers = root / ".copier-answers.yml"
    if not answers.is_file():
        return None
    text = answers.read_text(errors="replace")
    answered = re.search(rf"^{name}:\s*([\w-]+)\s*$", text, re.MULTILINE)
    return answered[1] if answered else None


def _files(folder: Path) -> Iterator[Path]:
    # Links to folders are not followed: wrangler does not either, and a loop would never end.
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if name not in NOT_SOURCE and not name.startswith(".")
        )
        paths = (Path(parent, name) for name in sorted(files) if not name.endswith(".pyc"))
        # A pipe or a broken link has no content.
        yield from (path for path in paths if path.is_file())
