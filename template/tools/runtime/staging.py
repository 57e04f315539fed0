"""The module root of a project whose `src` lies beside tests and configuration.

wrangler uploads every Python file under the module root and cannot be told to leave one out. So
`python -m tools.runtime.staging`, the `[build] command` of the wrangler config, copies what
`[tool.staging]` of pyproject.toml names into .worker/, and that is the module root.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.runtime.config import ConfigError, read_toml
from tools.runtime.errors import ToolError
from tools.runtime.lines import toml_lines

FOLDER = ".worker"
TABLE = ("tool", "staging")
# What a module root never holds, whatever the lists say.
NEVER = ("__pycache__/", "*.py[co]", "*.egg-info/")


def stage(root: Path) -> None:
    """Make .worker/ of the project in `root` hold the included files, and no others.

    Files that are the same already are not written again: wrangler would reload.

    Raises:
        ConfigError: pyproject.toml names nothing to include, or something that is not there.
        ToolError: .worker/ holds files of somebody else.
    """
    # Imported here and below: a preflight asks for the names alone, or for none.
    from filelock import FileLock

    wanted = files(root)
    target = root / FOLDER
    # Two wranglers may bundle at once, `dev` and a preflight.
    scratch = root / "build"
    scratch.mkdir(exist_ok=True)
    with FileLock(scratch / "staging.lock"):
        _claim(target)
        for name in sorted(_files(target) - wanted.keys() - {".gitignore"}):
            (target / name).unlink()
        # Before anything is copied: where a folder was, a file may have to come.
        for folder in sorted((path for path in target.rglob("*") if path.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
        for name, file in wanted.items():
            _copy(file, target / name, scratch)


def files(root: Path) -> dict[str, Path]:
    """The files of the project in `root` that are uploaded, by the names they get.

    Raises:
        ConfigError: pyproject.toml names nothing to include, or something that is not there.
    """
    from pathspec import GitIgnoreSpec

    settings = _Settings(root / "pyproject.toml")
    included, excluded = settings.list_of("include"), settings.list_of("exclude")
    if not included:
        raise settings.wrong(
            "include", "names nothing, so there is nothing to upload.", 'Write include = ["src"].'
        )
    spec = GitIgnoreSpec.from_lines([*excluded, *NEVER])
    wanted: dict[str, Path] = {}
    for name in included:
        path = root / name
        if not path.exists():
            raise settings.wrong(
                "include", f"names {name}, which does not exist.", "Correct the name."
            )
        if path.resolve() == root.resolve() or not path.resolve().is_relative_to(root.resolve()):
            raise settings.wrong(
                "include",
                f"names {name}, which is no folder inside the project.",
                'Name the package that is to be uploaded, such as "src".',
            )
        found = _files(path) if path.is_dir() else {""}
        # Without the turns of "./src" and "src//core", which no module is named by.
        plain = path.relative_to(root).as_posix()
        names = sorted(f"{plain}/{file}".rstrip("/") for file in found)
        wanted |= {name: root / name for name in names if not spec.match_file(name)}
    return wanted


class _Settings:
    """`[tool.staging]` in a pyproject.toml. Raises ConfigError when it cannot be read."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._text, values = read_toml(file)
        tools = values.get("tool")
        table = tools.get("staging") if isinstance(tools, dict) else None
        self._table: Mapping[str, Any] = table if isinstance(table, dict) else {}

    def list_of(self, key: str) -> list[str]:
        names = self._table.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self.wrong(key, "is not a list of texts.", f'Write it like {key} = ["src"].')
        return names

    def wrong(self, key: str, cause: str, fix: str) -> ConfigError:
        lines = {keys: line for line, keys in reversed(list(toml_lines(self._text)))}
        line = lines.get((*TABLE, key), lines.get(TABLE))
        return ConfigError(self._file, line, f"{key} of [tool.staging] {cause}", fix)


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for parent, _, names in os.walk(folder)
        for path in (Path(parent, name) for name in names)
        # A pipe or a broken link has no content.
        if path.is_file()
    }


def _claim(target: Path) -> None:
    """Make the folder this module's own; a file in it says so, and keeps git away."""
    mark = target / ".gitignore"
    if target.exists() and any(target.iterdir()) and not mark.is_file():
        raise ToolError(
            f"{target} holds files that were not put there by the build command. Move them "
            "elsewhere: what lies there is replaced at each build."
        )
    target.mkdir(exist_ok=True)
    if not mark.is_file():
        mark.write_text("*\n")


def _copy(file: Path, copy: Path, scratch: Path) -> None:
    content = file.read_bytes()
    if copy.is_file() and copy.read_bytes() == content:
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    # wrangler sees the old file or the new one, never half of it.
    with _unfinished(scratch) as name:
        Path(name).write_bytes(content)
        shutil.copymode(file, name)
        os.replace(name, copy)


@contextmanager
def _unfinished(folder: Path) -> Iterator[str]:
    """The name of a new file, which is gone afterwards: renamed, or deleted after an error."""
    descriptor, name = tempfile.mkstemp(dir=folder)
    os.close(descriptor)
    try:
        yield name
    finally:
        Path(name).unlink(missing_ok=True)


if __name__ == "__main__":
    try:
        stage(Path.cwd())
    except (ToolError, OSError) as error:
        sys.exit(f"error: {error}")
