"""What the upload is made of, and how large it is."""

import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tools.preflight.project import PACKAGE
from tools.preflight.strays import VENDORED, is_stray
from tools.runtime.upload import Upload


@dataclass(frozen=True)
class Group:
    """A part of the upload; `gzip_bytes` is its contents in one gzip stream."""

    name: str
    modules: int
    bytes: int
    gzip_bytes: int


@dataclass(frozen=True)
class Composition:
    """The parts of the upload, `src` and the entry first, and the whole.

    The whole compressed is less than the sum of the parts compressed.
    """

    groups: tuple[Group, ...]
    total: Group


def compose(upload: Upload) -> Composition:
    """Take the upload apart: `src`, the entry, each vendored top-level package, strays."""
    contents: defaultdict[str, list[bytes]] = defaultdict(list)
    for name, module in upload.modules.items():
        contents[_group(upload, name)].append(module.content)
    own = [PACKAGE, upload.main_module]
    groups = sorted(
        (_measure(name, parts) for name, parts in contents.items()),
        key=lambda group: (
            own.index(group.name) if group.name in own else len(own),
            -group.bytes,
            group.name,
        ),
    )
    everything = [module.content for module in upload.modules.values()]
    return Composition(tuple(groups), _measure("total", everything))


def _group(upload: Upload, name: str) -> str:
    first, *rest = name.split("/")
    if is_stray(upload, name):
        return f"{first} (stray)"
    if first != VENDORED:
        return first
    # The wheel's copy of src is src; a package's metadata is a few files of no interest each.
    return "*.dist-info" if rest[0].endswith(".dist-info") else rest[0]


def _measure(name: str, contents: Iterable[bytes]) -> Group:
    parts = list(contents)
    whole = b"".join(parts)
    return Group(name, len(parts), len(whole), len(gzip.compress(whole, compresslevel=6, mtime=0)))
