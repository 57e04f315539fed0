"""Bring a file of the template back, as the recorded version has it."""

import shutil
import stat
from pathlib import Path

from tools.runtime import atomic
from tools.template.errors import NotPossible

# What was replaced lies here until the folder is cleaned.
REPLACED = Path("build/replaced")


def restore(project: Path, rendered: Path, name: str) -> Path | None:
    """Make the file what it is in the render; where the replaced one is kept, if there was one.

    Raises:
        NotPossible: the file or its folder cannot be written; then nothing was changed.
    """
    target, original = project / name, rendered / name
    if target.is_dir():
        raise NotPossible(f"{target} is a folder, and a file in the template. Move it elsewhere.")
    try:
        # For root every file is writable; whoever made it read-only meant it.
        if target.exists() and not target.stat().st_mode & stat.S_IWUSR:
            raise NotPossible(f"{target} is read-only, so it was not restored. Allow writing it.")
        kept = _keep(project, name) if target.exists() else None
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(original.stat().st_mode)
        atomic.write(target, original.read_bytes(), mode=mode)
    except OSError as error:
        raise NotPossible(
            f"{name} was not restored: {error.filename or target}: {error.strerror}."
        ) from None
    return kept


def _keep(project: Path, name: str) -> Path:
    kept = project / REPLACED / name
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(project / name, kept)
    return kept
