"""Change a wrangler.jsonc where it has to be changed, and leave every other character alone."""

import json
from dataclasses import dataclass, field
from typing import Any

from tools.preflight.repairs.edits import Add, Drop, Edit, KeyPath, Remove, Set, exists, look_up
from tools.runtime.lines import JSON_TOKEN


@dataclass
class Node:
    """A value in the text, from `start` to before `end`; `entries` are an object's or array's."""

    start: int
    end: int = 0
    entries: list["Entry"] = field(default_factory=list)


@dataclass
class Entry:
    """A member of an object or an item of an array; `comma` is where the one behind it stands."""

    key: str | None
    start: int
    value: Node
    comma: int | None = None

    @property
    def end(self) -> int:
        return self.value.end


def edit_json(text: str, edit: Edit, values: Any) -> str:
    """The text with a simplified edit made; `values` are those of the text."""
    root = _scan(text)
    match edit:
        case Add(path, item):
            array = _find(root, path)
            return _insert(text, array, len(array.entries), json.dumps(item))
        case Remove(path, item):
            array = _find(root, path)
            return _cut(text, array, look_up(values, path).index(item))
        case Set(path, value, after):
            while not exists(values, path[:-1]):
                path, value = path[:-1], {path[-1]: value}
            table, name = _find(root, path[:-1]), path[-1]
            keys = [entry.key for entry in table.entries]
            if name in keys:
                old = table.entries[keys.index(str(name))].value
                return text[: old.start] + json.dumps(value) + text[old.end :]
            at = keys.index(after) + 1 if after in keys else len(keys)
            return _insert(text, table, at, f"{json.dumps(name)}: {json.dumps(value)}")
        case Drop(path):
            table = _find(root, path[:-1])
            return _cut(text, table, [entry.key for entry in table.entries].index(str(path[-1])))


def _find(node: Node, path: KeyPath) -> Node:
    for key in path:
        if isinstance(key, int):
            node = node.entries[key].value
        else:
            node = node.entries[[entry.key for entry in node.entries].index(key)].value
    return node


def _scan(text: str) -> Node:
    """The tree of a text that is known to be valid."""
    root = Node(0)
    open_nodes = [root]
    name: tuple[str, int] | None = None
    for token in JSON_TOKEN.finditer(text):
        inside = open_nodes[-1]
        if token["comment"]:
            continue
        if token["mark"] in ("}", "]"):
            inside.end = token.end()
            open_nodes.pop()
        elif token["mark"] == ",":
            inside.entries[-1].comma = token.start()
        elif token["mark"] == ":":
            # What came before it was no value but the key of one.
            key = inside.entries.pop()
            name = (_unquoted(text[key.start : key.end]), key.start)
        else:
            node = Node(token.start(), token.end())
            key_text, start = name or (None, token.start())
            inside.entries.append(Entry(key_text, start, node))
            name = None
            if token["mark"]:
                open_nodes.append(node)
    return root.entries[0].value


def _unquoted(key: str) -> str:
    return str(json.loads(key)) if key[0] == '"' else key.strip("'")


def _insert(text: str, node: Node, at: int, new: str) -> str:
    """The text with an entry more, written as its neighbour is: on a line of its own or not."""
    if not node.entries:
        return text[: node.start + 1] + new + text[node.start + 1 :]
    if at == 0:
        first = node.entries[0]
        return text[: first.start] + f"{new},{_gap(text, node, first)}" + text[first.start :]
    before = node.entries[at - 1]
    gap = _gap(text, node, before)
    if before.comma is None:
        text = text[: before.end] + "," + text[before.end :]
        behind = before.end + 1
    else:
        behind = before.comma + 1
        new += ","
    if "\n" in gap:
        # A comment behind the neighbour stays on its line.
        behind = _end_of_comment(text, behind)
    return text[:behind] + gap + new + text[behind:]


def _gap(text: str, node: Node, entry: Entry) -> str:
    """What goes between two entries: a new line with the entry's indent, or a space."""
    line = text.rfind("\n", node.start, entry.start)
    if line < 0:
        return " "
    before = text[line + 1 : entry.start]
    return f"\n{before[: len(before) - len(before.lstrip())]}"


def _cut(text: str, node: Node, at: int) -> str:
    """The text with an entry less; a line that held nothing else goes with it."""
    entry = node.entries[at]
    is_last = at == len(node.entries) - 1
    start, end = entry.start, entry.end if entry.comma is None else entry.comma + 1
    line = text.rfind("\n", 0, start) + 1
    after = _end_of_comment(text, end)
    if not text[line:start].strip() and text[after : after + 1] == "\n":
        start, end = line, after + 1
    elif text[end : end + 1] == " " and not is_last:
        end += 1
    elif is_last and at > 0 and not text[node.entries[at - 1].end : start].strip(", \t"):
        # On one line: the space between it and its neighbour goes too.
        start = node.entries[at - 1].end + (node.entries[at - 1].comma is not None)
    rest = text[end:]
    if is_last and at > 0 and entry.comma is None:
        comma = node.entries[at - 1].comma
        if comma is not None:
            return text[:comma] + text[comma + 1 : start] + rest
    return text[:start] + rest


def _end_of_comment(text: str, at: int) -> int:
    """Where the line ends if nothing but comments follows on it, or else `at`."""
    end = at
    while True:
        blank = len(text) - len(text[end:].lstrip(" \t"))
        comment = JSON_TOKEN.match(text, blank)
        if comment and comment["comment"] and "\n" not in comment[0]:
            end = comment.end()
        else:
            return blank if text[blank : blank + 1] == "\n" else at
