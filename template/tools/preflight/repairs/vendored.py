"""`exclude` of `[python_modules]` that leaves out what the Worker needs."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.preflight.finding import Finding
from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Edit, Remove, exists, look_up
from tools.preflight.repairs.subject import Subject

SDK_PTH = "_workers_sdk_patch_loader.pth"


def keep_sdk_pth(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    yield from _include(subject, [SDK_PTH])


def keep_imported(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    path = finding.target.replace(".", "/")
    yield from _include(subject, [f"{path}.py", f"{path}/__init__.py"])


def _include(subject: Subject, names: list[str]) -> Iterator[tuple[Draft, Edit]]:
    """Upload the first of these vendored files that is there, if a single pattern leaves it out."""
    folder: Path = subject.wiring.project.python_modules
    exclude = subject.key("python_modules", "exclude")
    name = next((name for name in names if (folder / name).is_file()), None)
    if name is None or not exists(subject.config.values, exclude):
        return
    patterns = [
        pattern
        for pattern in look_up(subject.config.values, exclude)
        if _regex(pattern).match(name)
    ]
    if len(patterns) > 1:
        raise NotRepaired(f"{len(patterns)} patterns leave out {name}: {', '.join(patterns)}")
    for pattern in patterns:
        yield subject.config, Remove(exclude, pattern)


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    """A glob as wrangler reads it: `glob-to-regexp` with its option `globstar`.

    Nothing but `*` is special, and `**` goes through folders only where it stands for whole ones.
    """
    pieces = re.finditer(
        r"(?P<folders>(?:^|(?<=/))\*\*+(?:/|$))|(?P<stars>\*+)|(?P<text>[^*]+)", pattern
    )
    written = {"folders": r"(?:[^/]*(?:/|$))*", "stars": "[^/]*"}
    return re.compile(
        "".join(written.get(str(piece.lastgroup), re.escape(piece[0])) for piece in pieces) + r"\Z"
    )
