"""Notice what a running `wrangler dev` does not take up by itself.

wrangler reloads on an edit of the service's code. Other packages, other settings or a migration
need a new start: flags are given on the command line, and a memory snapshot of the old packages
would go on serving them.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.runtime.project import Project

State = Mapping[str, tuple[object, ...]]

FILES = ("wrangler.toml", "package-lock.json", "uv.lock")


def state(project: Project) -> State:
    """What the files are like now, by the name a person knows them under."""
    folders = {database.migrations for database in project.d1_databases}
    return {
        **{name: tuple(_seen(project.root / name)) for name in FILES},
        **{folder.name: tuple(_tree(folder)) for folder in folders},
        "python_modules": tuple(
            seen
            for path in sorted(project.python_modules.glob("[!.]*"))
            # The wheel's copy of the service's code: wrangler reloads on that one itself.
            if path.name != "src"
            for seen in _tree(path)
        ),
    }


def changed(before: State, after: State) -> list[str]:
    """The names whose files differ between the two states."""
    return [name for name in before if before[name] != after.get(name)]


def _tree(path: Path) -> Iterator[object]:
    yield from _seen(path)
    if path.is_dir():
        for folder, _, files in os.walk(path):
            for file in sorted(files):
                yield from _seen(Path(folder, file))


def _seen(path: Path) -> Iterator[object]:
    """The time of the last change cannot be set back, unlike that of the last modification."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return
    yield str(path), status.st_size, status.st_ctime_ns
