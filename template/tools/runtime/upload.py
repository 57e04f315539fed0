"""Read the body that `wrangler deploy` sends: the truth about what is uploaded.

`wrangler deploy --dry-run --outfile FILE` writes it: a multipart form with a part named
`metadata` (JSON: main module, bindings, date, flags) and a part for each module.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from multipart import MultipartError, MultipartSegment, PushMultipartParser

from tools.runtime.errors import CommandError, ToolError
from tools.runtime.node import wrangler
from tools.runtime.project import Project

# Bytes; a header holds a path twice, and paths end at 4096 on Linux.
HEADER_LIMIT = 1 << 16

HOW_TO_WRITE_ONE = "Write one with `wrangler deploy --dry-run --outfile FILE`."


@dataclass(frozen=True)
class Module:
    """One part of the body; vendored Python files are sent as application/octet-stream."""

    content: bytes
    content_type: str


@dataclass(frozen=True)
class Upload:
    """The modules of one upload by name, its metadata, and names that came more than once."""

    modules: Mapping[str, Module]
    metadata: Mapping[str, Any]
    duplicates: tuple[str, ...]

    @property
    def main_module(self) -> str:
        return str(self.metadata["main_module"])


def read(file: Path) -> Upload:
    """Parse the multipart body in `file`.

    Raises:
        ToolError: the file cannot be read, is not such a body, is cut short, has no metadata, or
            names a module as wrangler never does.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        raise ToolError(f"{file} cannot be read: {error.strerror}. {HOW_TO_WRITE_ONE}") from None
    boundary = body.partition(b"\r\n")[0]
    if not boundary.startswith(b"--") or len(boundary) < 3:
        raise ToolError(
            f"{file} is not the body of an upload: it does not begin with a boundary. "
            + HOW_TO_WRITE_ONE
        )
    modules: dict[str, Module] = {}
    duplicates: list[str] = []
    metadata: object = None
    try:
        for name, module in _parts(body, boundary[2:]):
            if name == "metadata":
                metadata = json.loads(module.content)
                continue
            if reason := _unusable(name):
                raise ToolError(
                    f"{file} holds a module named {name!r}, which {reason}. Rename that file."
                )
            if name in modules:
                duplicates.append(name)
            modules[name] = module
    except (MultipartError, ValueError, RecursionError) as error:
        raise ToolError(
            f"{file} cannot be read as the body of an upload, it is cut short or damaged: {error}. "
            + HOW_TO_WRITE_ONE
        ) from None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("main_module"), str):
        raise ToolError(f"{file} has no metadata part that names a main module. {HOW_TO_WRITE_ONE}")
    return Upload(modules, metadata, tuple(duplicates))


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[str, Module]]:
    # All at once: a part is then one slice of the body, and nothing is searched twice.
    with PushMultipartParser(boundary, len(body), max_header_size=HEADER_LIMIT) as parser:
        segment: MultipartSegment | None = None
        content = b""
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                segment, content = event, b""
            elif event:
                content = event
            elif segment:
                kind = segment.content_type or "application/octet-stream"
                yield segment.name or "", Module(content, kind)


def _unusable(name: str) -> str | None:
    """Why no module can have this name, or None if one can."""
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts:
        return "leads out of the upload"
    if re.search(r"[\x00-\x1f\x7f]", name):
        return "has a control character in it"
    return None


def dry_run(project: Project, file: Path, *, env: str | None = None) -> str:
    """Have wrangler write the body of the upload to `file`; return what it printed.

    Nothing is left in the project but what its own build command writes.

    Raises:
        ToolError: wrangler is not installed, or refused; the message says why.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    environment = ["--env", env] if env else []
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        # Without a folder for it, wrangler writes a second copy of the bundle below the project.
        folder = ["--outdir", str(scratch / "bundle")]
        command = ["deploy", "--dry-run", "--outfile", str(file), *folder, *environment]
        try:
            return wrangler(project, command, scratch=scratch)
        except CommandError as error:
            raise ToolError(
                f"wrangler refuses to bundle {project.root}: {_reason(error.output)}"
            ) from None


def _reason(printed: str) -> str:
    """Why wrangler failed, out of all that it printed."""
    plain = re.sub(r"\x1b\[[\d;]*[A-Za-z]", "", printed)
    error = plain.partition("[ERROR] ")[2]
    built = re.findall(r"^\[custom build\] *(.*\S)", plain, re.MULTILINE)
    if built and "Process exited with non-zero status" in error:
        return f"the build command failed. {built[0]}\n" + "\n".join(built[1:])[-2000:]
    # Behind the error come advice, a stack, a place to report it, the name of a log.
    reason = re.split(r"If you think this is a bug|\n +at |\S+\s+Logs were written", error)[0]
    paragraphs = re.split(r"\n\s*\n", reason)
    return " ".join(" ".join(paragraphs[:2]).split()) or plain.strip()
