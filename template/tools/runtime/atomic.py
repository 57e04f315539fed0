"""Files that are written whole or not at all, whatever happens meanwhile."""

import os
import stat
import tempfile
from pathlib import Path


def write(file: Path, content: bytes, *, mode: int | None = None) -> None:
    """Replace a file, or make it; it keeps its permissions unless others are given.

    Raises:
        OSError: it cannot be written, and is as it was.
    """
    if mode is None and file.exists():
        mode = stat.S_IMODE(file.stat().st_mode)
    descriptor, new = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with open(descriptor, "wb") as unfinished:
            unfinished.write(content)
        os.chmod(new, 0o666 & ~_umask() if mode is None else mode)
        os.replace(new, file)
    except BaseException:
        os.unlink(new)
        raise


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
