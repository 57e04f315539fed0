"""Try an approach: bundle it, inspect it, deploy it, edit it."""

import gzip
import json
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from strategies.observation import Facts, Measured, Observation
from strategies.service import PROBED, code_of, source_of
from tools.preflight.inspection import Inspection, inspect
from tools.runtime import atomic, snapshot
from tools.runtime.deployment import unpack
from tools.runtime.errors import ToolError
from tools.runtime.project import Project
from tools.runtime.server import Server, Service, apply_migrations
from tools.runtime.upload import Upload, dry_run, read

# Its answer comes through a router, a use case and a repository.
PAGE = "/links"
# An edit that is not shown by then never is: the slowest takes a third of it.
EDIT_SECONDS = 15.0
START_SECONDS = 45.0


def observe(project: Path, base: Path, *, runs: int, edits: bool) -> Observation:
    """Try what was made of the project; `base` is the service without the approach.

    With `runs` of 0 nothing is timed; without `edits` no `dev` is started.
    """
    # Not in the project: a module root may hold all of it, and `dev` watches that.
    scratch = project.with_name(f"{project.name}-scratch")
    scratch.mkdir()
    body = scratch / "body"
    before = code_of(base)
    dry_runs: list[float] = []
    dry_runs_before: list[float] = []
    try:
        for _ in range(max(1, runs)):
            if runs:
                dry_runs_before.append(_seconds_of_dry_run(base, scratch / "before"))
            dry_runs.append(_seconds_of_dry_run(project, body))
        upload = read(body)
    except ToolError as error:
        return _observed(project, before, None, inspect(project), error=_cause(str(error), project))
    # Before anything is edited: it compares the upload with the files.
    inspection = inspect(project, body=body)
    starts = [_started(project, upload, scratch)]
    failure = starts[0].error
    if not failure:
        starts += [_started(project, upload, scratch) for _ in range(runs - 1)]
    edited = _edited(project, scratch, runs=max(1, runs)) if edits and not failure else None
    measured = Measured(
        modules=len(upload.modules),
        kib=sum(len(module.content) for module in upload.modules.values()) / 1024,
        gzip_kib=_gzipped(upload) / 1024,
        dry_run=dry_runs if runs else (),
        before=dry_runs_before,
        start=[start.seconds for start in starts] if runs and not failure else (),
        edit=edited if runs and edited else (),
    )
    return _observed(
        project,
        before,
        upload,
        inspection,
        error=failure,
        main=starts[0].main,
        edits="not tried" if edited is None else "shown" if edited else "not shown",
        measured=measured,
    )


def _seconds_of_dry_run(project: Path, body: Path) -> float:
    started = time.monotonic()
    dry_run(Project(project), body)
    return time.monotonic() - started


def _observed(
    project: Path,
    before: Mapping[str, bytes],
    upload: Upload | None,
    inspection: Inspection,
    *,
    error: str,
    main: Literal["once", "twice", "not importable", "not started"] = "not started",
    edits: Literal["shown", "not shown", "not tried"] = "not tried",
    measured: Measured | None = None,
) -> Observation:
    after = code_of(project)
    facts = Facts(
        starts=not error,
        error=error,
        changed=sum(before.get(name) != after.get(name) for name in before.keys() | after.keys()),
        main=main,
        duplicates=upload is not None and _has_duplicates(upload, after),
        strays=upload is not None and _has_strays(upload, after),
        edits=edits,
        status=inspection.status,
        codes=tuple(
            sorted({found.code for found in inspection.findings if found.severity == "error"})
        ),
    )
    return Observation(facts, measured or Measured())


def _has_duplicates(upload: Upload, code: Mapping[str, bytes]) -> bool:
    places = [
        sum(f"{route}{name}" in upload.modules for route in ("", "src/", "python_modules/src/"))
        for name, content in code.items()
        if content.strip() and "/" in name
    ]
    return bool(upload.duplicates) or any(count > 1 for count in places)


def _has_strays(upload: Upload, code: Mapping[str, bytes]) -> bool:
    own = {upload.main_module, *code, *(f"src/{name}" for name in code)}
    return any(
        name not in own and not name.startswith("python_modules/") for name in upload.modules
    )


def _gzipped(upload: Upload) -> int:
    return len(gzip.compress(b"".join(module.content for module in upload.modules.values())))


class Start:
    """A start of the upload: how long it took, or why it failed, and what it had of `src.main`."""

    def __init__(
        self,
        seconds: float = 0,
        error: str = "",
        main: Literal["once", "twice", "not importable", "not started"] = "not started",
    ) -> None:
        self.seconds = seconds
        self.error = error
        self.main = main


def _started(project: Path, upload: Upload, scratch: Path) -> Start:
    folder = scratch / "deployed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    service = unpack(upload, Project(project), folder)
    started = time.monotonic()
    with _output(scratch) as output:
        try:
            with _server(service, output) as server:
                status = server.wait_until_answering(PAGE)
                seconds = time.monotonic() - started
                if status != 200:
                    return Start(error=f"{PAGE} answers {status}")
                return Start(seconds, main=_main(_ask(server)))
        except ToolError as error:
            return Start(error=_cause(str(error), project))


def _server(service: Service, output: IO[bytes]) -> Server:
    """A server with its memory snapshot; no second try without one, so that errors show once."""
    found = snapshot.find(service)
    return Server(service, workerd_flags=lambda: found.flags if found else [], output=output)


def _main(answer: Mapping[str, object]) -> Literal["once", "twice", "not importable"]:
    if not answer["origin"]:
        return "not importable"
    copies = answer["copies"]
    assert isinstance(copies, list)
    return "once" if len(copies) == 1 else "twice"


def _edited(project: Path, scratch: Path, *, runs: int) -> list[float]:
    """Seconds until `dev` showed each of some edits; empty when it never does."""
    file = source_of(project) / PROBED
    original = file.read_text()
    service = Service.of(Project(project))
    apply_migrations(service)
    try:
        with _output(scratch) as output, _server(service, output) as server:
            server.wait_until_answering(PAGE, seconds=START_SECONDS)
            return [_seconds_to_show(server, file, f"EDIT-{turn + 1}") for turn in range(runs)]
    except (ToolError, TimeoutError):
        return []  # it starts over and over, or shows what was there before
    finally:
        file.write_text(original)


def _seconds_to_show(server: Server, file: Path, edit: str) -> float:
    # The watchers settle, so that no earlier edit counts for this one.
    time.sleep(1)
    saved = time.monotonic()
    # Whole: wrangler ends when what it reads in the middle of a write does not start.
    atomic.write(file, re.sub(r"EDIT-\d+", edit, file.read_text()).encode())
    while _shown(server) != edit:
        if time.monotonic() - saved > EDIT_SECONDS:
            raise TimeoutError(f"{edit} is not shown")
        time.sleep(0.02)
    return time.monotonic() - saved


def _shown(server: Server) -> object:
    try:
        return _ask(server)["edit"]
    except (OSError, ValueError, KeyError):
        return None


def _ask(server: Server) -> dict[str, object]:
    with urllib.request.urlopen(f"{server.url}/laboratory", timeout=30) as response:
        answer: dict[str, object] = json.load(response)
        return answer


@contextmanager
def _output(scratch: Path) -> Iterator[IO[bytes]]:
    with (scratch / "log").open("wb") as output:
        yield output


def _cause(printed: str, project: Path) -> str:
    """The line of an error that names it, out of all that was printed."""
    plain = re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", printed)
    # The runtime logs JSON lines, in which a traceback is one line.
    lines = plain.replace("\\n", "\n").replace("\\'", "'").replace('\\"', '"')
    of_python = re.findall(r"^\s*(?!PythonError)(\w+Error: .*)", lines, re.MULTILINE)
    if of_python:
        return str(of_python[-1]).strip()
    return " ".join(plain.replace(str(project), "the project").split())
