"""Small projects with the uploads that wrangler would make of them, for tests of single checks."""

from collections.abc import Mapping
from pathlib import Path

from tools.preflight.bundle import Bundle
from tools.preflight.wiring import VENDORED, load
from tools.runtime.upload import Module, Upload

CONFIG = """\
name = "service"
main = "src/entry.py"
compatibility_date = "2026-11-01"
compatibility_flags = ["python_workers"]
"""

ENTRY = """\
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("hello")
"""

SDK = {f"{VENDORED}/workers/__init__.py": "class WorkerEntrypoint: ...\nclass Response: ...\n"}

UPLOADED = (".py", ".txt", ".html", ".sql")


def bundle_of(root: Path, files: Mapping[str, str], *, config: str = CONFIG) -> Bundle:
    """The bundle of a project of these files, with an entry and the SDK unless they have them."""
    for name, text in {"wrangler.toml": config, "src/entry.py": ENTRY, **SDK, **files}.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    wiring = load(root.resolve(), None)
    entry = (wiring.root / wiring.main).resolve()
    modules = {entry.name: entry}
    for file in sorted(wiring.module_root.rglob("*")):
        if file.suffix in UPLOADED and file != entry:
            modules[file.relative_to(wiring.module_root).as_posix()] = file
    for file in sorted((root / VENDORED).rglob("*.*")):
        if file.is_file():
            modules[file.relative_to(root).as_posix()] = file
    parts = {name: Module(file.read_bytes(), "text/x-python") for name, file in modules.items()}
    return Bundle(wiring, Upload(parts, {"main_module": entry.name}, ()))
