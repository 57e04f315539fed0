"""The sizes that growth is measured against, in a file that a repository keeps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.preflight.composition import Composition
from tools.runtime import atomic

FILE = "preflight-baseline.json"
VERSION = 1


class InvalidBaseline(Exception):
    """The file cannot be used; the message says why."""


@dataclass(frozen=True)
class Baseline:
    """Uncompressed bytes, of the whole upload and of each group of its composition."""

    total: int
    packages: Mapping[str, int]


def record(root: Path, composition: Composition) -> Path:
    """Write the baseline of the project in `root`; the file.

    One package to a line, in order, so that a change shows as the lines of what changed.

    Raises:
        OSError: it cannot be written, and is as it was.
    """
    document = {
        "version": VERSION,
        "total": composition.total.bytes,
        "packages": {group.name: group.bytes for group in composition.groups},
    }
    file = root / FILE
    atomic.write(file, f"{json.dumps(document, indent=2, sort_keys=True)}\n".encode())
    return file


def read(root: Path) -> Baseline | None:
    """The baseline of the project in `root`, None when it has none.

    Raises:
        InvalidBaseline: the file is not as `record` writes it.
    """
    file = root / FILE
    if not file.is_file():
        return None
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidBaseline(f"it is not valid JSON: {error}") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise InvalidBaseline(f"its version is not {VERSION}")
    total, packages = document.get("total"), document.get("packages")
    if not isinstance(total, int) or not isinstance(packages, dict):
        raise InvalidBaseline("it lacks total or packages")
    if not all(isinstance(size, int) and size >= 0 for size in (total, *packages.values())):
        raise InvalidBaseline("a size is no whole number of bytes")
    return Baseline(total, packages)
