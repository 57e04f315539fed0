"""Merge a version of the template into a checkout, and say what came of it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from tools.template.git import git, names
from tools.template.rendering import update

# Of Copier's own markers, so that a document about merging is not taken for a conflict.
MARKER = re.compile(rb"^(<<<<<<< before updating|>>>>>>> after updating)\r?$", re.MULTILINE)


@dataclass(frozen=True)
class Merged:
    """`changed` and `conflicts` are names of files, relative to the checkout."""

    changed: tuple[str, ...]
    conflicts: tuple[str, ...]


def merge(project: Path, checkout: Path, ref: str) -> Merged:
    """Update the project, a folder of a git checkout without changes; all is staged afterwards.

    Copier ends well with conflicts: they are read from the index, from markers and from .rej files.

    Raises:
        NoTemplate: Copier cannot update to it.
    """
    update(project, ref)
    conflicts = set(names(git(checkout, "diff", "--name-only", "--diff-filter=U", "-z")))
    git(checkout, "add", "--all")
    changed = names(git(checkout, "diff", "--cached", "--name-only", "--no-renames", "-z"))
    conflicts |= {name for name in changed if _is_in_conflict(checkout / name)}
    return Merged(tuple(changed), tuple(sorted(conflicts)))


def _is_in_conflict(file: Path) -> bool:
    if file.suffix == ".rej":
        return True
    # Its target need not exist.
    return os.path.isfile(file) and bool(MARKER.search(file.read_bytes()))
