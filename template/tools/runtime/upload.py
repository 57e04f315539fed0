"""Read the body that `wrangler deploy` sends: the truth about what is uploaded.

`wrangler deploy --dry-run --outfile FILE` writes it: a multipart form with a part named
`metadata` (JSON: main module, bindings, date, flags) and a part for each module.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import multipart

from tools.runtime.errors import ToolError
from tools.runtime.node import wrangler
from tools.runtime.project import Project

PARTS_LIMIT = 100_000
BYTES_LIMIT = 1 << 30


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
        ToolError: the file is not such a body, is cut short, or has no metadata.
    """
    body = file.read_bytes()
    boundary = body.partition(b"\r\n")[0]
    if not boundary.startswith(b"--") or len(boundary) < 3:
        raise ToolError(
            f"{file} is not the body of an upload: it does not begin with a boundary. "
            "Write one with `wrangler deploy --dry-run --outfile FILE`."
        )
    modules: dict[str, Module] = {}
    duplicates: list[str] = []
    metadata: object = None
    try:
        parser = multipart.MultipartParser(
            io.BytesIO(body),
            boundary[2:],
            content_length=len(body),
            part_limit=PARTS_LIMIT,
            memory_limit=BYTES_LIMIT,
            disk_limit=BYTES_LIMIT,
            spool_limit=BYTES_LIMIT,
            partsize_limit=BYTES_LIMIT,
        )
        for part in parser:
            if part.name == "metadata":
                metadata = json.loads(part.raw)
                continue
            if part.name in modules:
                duplicates.append(part.name)
            modules[part.name] = Module(part.raw, part.content_type)
    except (multipart.MultipartError, ValueError) as error:
        raise ToolError(f"{file} cannot be read as the body of an upload: {error}") from None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("main_module"), str):
        raise ToolError(f"{file} has no metadata part that names a main module.")
    return Upload(modules, metadata, tuple(duplicates))


def dry_run(project: Project, file: Path, *, env: str | None = None) -> str:
    """Have wrangler write the body of the upload to `file`; return what it printed.

    Raises:
        ToolError: wrangler refused; the message ends with what it printed.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    environment = ["--env", env] if env else []
    return wrangler(project, ["deploy", "--dry-run", "--outfile", str(file), *environment])
