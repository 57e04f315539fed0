"""What an update did to a project, judged line by line."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from updates.ownership import YOURS, within

Tree = Mapping[str, bytes]
MARKERS = (b"<<<<<<< before updating", b">>>>>>> after updating")


@dataclass(frozen=True)
class Update:
    """The files of a project around an update, and what git says of them afterwards.

    `old` and `new` are untouched renders of the two versions with the user's answers, the new
    ones where they changed any; `mine` is what the user had committed.
    """

    old: Tree
    mine: Tree
    new: Tree
    after: Tree
    unmerged: frozenset[str]

    def written(self, name: str) -> Counter[bytes]:
        """The lines of a file that the user wrote."""
        return lines(self.mine, name) - lines(self.old, name)

    def lost(self) -> list[str]:
        """The user's lines that are not in their file any more."""
        return [
            f"{name}: {line!r}"
            for name in self.mine
            for line in self.written(name) - lines(self.after, name)
        ]

    def faults(self) -> list[str]:
        """All that is wrong with the update; empty for a good one."""
        names = self.old.keys() | self.mine.keys() | self.new.keys() | self.after.keys()
        found = [f"{name}: {fault}" for name in sorted(names) for fault in self._faults_of(name)]
        return [*(f"{line} is lost" for line in self.lost()), *found]

    def _faults_of(self, name: str) -> list[str]:
        old, mine, new, after = (
            tree.get(name) for tree in (self.old, self.mine, self.new, self.after)
        )
        found = []
        if (name in self.unmerged) != marked(after):
            found.append("unmerged without markers, or marked and not unmerged")
        if name.endswith(".rej"):
            found.append("left behind")
        if within(name, YOURS):
            if after != mine:
                found.append("is the user's and was changed")
        elif mine == old:
            if after != new:
                found.append("the user did not touch it, and it is not as a new project has it")
        elif mine is None:
            if after is not None:
                found.append("was deleted and came back")
        elif name not in self.new and old is None:
            if after != mine:
                found.append("was added by the user and was changed")
        else:
            missing = lines(self.new, name) - lines(self.old, name) - lines(self.after, name)
            found.extend(f"{line!r} of the new version did not arrive" for line in missing)
            if name not in self.unmerged:
                taken_out = lines(self.old, name) - lines(self.mine, name)
                added = lines(self.new, name) - lines(self.old, name)
                back = lines(self.after, name) - lines(self.mine, name) - added
                found.extend(f"{line!r} was taken out and came back" for line in taken_out & back)
        return found


def lines(tree: Tree, name: str) -> Counter[bytes]:
    """The lines of a file, none when there is no such file."""
    content = tree.get(name, b"")
    return Counter(content.removesuffix(b"\n").split(b"\n") if content else [])


def marked(content: bytes | None) -> bool:
    """Whether a file holds the marks of a conflict."""
    return any(line.rstrip() in MARKERS for line in (content or b"").split(b"\n"))
