"""What of the template's files was changed or lost in the project."""

import difflib
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tools.template.ownership import is_templates

Kind = Literal["changed", "deleted", "mode", "line ends"]


@dataclass(frozen=True)
class Drift:
    """A file of the template that is not as it was rendered; the diff goes from there to here."""

    name: str
    kind: Kind
    diff: Sequence[str] = ()


def files(rendered: Path) -> list[str]:
    """The names of the template's own files in a render."""
    names = (
        path.relative_to(rendered).as_posix() for path in rendered.rglob("*") if path.is_file()
    )
    return sorted(filter(is_templates, names))


def drifts(project: Path, rendered: Path, names: Sequence[str]) -> Iterator[Drift]:
    """How these files of the project differ from the render."""
    for name in names:
        if drift := _drift(name, project / name, rendered / name):
            yield drift


def _drift(name: str, mine: Path, theirs: Path) -> Drift | None:
    if not mine.is_file():
        return Drift(name, "deleted", difference(name, theirs.read_bytes(), None))
    old, new = theirs.read_bytes(), mine.read_bytes()
    if old == new:
        is_program, was_program = _is_program(mine), _is_program(theirs)
        if is_program == was_program:
            return None
        words = {True: "a program", False: "no program"}
        line = f"{name} is {words[is_program]}; the template has it as {words[was_program]}"
        return Drift(name, "mode", [line])
    if old.replace(b"\r\n", b"\n") == new.replace(b"\r\n", b"\n"):
        return Drift(name, "line ends", [f"{name} differs from the template in its line ends only"])
    return Drift(name, "changed", difference(name, old, new))


def _is_program(file: Path) -> bool:
    return bool(file.stat().st_mode & stat.S_IXUSR)


def difference(name: str, old: bytes, new: bytes | None) -> list[str]:
    """A unified diff; without new content the file is gone."""
    try:
        before = old.decode().splitlines()
        after = [] if new is None else new.decode().splitlines()
    except UnicodeDecodeError:
        return [f"{name}: the contents differ, and are no text"]
    target = "/dev/null" if new is None else f"b/{name}"
    return list(difflib.unified_diff(before, after, f"a/{name}", target, lineterm=""))
