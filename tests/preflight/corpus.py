"""The shape of a planted fault, and what the families' modules have in common."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from projects import Answers

Edit = Callable[[Path], None]

# For a fault about vendored packages; the other style has few, and is faster to look at.
WITH_LIBRARIES: Answers = {"api_style": "fastapi"}


@dataclass(frozen=True)
class Report:
    """A finding that a fault must give: `line` is a text of the line, None when it has no line."""

    code: str
    path: str
    line: str | None = None


@dataclass(frozen=True)
class Fault:
    """A small change that breaks a rendered project.

    `does` is one sentence for people: what somebody did. `follow` does what the finding's fix
    says, after which nothing must be found; it is None where the fix is a decision. `answers` are
    those that the fault cannot do without. `body` is a file that `plant` writes, to be checked
    instead of what wrangler would upload.
    """

    name: str
    does: str
    plant: Edit
    reports: tuple[Report, ...]
    follow: Edit | None = None
    answers: Answers = field(default_factory=dict)
    body: str | None = None


def write(name: str, text: str | bytes) -> Edit:
    """An edit that writes a file, with its folders."""

    def edit(project: Path) -> None:
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    return edit


def replace(name: str, old: str, new: str) -> Edit:
    """An edit that replaces a text that must be there, once."""

    def edit(project: Path) -> None:
        file = project / name
        text = file.read_text()
        assert old in text, f"{file} holds no {old!r}"
        file.write_text(text.replace(old, new, 1))

    return edit


def append(name: str, text: str) -> Edit:
    """An edit that adds lines to the end of a file."""

    def edit(project: Path) -> None:
        file = project / name
        file.write_text(file.read_text() + text)

    return edit


def prepend(name: str, text: str) -> Edit:
    """An edit that adds lines to the beginning of a file."""

    def edit(project: Path) -> None:
        file = project / name
        file.write_text(text + file.read_text())

    return edit


def delete(name: str) -> Edit:
    """An edit that deletes a file."""
    return lambda project: (project / name).unlink()


def both(*edits: Edit) -> Edit:
    """An edit that does several."""

    def edit(project: Path) -> None:
        for one in edits:
            one(project)

    return edit


def line_of(project: Path, path: str, line: int | None) -> str | None:
    """The text of a line of a file of the project."""
    if line is None:
        return None
    return (project / path).read_text(errors="replace").splitlines()[line - 1]
