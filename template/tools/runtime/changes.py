"""Notice what a running `wrangler dev` does not take up by itself.

wrangler reloads on an edit of the service's code. Other packages, other settings or a migration
need a new start: flags are given on the command line, and a memory snapshot of the old packages
would go on serving them.
"""

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.runtime.project import Project, files_of_code
from tools.runtime.server import Service

State = Mapping[str, tuple[object, ...]]

POLL_SECONDS = 0.5


def state(project: Project) -> State:
    """What the files are like now, by the name a person knows them under."""
    migrations = {database.migrations for database in project.d1_databases}
    files = (project.config_file, project.npm / "package-lock.json")
    return {
        **{file.name: tuple(_seen(file)) for file in files},
        **{folder.name: tuple(_tree(folder)) for folder in migrations},
        **installed(project),
    }


def installed(project: Project) -> State:
    """The part of the state that `setup` writes."""
    return {
        "uv.lock": tuple(_seen(project.root / "uv.lock")),
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


def with_code(service: Service) -> State:
    """The state and the service's own code, for when no wrangler runs that would reload it."""
    files = (file for folder in service.code for file in files_of_code(folder))
    code = tuple(seen for file in files for seen in _seen(file))
    return {**state(service.project), "code": code}


def wait(service: Service, before: State) -> list[str]:
    """Wait until files differ from the state and return the names whose files do."""
    while not (names := changed(before, with_code(service))):
        time.sleep(POLL_SECONDS)
    return names


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
