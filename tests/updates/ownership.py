"""Whose a file of a project is: the table of docs/updating.md."""

import re
from pathlib import Path

from projects import ROOT

UPDATING = ROOT / "docs/updating.md"


def table(text: str) -> dict[str, tuple[str, ...]]:
    """The owners and what is theirs: files, and folders with a slash at the end."""
    _, _, rows = text.partition("\n| whose | files |")
    owned = {}
    for row in rows.split("\n\n")[0].splitlines()[2:]:
        owner, files, _ = row.strip("| ").split(" | ")
        owned[owner.strip()] = tuple(re.findall(r"`([^`]+)`", files))
    return owned


OWNED = table(UPDATING.read_text())
YOURS = OWNED["yours"]
TEMPLATES = OWNED["the template's"]


def within(name: str, owned: tuple[str, ...]) -> bool:
    """Whether a file is one of these, or in one of these folders."""
    return any(name == each or (each.endswith("/") and name.startswith(each)) for each in owned)


def files_of(project: Path, owned: tuple[str, ...], *, less: tuple[str, ...] = ()) -> list[str]:
    """The files of a project that are named here, in order."""
    names = (file.relative_to(project).as_posix() for file in project.rglob("*") if file.is_file())
    return sorted(name for name in names if within(name, owned) and not within(name, less))
