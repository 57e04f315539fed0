"""Changes of a configuration file, in terms of its settings.

`applied` says what each means; the editors of the formats must come to the same values.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

# Keys of tables and indexes of arrays, from the top of the file.
KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Add:
    """Append `item` to the array at `path`; where there is none it is made."""

    path: KeyPath
    item: Any
    after: str | None = None


@dataclass(frozen=True)
class Remove:
    """Remove `item` from the array at `path`; an array left empty goes with its key."""

    path: KeyPath
    item: Any


@dataclass(frozen=True)
class Set:
    """Set the key at `path`; a new one is written behind its neighbour `after`."""

    path: KeyPath
    value: Any
    after: str | None = None


@dataclass(frozen=True)
class Drop:
    """Delete the key at `path`; a table left empty goes too."""

    path: KeyPath


Edit = Add | Remove | Set | Drop


@dataclass(frozen=True)
class Write:
    """Give a file of no particular format another text; `what` says for people what changes."""

    text: str
    what: str


def describe(edit: Edit | Write) -> str:
    """The change for people, without the file."""
    match edit:
        case Write(what=what):
            return what
        case Add(path, item):
            return f"added {_shown(item)} to {dotted(path)}"
        case Remove(path, item):
            return f"removed {_shown(item)} from {dotted(path)}"
        case Set(path, value):
            return f"set {dotted(path)} = {_shown(value)}"
        case Drop(path):
            return f"removed {dotted(path)}"


def dotted(path: KeyPath) -> str:
    """A path as people write it: `rules[0].globs`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def _shown(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list():
            return f"[{', '.join(map(_shown, value))}]"
        case dict():
            items = ", ".join(f"{key} = {_shown(item)}" for key, item in value.items())
            return "{ " + items + " }"
    return str(value)


def simplified(edit: Edit, values: Any) -> Edit:
    """The same change to these values without an Add to nothing or a Remove of the last item.

    A Drop is widened to the outermost table that would be left empty.
    """
    match edit:
        case Add(path, item, after) if not exists(values, path):
            return Set(path, [item], after)
        case Remove(path, item) if look_up(values, path) == [item]:
            return simplified(Drop(path), values)
        case Drop(path) if len(path) > 1 and len(look_up(values, path[:-1])) == 1:
            parent = path[:-1]
            return simplified(Drop(parent), values) if isinstance(parent[-1], str) else edit
    return edit


def changes_nothing(edit: Edit, values: Any) -> bool:
    """Whether the values are already as the edit would make them."""
    match edit:
        case Add(path, item):
            return exists(values, path) and item in look_up(values, path)
        case Remove(path, item):
            return not exists(values, path) or item not in look_up(values, path)
        case Set(path, value):
            return exists(values, path) and bool(look_up(values, path) == value)
        case Drop(path):
            return not exists(values, path)


def applied(edit: Edit, values: Any) -> Any:
    """A copy of the values with a simplified edit made."""
    values = deepcopy(values)
    parent = values
    for key in edit.path[:-1]:
        parent = parent.setdefault(key, {}) if isinstance(parent, dict) else parent[key]
    last = edit.path[-1]
    match edit:
        case Add(item=item):
            parent[last].append(item)
        case Remove(item=item):
            parent[last].remove(item)
        case Set(value=value):
            parent[last] = value
        case Drop():
            del parent[last]
    return values


def look_up(values: Any, path: KeyPath) -> Any:
    """The value at a path. Raises KeyError, IndexError or TypeError where nothing is."""
    for key in path:
        values = values[key]
    return values


def exists(values: Any, path: KeyPath) -> bool:
    try:
        look_up(values, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True
