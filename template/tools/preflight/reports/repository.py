"""Paths as GitHub wants them: from the top of the repository, which a project need not be."""

import os
import posixpath
from pathlib import Path

from tools.preflight.inspection import Inspection


def top_of(root: Path) -> Path:
    """The folder of the repository that the project lies in; the project when there is none."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)


def path_in_repository(inspection: Inspection, path: str) -> str:
    """The path of a finding from the top of the repository.

    Names of an upload's parts that lead out of the repository are taken as names within it.
    """
    top = top_of(inspection.root)
    relative = Path(os.path.relpath(inspection.root / path, top)).as_posix()
    if relative.startswith("../") or posixpath.isabs(relative):
        return posixpath.normpath(f"/{path}").lstrip("/")
    return relative
