"""The cache that all projects of one user share: what is fetched or built once per machine.

An entry is a folder that never changes once it has its name. It is built in a temporary folder
beside it and then renamed, under a lock that the kernel releases when its holder dies, so a
reader never meets half an entry, whatever was killed. Its key is a digest of all that went into
it, so an entry is never stale; the worst that deleting one costs is the time to build it again.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import FileLock

# Bytes: some ten sets of Node packages, vendored wheels and snapshots.
LIMIT = 5 << 30
# Of Node's own, which grows with each folder that a wrangler was started from.
COMPILED_LIMIT = 300 << 20
IN_USE_SECONDS = 3600
COMPILED = "node-compile-cache"
# Says of a folder that it is a copy on its way to its place.
REMAINS = ".gitignore"


def root() -> Path:
    """The folder of the cache, which `XDG_CACHE_HOME` moves."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "layered-workers"


def digest(*parts: str | bytes | Path) -> str:
    """A key for what was made of `parts`; of a path the file's content counts."""
    sha = hashlib.sha256()
    for part in parts:
        match part:
            case Path():
                content = part.read_bytes()
            case str():
                content = part.encode()
            case bytes():
                content = part
        sha.update(len(content).to_bytes(8, "big"))
        sha.update(content)
    return sha.hexdigest()[:32]


def entry(kind: str, key: str, build: Callable[[Path], None]) -> Path:
    """The folder `kind/key`; when it is missing, `build` fills an empty folder for it."""
    target = root() / kind / key
    if not target.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        with _lock(target):
            if not target.is_dir():
                _build(target, build)
    # The time of the last use decides what goes first when the cache is trimmed.
    os.utime(target)
    return target


def remove(folder: Path) -> None:
    """Delete the entry in `folder`, unless somebody else just did."""
    with _lock(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _lock(target: Path) -> "FileLock":
    # Imported here: a start that finds all it needs takes no lock.
    from filelock import FileLock

    return FileLock(f"{target}.lock")


def _build(target: Path, build: Callable[[Path], None]) -> None:
    # The lock is held, so whatever an earlier build of this entry left is nobody's.
    for remains in target.parent.glob(f"{target.name}.new-*"):
        shutil.rmtree(remains)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{target.name}.new-", dir=target.parent))
    try:
        build(unfinished)
        unfinished.rename(target)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def trim(limit: int) -> None:
    """Delete the entries used longest ago until the rest has at most `limit` bytes.

    What was used within the hour stays: somebody may be reading it.
    """
    compiled = root() / COMPILED
    if _size(compiled) > COMPILED_LIMIT:
        shutil.rmtree(compiled, ignore_errors=True)
    entries = [path for path in root().glob("*/*") if len(path.name) == 32 and path.is_dir()]
    total = sum(map(_size, entries))
    for entry in sorted(entries, key=lambda path: path.stat().st_mtime):
        if total <= limit or time.time() - entry.stat().st_mtime < IN_USE_SECONDS:
            return
        total -= _size(entry)
        remove(entry)


def sizes() -> dict[str, int]:
    """Bytes on disk by kind of entry."""
    if not root().is_dir():
        return {}
    return {kind.name: _size(kind) for kind in sorted(root().iterdir())}


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def clear() -> None:
    """Delete the whole cache."""
    shutil.rmtree(root(), ignore_errors=True)


def replace_tree(source: Path, destination: Path) -> None:
    """Make `destination` a copy of `source`; a reader sees the old tree or the new one."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    locks = root() / "trees"
    locks.mkdir(parents=True, exist_ok=True)
    with _lock(locks / digest(str(destination.absolute()))):
        _replace_tree(source, destination)


def _replace_tree(source: Path, destination: Path) -> None:
    prefix = f".{destination.name}-"
    # The lock is held, so whatever an earlier copy left is nobody's.
    for remains in destination.parent.glob(f"{prefix}*/{REMAINS}"):
        shutil.rmtree(remains.parent)
    new = Path(tempfile.mkdtemp(prefix=prefix, dir=destination.parent))
    try:
        # Should this be killed, git does not see what it leaves.
        (new / REMAINS).write_text("*\n")
        shutil.copytree(source, new / "tree", symlinks=True)
        if destination.is_symlink():
            destination.unlink()
        elif destination.exists():
            destination.rename(new / "old")
        (new / "tree").rename(destination)
    finally:
        shutil.rmtree(new, ignore_errors=True)
