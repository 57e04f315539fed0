"""Random edits of a project, of the kinds by which people break their imports.

Each takes a project and two numbers that choose among what it can be done to. It says what it
did, or nothing when there is nothing to do it to.
"""

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

Edit = Callable[[Path, int, int], str | None]
Choice = TypeVar("Choice")

NOT_THERE = (
    "import missing_package",
    "from missing_package.inner import name",
    "import src.missing",
    "from src import missing",
    "from src.core import missing",
    "from src.core.missing import name",
    "import entry",
    "from entry import Default",
    "import worker.entry",
    "from workers import Missing",
    "from workers.missing import name",
    "import tkinter",
    "import multiprocessing.pool",
    "import distutils",
    "from collections import Mapping",
    "from os import missing",
    "from . import missing",
    "from .. import missing",
    "from ....... import missing",
    "from src.main import missing",
    "import backend.src.main",
    "import tests",
    "from pyodide import ffi",
    "import micropip",
    "import yaml",
)

KEYWORDS = {"from", "import", "as"}

STRAYS = {
    "backend/stray.py": "import missing_package\n",
    "backend/json.py": "loads = dumps = None\n",
    "backend/dataclasses.py": "",
    "backend/workers.py": "class Response: ...\n",
    "backend/asgi/__init__.py": "",
    "backend/src.py": "",
    "backend/src/core.py": "",
    "backend/src/domain.py": "import missing_package\n",
    "backend/src/main/__init__.py": "",
    "backend/src/main/app.py": "",
    "backend/entry.py": "Default = None\n",
    "backend/js.py": "",
    "backend/_pyodide/__init__.py": "",
    "backend/re/__init__.py": "",
    "backend/typing_extensions.py": "",
    "backend/tests/test_x.py": "import pytest\n",
    "worker/src.py": "Default = None\n",
    "worker/helper.py": "import missing_package\n",
    "python_modules/src.py": "",
    "python_modules/src/__init__.py": "",
    "python_modules/src/main.py": "from workers import WorkerEntrypoint as Default\n",
    "python_modules/json.py": "",
    "python_modules/stray.py": "import missing_package\n",
    "python_modules/broken.pth": "import missing_package\n",
    "python_modules/_workers_sdk_patch_loader.py": "import missing_package\n",
}

SETTINGS = (
    ('base_dir = "backend"', 'base_dir = "worker"'),
    ('base_dir = "backend"', 'base_dir = "backend/src"'),
    ('base_dir = "backend"', 'base_dir = "./backend/"'),
    ('base_dir = "backend"\n', ""),
    ('main = "worker/entry.py"', 'main = "backend/src/main.py"'),
    ('main = "worker/entry.py"', 'main = "backend/src/bootstrap.py"'),
    ('main = "worker/entry.py"', 'main = "./worker/../worker/entry.py"'),
    ('compatibility_date = "2026-11-01"', 'compatibility_date = "2026-10-01"'),
)


def modules(project: Path) -> list[Path]:
    """The service's own modules that hold something, the entry last."""
    files = [*sorted((project / "backend").rglob("*.py")), project / "worker/entry.py"]
    return [file for file in files if file.stat().st_size]


def delete(project: Path, one: int, _: int) -> str:
    file = _choose(modules(project)[:-1], one)
    file.unlink()
    return f"delete {_name(project, file)}"


def rename(project: Path, one: int, two: int) -> str:
    file = _choose(modules(project)[:-1], one)
    new = file.with_name((f"{file.stem}_.py", f"{file.stem[:-1] or 'x'}.py", "renamed.py")[two % 3])
    file.rename(new)
    return f"rename {_name(project, file)} to {new.name}"


def move(project: Path, one: int, two: int) -> str:
    file = _choose(modules(project)[:-1], one)
    target = _choose(sorted({other.parent for other in modules(project)}), two) / file.name
    file.replace(target)
    return f"move {_name(project, file)} to {_name(project, target)}"


def drop_init(project: Path, one: int, _: int) -> str | None:
    files = sorted((project / "backend").rglob("__init__.py"))
    if not files:
        return None
    file = _choose(files, one)
    file.unlink()
    return f"drop {_name(project, file)}"


def misspell(project: Path, one: int, two: int) -> str | None:
    """Leave out the last letter of a word of an import."""

    def change(text: str) -> str:
        words = [word for word in re.finditer(r"\w+", text) if word[0] not in KEYWORDS]
        word = _choose(words, two // 7)
        return f"{text[: word.end() - 1]}{text[word.end() :]}"

    return _edit_import(project, one, two, change)


def insert_import(project: Path, one: int, two: int) -> str:
    file = _choose(modules(project), one)
    statement = _choose(NOT_THERE, two)
    # At the end now and then: what was imported until then is there.
    text = file.read_text()
    where = _first_statement(text) if two % 5 else len(text)
    file.write_text(f"{text[:where]}{statement}\n{text[where:]}")
    return f"insert `{statement}` into {_name(project, file)}"


def make_relative(project: Path, one: int, two: int) -> str | None:
    """Turn `from src.x import y` into a relative import, with the right dots or others."""
    dots = "." * (two // 7 % 6 + 1)
    return _edit_import(
        project, one, two, lambda text: re.sub(r"^from src\.?", f"from {dots}", text)
    )


def make_absolute(project: Path, one: int, two: int) -> str | None:
    """Name the modules of `src` from somewhere else."""
    prefix = ("", "backend.src.", "src.src.", "app.")[two // 7 % 4]
    return _edit_import(
        project, one, two, lambda text: re.sub(r"^(from|import) src\.", rf"\1 {prefix}", text)
    )


def guard(project: Path, one: int, two: int) -> str | None:
    """Put an import into a handler, a condition or a function."""
    opening = (
        "try:\n    {}\nexcept ImportError:\n    pass",
        "if not __debug__:\n    {}",
        "def later():\n    {}",
        "import typing\nif typing.TYPE_CHECKING:\n    {}",
    )[two // 7 % 4]
    return _edit_import(
        project, one, two, lambda text: opening.format(text) if "\n" not in text else text
    )


def drop_vendored(project: Path, one: int, _: int) -> str | None:
    files = sorted((project / "python_modules").rglob("*.py"))
    if not files:
        return None
    file = _choose(files, one)
    file.unlink()
    return f"delete {_name(project, file)}"


def truncate(project: Path, one: int, two: int) -> str:
    file = _choose(modules(project), one)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) * (two % 100) // 100])
    return f"cut {_name(project, file)} to {two % 100} %"


def swap(project: Path, one: int, two: int) -> str:
    first, second = _choose(modules(project), one), _choose(modules(project), two)
    contents = first.read_bytes(), second.read_bytes()
    second.write_bytes(contents[0])
    first.write_bytes(contents[1])
    return f"swap {_name(project, first)} and {_name(project, second)}"


def configure(project: Path, one: int, _: int) -> str | None:
    old, new = _choose(SETTINGS, one)
    file = project / "wrangler.toml"
    text = file.read_text()
    if old not in text:
        return None
    file.write_text(text.replace(old, new))
    return f"replace {old.strip()} by {new or 'nothing'}"


def add_stray(project: Path, one: int, _: int) -> str:
    name = _choose(list(STRAYS), one)
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text(STRAYS[name])
    return f"write {STRAYS[name]!r} to {name}"


def import_back(project: Path, one: int, two: int) -> str | None:
    """Close a cycle: have a module that is imported import a name of the one that does it."""
    file = _choose(modules(project)[:-1], one)
    imported = [
        project / "backend" / f"{node.module.replace('.', '/')}.py"
        for node in ast.walk(ast.parse(file.read_bytes()))
        if isinstance(node, ast.ImportFrom) and node.module and not node.level
    ]
    targets = [target for target in imported if target.is_file()]
    defined = [
        node.name
        for node in ast.parse(file.read_bytes()).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    if not targets:
        return None
    target = _choose(targets, two)
    name = ".".join(file.relative_to(project / "backend").with_suffix("").parts)
    statement = (
        f"import {name}",
        f"from {name} import {defined[two % len(defined)] if defined else 'missing'}",
        f"from {name.rpartition('.')[0]} import {file.stem}",
    )[two // 3 % 3]
    text = target.read_text()
    where = _first_statement(text)
    target.write_text(f"{text[:where]}{statement}\n{text[where:]}")
    return f"insert `{statement}` into {_name(project, target)}"


EDITS: tuple[Edit, ...] = (
    delete,
    rename,
    move,
    drop_init,
    misspell,
    insert_import,
    make_relative,
    make_absolute,
    guard,
    drop_vendored,
    truncate,
    swap,
    configure,
    add_stray,
    import_back,
)


@dataclass(frozen=True)
class Mutation:
    edit: Edit
    one: int
    two: int

    def apply(self, project: Path) -> str | None:
        """Edit the project; an earlier edit may have left nothing to do this one to."""
        try:
            return self.edit(project, self.one, self.two)
        except (SyntaxError, UnicodeDecodeError):
            return None

    def __repr__(self) -> str:
        return f"{self.edit.__name__}({self.one}, {self.two})"


def _choose(choices: Sequence[Choice], number: int) -> Choice:
    return choices[number % len(choices)]


def _name(project: Path, file: Path) -> str:
    return file.relative_to(project).as_posix()


def _first_statement(text: str) -> int:
    """Where the code begins, behind a docstring and imports from the future."""
    lines = text.splitlines(keepends=True)
    first = ast.parse(text).body
    while first and (
        isinstance(first[0], ast.Expr)
        or (isinstance(first[0], ast.ImportFrom) and first[0].module == "__future__")
    ):
        del first[0]
    return sum(map(len, lines[: first[0].lineno - 1])) if first else len(text)


def _edit_import(project: Path, one: int, two: int, change: Callable[[str], str]) -> str | None:
    """Rewrite an import at the top level of a module."""
    file = _choose(modules(project), one)
    text = file.read_text()
    lines = text.splitlines(keepends=True)
    statements = [
        node for node in ast.parse(text).body if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    if not statements:
        return None
    node = _choose(statements, two)
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    old = "".join(lines[first:last]).rstrip("\n")
    new = change(old)
    if new == old:
        return None
    file.write_text("".join([*lines[:first], f"{new}\n", *lines[last:]]))
    return f"replace `{old}` by `{new}` in {_name(project, file)}"
