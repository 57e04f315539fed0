"""What the upload is made of, and how large it is."""

import gzip
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tools.preflight.bundle import Bundle
from tools.preflight.wiring import VENDORED


@dataclass(frozen=True)
class Group:
    """A part of the upload, with what its modules hold."""

    name: str
    contents: Sequence[bytes] = field(repr=False)

    @property
    def modules(self) -> int:
        return len(self.contents)

    @cached_property
    def bytes(self) -> int:
        return sum(map(len, self.contents))

    @cached_property
    def gzip_bytes(self) -> int:
        """The size in one gzip stream, at gzip's own level as in wrangler."""
        return len(gzip.compress(b"".join(self.contents), compresslevel=6, mtime=0))


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
        (Group(name, parts) for name, parts in contents.items()),
        key=lambda group: (group.name not in own, -group.bytes, group.name),
    )
    everything = [module.content for module in bundle.upload.modules.values()]
    return Composition(tuple(groups), Group("total", everything))


def group_of(bundle: Bundle, name: str) -> str:
    """The name of the group that a part of the upload belongs to."""
    short = bundle.short(name)
    # A copy by both routes is one group: presence says that it is there twice.
    first = (short or name.removeprefix(f"{VENDORED}/")).partition("/")[0]
    # A package's metadata is a few files of no interest each.
    return "*.dist-info" if first.endswith(".dist-info") else first
