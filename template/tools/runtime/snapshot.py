"""Memory snapshots: start Python with the runtime and the third-party packages imported.

workerd saves Python's memory to a file and starts from it later, ten times faster. It checks
nothing but the file's header: a snapshot of other packages is accepted in silence and serves the
old code. So a snapshot here is found by a key over all that is in it, and the project's own code
never is.
"""

import ast
import contextlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tools.runtime import cache
from tools.runtime.errors import ToolError
from tools.runtime.project import files_of_code
from tools.runtime.server import Server, Service, bundle_folder

FILE_NAME = "snapshot.bin"
# The main module is part of the snapshot. Under a name that a project also has, the project's
# would never be loaded.
MAIN_MODULE = "_runtime_snapshot_main_"
MAIN = """\
import importlib
import json

from workers import Response, WorkerEntrypoint

FAILED = {{}}
for name in json.loads({names!r}):
    try:
        importlib.import_module(name)
    except BaseException as error:
        FAILED[name] = f"{{type(error).__name__}}: {{error}}"


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(FAILED)
"""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot file, and the imports that are not in it with the reason for each."""

    file: Path
    left_out: dict[str, str]

    @property
    def flags(self) -> list[str]:
        """The flags by which workerd starts from it."""
        return [f"--python-snapshot-dir={self.file.parent}", f"--python-load-snapshot={FILE_NAME}"]


def find(service: Service) -> Snapshot | None:
    """The snapshot for what `service` has vendored, or None when there is no whole one."""
    return _read(cache.root() / "snapshots" / _key(service, third_party_imports(service)))


def make(service: Service) -> Snapshot:
    """The snapshot for what `service` has vendored, made unless there is one.

    An import that fails, or that memory cannot be saved with, is left out.

    Raises:
        ToolError: workerd wrote no snapshot, not even without any import.
    """
    imports = third_party_imports(service)

    def build(folder: Path) -> None:
        left_out = _Recording(service, folder).record(sorted(imports))
        size = (folder / FILE_NAME).stat().st_size
        (folder / "snapshot.json").write_text(json.dumps({"size": size, "left_out": left_out}))

    folder = cache.root() / "snapshots" / _key(service, imports)
    if folder.is_dir() and not _read(folder):
        cache.remove(folder)
    snapshot = _read(cache.entry(folder.parent.name, folder.name, build))
    if not snapshot:
        raise ToolError(f"The snapshot in {folder} cannot be read.")
    return snapshot


def _read(folder: Path) -> Snapshot | None:
    file = folder / FILE_NAME
    with contextlib.suppress(OSError, ValueError):
        report = json.loads((folder / "snapshot.json").read_text())
        if file.stat().st_size == report["size"]:
            return Snapshot(file, report["left_out"])
    return None


class _Recording:
    """Finds the imports that a snapshot can hold; the one in `folder` is the last that was made."""

    def __init__(self, service: Service, folder: Path) -> None:
        self._service = service
        self._folder = folder
        self._left_out: dict[str, str] = {}

    def record(self, imports: list[str]) -> dict[str, str]:
        """Make a snapshot with these imports but those it returns, each with the reason."""
        try:
            self._make(imports)
        except ToolError as error:
            # With no import it says what else is wrong.
            self._make([])
            self._add([], imports, error)
        return self._left_out

    def _add(self, held: list[str], more: list[str], error: ToolError) -> list[str]:
        """`held` and those of `more` that can be held too; with all of them there is `error`."""
        if len(more) == 1:
            said = re.search(r"Uncaught Error: (.+?)(?:\x1b|\n|$)", str(error))
            reason = said[1] if said else "it cannot be started from."
            self._left_out[more[0]] = f"Python's memory cannot be saved with it. {reason}"
            return held
        half = len(more) // 2
        for part in (more[:half], more[half:]):
            try:
                held = self._make([*held, *part])
            except ToolError as failure:
                held = self._add(held, part, failure)
        return held

    def _make(self, imports: list[str]) -> list[str]:
        """Make a snapshot with these imports, and return them less those that fail."""
        imports = [name for name in imports if name not in self._left_out]
        # A failed import may leave half a package in memory: start again without it.
        while failed := _record(self._service, imports, self._folder):
            self._left_out |= failed
            imports = [name for name in imports if name not in failed]
        return imports


def _record(service: Service, imports: list[str], folder: Path) -> dict[str, str]:
    """Write a snapshot into `folder`; the imports that failed, each with its error."""
    # Imported here: each start passes through this module, few take a snapshot.
    import urllib.request

    with tempfile.TemporaryDirectory() as made:
        maker = Path(made)
        # A folder of its own: wrangler watches the main module's, and starts over on each write.
        (maker / "code").mkdir()
        main = maker / "code" / f"{MAIN_MODULE}.py"
        main.write_text(MAIN.format(names=json.dumps(imports)))
        (maker / "python_modules").symlink_to(service.python_modules)
        config = {
            "name": "snapshot",
            "main": main.relative_to(maker).as_posix(),
            "compatibility_date": service.date,
            "compatibility_flags": list(service.flags),
            "python_modules": {"exclude": list(service.excluded)},
        }
        (maker / "wrangler.json").write_text(json.dumps(config))
        flags = [f"--python-snapshot-dir={folder}", "--python-save-baseline-snapshot"]
        maker_service = replace(service, folder=maker, state=maker / "state", databases=())
        with (
            (maker / "log").open("wb") as log,
            Server(maker_service, workerd_flags=lambda: flags, output=log) as server,
        ):
            server.wait_until_answering()
            with urllib.request.urlopen(server.url) as answer:
                failed: dict[str, str] = json.load(answer)
    if not (folder / FILE_NAME).is_file():
        raise ToolError("workerd wrote no snapshot.")
    return failed


def third_party_imports(service: Service) -> set[str]:
    """The vendored modules that the service's own code names in its imports."""
    vendored = {path.name.removesuffix(".py") for path in service.python_modules.glob("*")}
    return {
        name
        for file in _own_code(service)
        for name in _imports(file)
        if name.partition(".")[0] in vendored - {"src"}
    }


def _own_code(service: Service) -> Iterator[Path]:
    for folder in service.code:
        yield from (file for file in files_of_code(folder) if file.suffix == ".py")


def _imports(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError):
        return  # the server reports it better
    for statement in ast.walk(tree):
        match statement:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module


def _key(service: Service, imports: Iterable[str]) -> str:
    settings = [service.date, sorted(service.flags), sorted(imports), MAIN]
    return cache.digest(
        json.dumps(settings),
        bundle_folder(service.project).name,
        service.project.npm / "package-lock.json",
        *_vendored(service.python_modules, service.excluded),
    )


def _vendored(folder: Path, excluded: Sequence[str]) -> Iterator[str | Path]:
    """Names and contents of the vendored files that are uploaded, less the project's own code.

    Only those: an upload that was unpacked holds no others, and shares the project's snapshot.
    """
    # Imported here: by now wrangler is starting, and need not wait for it.
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines([*excluded, "/src/", "/.*"])
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not spec.match_file(name):
            yield name
            yield path
