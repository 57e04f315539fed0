"""Change a TOML file where it has to be changed.

tomlkit changes what is written inside a line or an array. Tables and new keys are written by line:
tomlkit would put them behind the comments that belong to the next table, and delete those
comments with the table before them.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import tomlkit
import tomlkit.items

from tools.preflight.repairs.edits import Add, Drop, Edit, KeyPath, Remove, Set, exists, look_up

# Characters of an array that still goes on one line.
LONG = 80


@dataclass(frozen=True)
class Block:
    """A table in the text: its lines from the header to the last setting, comments inside.

    The lines before the first header are a block without path. `end` is the line behind the last.
    """

    path: tuple[str, ...]
    start: int
    end: int


def edit_toml(text: str, edit: Edit, values: Any) -> str:
    """The text with a simplified edit made; `values` are those of the text."""
    if not text.endswith("\n"):
        return edit_toml(f"{text}\n", edit, values).removesuffix("\n")
    lines = re.findall(r".*\n", text)
    blocks = list(_blocks(lines))
    match edit:
        case Add(path, dict() as item) if headers := [
            block for block in blocks if block.path == path
        ]:
            return _inserted(lines, headers[-1].end, _table(f"[[{_joined(path)}]]", item))
        case Set(path, [dict() as item]) if not exists(values, path):
            end = _end_of_relatives(blocks, path, len(lines))
            return _inserted(lines, end, _table(f"[[{_joined(path)}]]", item))
        case Set(path, value, after) if not exists(values, path):
            return _with_new_key(lines, blocks, path, value, after, values)
        case Remove(path, item) if headers := [block for block in blocks if block.path == path]:
            return _without_item(lines, blocks, headers[look_up(values, path).index(item)])
        case Drop(path) if any(_is_below(block, path) for block in blocks):
            return _without(lines, [block for block in blocks if _is_below(block, path)])
    return _edited_by_tomlkit(text, edit, values)


def _edited_by_tomlkit(text: str, edit: Edit, values: Any) -> str:
    document = tomlkit.parse(text)
    parent: Any = look_up(document, edit.path[:-1])
    last = edit.path[-1]
    match edit:
        case Add(item=dict() as item):
            table = tomlkit.inline_table()
            table.update(item)
            parent[last].append(table)
        case Add(item=item):
            parent[last].append(item)
        case Remove(path, item):
            del parent[last][look_up(values, path).index(item)]
        case Set(value=value):
            parent[last] = value
        case Drop():
            del parent[last]
    return tomlkit.dumps(document)


def _with_new_key(
    lines: list[str],
    blocks: list[Block],
    path: KeyPath,
    value: Any,
    after: str | None,
    values: Any,
) -> str:
    table = path[:-1]
    written = f"{tomlkit.key(str(path[-1])).as_string()} = {_value(value)}\n"
    block = next((block for block in blocks if block.path == table), None)
    if block is None:
        if exists(values, table):
            # An inline table, or one of dotted keys.
            return _edited_by_tomlkit("".join(lines), Set(path, value), values)
        end = _end_of_relatives(blocks, table, len(lines))
        return _inserted(lines, end, [f"[{_joined(table)}]\n", written])
    for number in range(block.start, block.end):
        if after and re.match(rf"\s*{re.escape(after)}\s*=", lines[number]):
            indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
            return "".join([*lines[: number + 1], indent + written, *lines[number + 1 :]])
    return "".join([*lines[: block.end], written, *lines[block.end :]])


def _blocks(lines: list[str]) -> Iterator[Block]:
    """All tables, in order.

    Headers are looked for by line, and a text or an array may hold what looks like one; so whoever
    edits by blocks compares the values afterwards.
    """
    headers = [(0, ())] + [(at, path) for at, line in enumerate(lines) if (path := _header(line))]
    ends = [at for at, _ in headers[1:]] + [len(lines)]
    for (start, path), end in zip(headers, ends, strict=True):
        while end > start and re.match(r"\s*(#.*)?$", lines[end - 1]):
            end -= 1
        yield Block(path, start, end)


def _header(line: str) -> tuple[str, ...]:
    """The path in a line that opens a table, empty for any other line."""
    if not line.lstrip().startswith("["):
        return ()
    try:
        values: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    path = []
    while isinstance(values, dict) and values:
        ((key, values),) = values.items()
        path.append(key)
    return tuple(path)


def _is_below(block: Block, path: KeyPath) -> bool:
    return bool(block.path) and block.path[: len(path)] == path


def _end_of_relatives(blocks: list[Block], path: KeyPath, end: int) -> int:
    """The line behind the last table with the same parent, or else the end of the file."""
    if len(path) < 2:
        return end
    return max((block.end for block in blocks if _is_below(block, path[:-1])), default=end)


def _inserted(lines: list[str], at: int, new: list[str]) -> str:
    before, behind = lines[:at], lines[at:]
    return "".join([*before, *(["\n"] if before and before[-1].strip() else []), *new, *behind])


def _without_item(lines: list[str], blocks: list[Block], item: Block) -> str:
    """Without one table of an array, and the tables inside it."""
    gone = [item]
    for block in blocks[blocks.index(item) + 1 :]:
        if not _is_below(block, item.path) or block.path == item.path:
            break
        gone.append(block)
    return _without(lines, gone)


def _without(lines: list[str], gone: list[Block]) -> str:
    kept = list(lines)
    for block in reversed(gone):
        start, end = block.start, block.end
        # Of the blank lines around it one side is enough, and none at the end of the file.
        while (
            end < len(kept) and _is_blank(kept, end) and (start == 0 or _is_blank(kept, start - 1))
        ):
            end += 1
        while end == len(kept) and start > 0 and _is_blank(kept, start - 1):
            start -= 1
        del kept[start:end]
    return "".join(kept)


def _is_blank(lines: list[str], at: int) -> bool:
    return not lines[at].strip()


def _joined(path: KeyPath) -> str:
    return ".".join(tomlkit.key(str(key)).as_string() for key in path)


def _value(value: Any) -> str:
    """A value as people write it: on one line, but a long array."""
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update(value)
        return str(table.as_string())
    item = tomlkit.item(value)
    if isinstance(item, tomlkit.items.Array) and len(item.as_string()) > LONG:
        item.multiline(True)
    return str(item.as_string())


def _table(header: str, item: dict[str, Any]) -> list[str]:
    settings = (
        f"{tomlkit.key(key).as_string()} = {_value(value)}\n" for key, value in item.items()
    )
    return [f"{header}\n", *settings]
