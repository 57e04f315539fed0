"""Healthy Python Worker projects in the styles people use, made by hand.

Each is a few files, written as their owner would, and has never seen the template.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

NOT_VENDORED = shutil.ignore_patterns(".synced", ".vendored-from", "__pycache__")


@dataclass(frozen=True)
class Clean:
    """A project by the files it consists of, less what is vendored.

    `folder` is that of the wrangler config. `packages` says which packages are vendored beside
    it: the Workers SDK alone, or FastAPI too. `generated` are the files that its build command
    writes. A request for `/` is answered with `answer`.
    """

    name: str
    answer: str
    files: Mapping[str, str]
    folder: str = "."
    env: str | None = None
    packages: str = "workers"
    vendored: Mapping[str, str] = field(default_factory=dict)
    generated: tuple[str, ...] = ()

    def write(self, target: Path, python_modules: Path) -> Path:
        """Write the project below `target` and return the folder of its wrangler config."""
        root = target / self.folder
        for name, text in self.files.items():
            _write(target / name, text)
        shutil.copytree(python_modules, root / "python_modules", ignore=NOT_VENDORED)
        for name, text in self.vendored.items():
            _write(root / "python_modules" / name, text)
        return root


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def config(main: str, rest: str = "") -> str:
    """A wrangler.toml; `rest` are lines for the top level, then tables."""
    return (
        'name = "service"\n'
        f'main = "{main}"\n'
        'compatibility_date = "2026-11-01"\n'
        'compatibility_flags = ["python_workers"]\n' + rest
    )


def entry(expression: str, imports: str = "") -> str:
    """An entry that answers each request with a text."""
    return (
        f"{imports}from workers import Response, WorkerEntrypoint\n\n\n"
        "class Default(WorkerEntrypoint):\n"
        "    async def fetch(self, request):\n"
        f"        return Response({expression})\n"
    )


def pyproject(name: str, rest: str = "") -> str:
    """A pyproject.toml as `pywrangler init` leaves it, with more tables."""
    return f"""\
[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.13"
dependencies = ["workers-runtime-sdk"]

[dependency-groups]
dev = ["workers-py"]
{rest}"""
