"""What the upload is made of, and how large it is."""

import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tools.preflight.bundle import Bundle
from tools.preflight.wiring import VENDORED


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


def compose(bundle: Bundle) -> Composition:
    """Take the upload apart: the service's top-level names first, then each vendored package."""
    contents: defaultdict[str, list[bytes]] = defaultdict(list)
    for name, module in bundle.upload.modules.items():
        contents[group_of(bundle, name)].append(module.content)
    own = {name.partition("/")[0] for name in map(bundle.short, bundle.upload.modules) if name}
    groups = sorted(
        (_measure(name, parts) for name, parts in contents.items()),
        key=lambda group: (group.name not in own, -group.bytes, group.name),
    )
    everything = [module.content for module in bundle.upload.modules.values()]
    return Composition(tuple(groups), _measure("total", everything))


def group_of(bundle: Bundle, name: str) -> str:
    """The name of the group that a part of the upload belongs to."""
    short = bundle.short(name)
    # A copy by both routes is one group: presence says that it is there twice.
    first = (short or name.removeprefix(f"{VENDORED}/")).partition("/")[0]
    # A package's metadata is a few files of no interest each.
    return "*.dist-info" if first.endswith(".dist-info") else first


def _measure(name: str, contents: Iterable[bytes]) -> Group:
    parts = list(contents)
    whole = b"".join(parts)
    return Group(name, len(parts), len(whole), len(gzip.compress(whole, compresslevel=6, mtime=0)))
