"""A configuration file, what it should become, and the way back to the disk."""

import difflib
import os
import re
import stat
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyjson5
import tomlkit.exceptions

from tools.preflight.repairs.edits import Edit, Write, applied, changes_nothing, simplified
from tools.preflight.repairs.json_text import edit_json
from tools.preflight.repairs.toml_text import edit_toml

BOM = "\ufeff"


class NotRepaired(Exception):
    """A repair is not safe; the message says why."""


class CannotWrite(Exception):
    """A file cannot be written, so none was; the message says why."""


@dataclass(frozen=True)
class Draft:
    """A file as it was read, and its text with the edits made so far, whose lines end in LF."""

    file: Path
    before: str
    text: str

    @classmethod
    def of(cls, file: Path) -> "Draft":
        """The file as it is. Raises OSError or UnicodeDecodeError when it cannot be read."""
        before = file.read_bytes().decode()
        return cls(file, before, _plain(before))

    @property
    def is_changed(self) -> bool:
        return self.text != _plain(self.before)

    @cached_property
    def values(self) -> Any:
        return self._parse(self.text)

    def edited(self, edit: Edit | Write) -> "Draft":
        """The draft with an edit more, or the same one when it changes nothing.

        Raises:
            NotRepaired: the text is written in a way that the edit would damage.
        """
        if isinstance(edit, Write):
            return self if edit.text == self.text else replace(self, text=edit.text)
        if changes_nothing(edit, self.values):
            return self
        edit = simplified(edit, self.values)
        change = edit_toml if self.file.suffix == ".toml" else edit_json
        try:
            text = change(self.text, edit, self.values)
            # The editors work on text: this is what makes them safe.
            same = self._parse(text) == applied(edit, self.values)
        except (ValueError, LookupError, TypeError, tomlkit.exceptions.TOMLKitError):
            same = False
        if not same:
            raise NotRepaired(f"{self.file.name} is written in a way that only a person can edit")
        return replace(self, text=text)

    def _parse(self, text: str) -> Any:
        return tomllib.loads(text) if self.file.suffix == ".toml" else pyjson5.decode(text)

    def diff(self, name: str) -> Sequence[str]:
        """What the edits changed, as a unified diff under this name."""
        before, after = _plain(self.before).splitlines(), self.text.splitlines()
        return list(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm=""))


def write(drafts: Sequence[Draft]) -> None:
    """Replace the files by their drafts: all of them, or none.

    Raises:
        CannotWrite: one of them or its folder is read-only, or the disk is full.
    """
    ready: list[tuple[str, Path]] = []
    done: list[str] = []
    try:
        for draft in drafts:
            # What a link leads to is replaced, not the link.
            file = draft.file.resolve()
            mode = stat.S_IMODE(file.stat().st_mode)
            # For root every file is writable; whoever made it read-only meant it.
            if not mode & stat.S_IWUSR or not os.access(file, os.W_OK):
                raise CannotWrite(f"{draft.file} is read-only, so nothing was written.")
            descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
            ready.append((name, file))
            with open(descriptor, "wb") as new:
                new.write(_as_before(draft.before, draft.text).encode())
            os.chmod(name, mode)
        while ready:
            os.replace(*ready[0])
            done.append(ready.pop(0)[1].name)
    except OSError as error:
        outcome = f"Only {', '.join(done)} was written." if done else "Nothing was written."
        # Of a disk that is full no file is named.
        file = error.filename or draft.file
        raise CannotWrite(f"{file}: {error.strerror}. {outcome}") from None
    finally:
        for name, _ in ready:
            os.unlink(name)


def _plain(text: str) -> str:
    return text.removeprefix(BOM).replace("\r\n", "\n")


def _as_before(old: str, new: str) -> str:
    """The new text, in which each line that was there before ends as it did."""
    mark = BOM if old.startswith(BOM) else ""
    lines = re.split(r"(?<=\n)", old.removeprefix(BOM))
    usual = "\r\n" if old.count("\r\n") * 2 > old.count("\n") else "\n"
    changed = re.split(r"(?<=\n)", new)
    match = difflib.SequenceMatcher(None, [_plain(line) for line in lines], changed, autojunk=False)
    result = [mark]
    for kind, start, end, new_start, new_end in match.get_opcodes():
        if kind == "equal":
            result += lines[start:end]
        else:
            result += [line.replace("\n", usual) for line in changed[new_start:new_end]]
    return "".join(result)
