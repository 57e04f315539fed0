"""Bodies of uploads, written as wrangler writes them, without running it each time."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.preflight.wiring import load
from tools.runtime.upload import Module, Upload

BOUNDARY = b"----formdata-undici-000000000000"

KINDS = {".py": "text/x-python", ".js": "application/javascript+module"}


def form(parts: Mapping[str, Module], metadata: object) -> bytes:
    """The multipart form of an upload; `metadata` is JSON unless it is bytes already."""
    raw = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
    written = [b'Content-Disposition: form-data; name="metadata"\r\n\r\n' + raw]
    for name, module in parts.items():
        quoted = name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22").encode()
        written.append(
            b'Content-Disposition: form-data; name="'
            + quoted
            + b'"; filename="'
            + quoted
            + b'"\r\n'
            b"Content-Type: " + module.content_type.encode() + b"\r\n\r\n" + module.content
        )
    lines = b"".join(b"--" + BOUNDARY + b"\r\n" + part + b"\r\n" for part in written)
    return lines + b"--" + BOUNDARY + b"--\r\n"


def bundled(project: Path, real: Upload, also: Iterable[str] = ()) -> bytes:
    """What wrangler would write for a project now, that it wrote `real` for before an edit.

    It takes each Python file below the module root but the entry. Other and vendored files are
    those of `real` that are still there, and `also`.
    """
    wiring = load(project, None)
    entry = wiring.root / wiring.main
    root = wiring.module_root
    files = {
        file.relative_to(root).as_posix(): file
        for file in sorted(root.rglob("*.py"))
        if file.is_file() and not file.samefile(entry)
    }
    for name in (*real.modules, *also):
        vendored = name.startswith("python_modules/")
        file = (wiring.root if vendored else root) / name
        if file.is_file() and (vendored or not name.endswith(".py")):
            files[name] = file
    # The entry comes first, under its own name alone.
    parts = {
        name: Module(file.read_bytes(), KINDS.get(file.suffix, "application/octet-stream"))
        for name, file in {entry.name: entry, **files}.items()
    }
    changed = {"main_module": entry.name, "compatibility_date": wiring.date}
    return form(parts, {**real.metadata, **changed})
