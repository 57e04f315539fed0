"""The service that each approach is tried on: the template's, laid out as most repositories are.

`src` lies beside tests and configuration, and `main` names a module in it.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from projects import edit, tree, working_copy

Change = Callable[[Path], None]

# Asks the running Worker what it has of `src.main`; it lies in a module that each layout has.
PROBE = """

@router.get("/laboratory")
async def laboratory() -> dict[str, object]:
    import importlib
    import sys

    try:
        main = importlib.import_module("src.main")
        origin = str(main.__file__)
    except ImportError:
        origin = ""
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    copies = [name for name, file in files.items() if origin and file == origin]
    return {"edit": "EDIT-0", "origin": origin, "copies": sorted(copies)}
"""
PROBED = "presentation/api/shared/health.py"


def beside_tests(installed: Path, folder: Path) -> Path:
    """A copy of a project that was set up, with `src` at its top and nothing done for it."""
    project = working_copy(installed, folder)
    (project / "backend/src").rename(project / "src")
    for left in ("backend", "worker"):
        shutil.rmtree(project / left)
    (project / ".copier-answers.yml").unlink()
    main("src/main.py")(project)
    edit(project / "wrangler.toml", 'base_dir = "backend"\n', "")
    _without_comment_on_main(project / "wrangler.toml")
    _without_packaging(project / "pyproject.toml")
    _add_probe(project / "src" / PROBED)
    return project


def in_module_root(installed: Path, folder: Path) -> Path:
    """A copy of a project that was set up, as the template lays it out."""
    project = working_copy(installed, folder)
    _add_probe(project / "backend/src" / PROBED)
    return project


def source_of(project: Path) -> Path:
    """The folder that is `src`."""
    nested = project / "backend" / "src"
    return nested if nested.is_dir() else project / "src"


def code_of(project: Path) -> dict[str, bytes]:
    """The modules of `src`, by their names in it."""
    return tree(source_of(project))


def _add_probe(file: Path) -> None:
    file.write_text(file.read_text() + PROBE)


def _without_comment_on_main(file: Path) -> None:
    file.write_text(re.sub(r"^(# .*\n)+(?=main = )", "", file.read_text(), flags=re.M))


def _without_packaging(file: Path) -> None:
    text = file.read_text()
    start = text.index("# https://setuptools.pypa.io/")
    file.write_text(text[:start] + text[text.index("# https://poethepoet.natn.io/") :])


def main(entry: str) -> Change:
    """Name the entry in wrangler.toml."""

    def change(project: Path) -> None:
        file = project / "wrangler.toml"
        file.write_text(re.sub(r'^main = ".*"$', f'main = "{entry}"', file.read_text(), flags=re.M))

    return change


def wrangler(line: str) -> Change:
    """Add settings behind `main` in wrangler.toml."""

    def change(project: Path) -> None:
        file = project / "wrangler.toml"
        file.write_text(
            re.sub(
                r'^main = ".*"$', lambda found: f"{found[0]}\n{line}", file.read_text(), flags=re.M
            )
        )

    return change


def wrangler_table(text: str) -> Change:
    """Add a table at the end of wrangler.toml."""

    def change(project: Path) -> None:
        file = project / "wrangler.toml"
        file.write_text(f"{file.read_text()}\n{text}")

    return change


def pyproject(text: str) -> Change:
    """Add tables at the end of pyproject.toml."""

    def change(project: Path) -> None:
        file = project / "pyproject.toml"
        file.write_text(f"{file.read_text()}\n{text}")

    return change


def file(name: str, text: str) -> Change:
    """Write a file."""

    def change(project: Path) -> None:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)

    return change


def imports(old: str, new: str, *names: str) -> Change:
    """Rewrite what each import statement of `src` begins with, in these files or in all."""

    def change(project: Path) -> None:
        for path in [project / name for name in names] or sorted(source_of(project).rglob("*.py")):
            pattern = rf"^(\s*(?:from|import) ){re.escape(old)}(?=[\w.])"
            path.write_text(re.sub(pattern, rf"\g<1>{new}", path.read_text(), flags=re.M))

    return change


def all_of(*changes: Change) -> Change:
    def change(project: Path) -> None:
        for each in changes:
            each(project)

    return change
