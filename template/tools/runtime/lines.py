"""Which line of a configuration file sets what: parsers of TOML and JSON do not tell."""

import re
from collections.abc import Iterator

_TOML_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n]*)
    | (?P<text>"{3}(?:\\.|.)*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    | (?P<mark>[{}\[\]=,\n])
    | (?P<word>[^\s{}\[\]=,."'\#]+)
    """,
    re.VERBOSE | re.DOTALL,
)


def toml_lines(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each key and table of valid TOML with its line; indexes of arrays are no part of a path."""
    table: tuple[str, ...] = ()
    # The path of the value that is being read, None while a key or a header is.
    value: tuple[str, ...] | None = None
    # The arrays and inline tables that it lies in, each with whether it is a table.
    outer: list[tuple[tuple[str, ...], bool]] = []
    keys: list[str] = []
    for token in _TOML_TOKEN.finditer(text):
        line = text.count("\n", 0, token.start()) + 1
        match token["mark"]:
            case None if value is None and not token["comment"]:
                keys.append(token["word"] or token["text"][1:-1])
            case "=":
                value = (*(outer[-1][0] if outer else table), *keys)
                keys.clear()
                yield line, value
            case "[" | "{" if value is not None:
                outer.append((value, token["mark"] == "{"))
                value = None if token["mark"] == "{" else value
            case "]" | "}" if outer:
                value = outer.pop()[0]
            case "]" if keys:
                table = tuple(keys)
                keys.clear()
                yield line, table
            case "," if outer and outer[-1][1]:
                value = None
            case "\n" if not outer:
                value = None


JSON_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    | (?P<mark>[{}\[\]:,])
    | (?P<word>[^\s{}\[\]:,"'/]+)
    """,
    re.VERBOSE | re.DOTALL,
)


def json_lines(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each key with the path to it; indexes of arrays are no part of a path."""
    import pyjson5

    path: list[str | None] = []
    name: str | None = None
    for token in JSON_TOKEN.finditer(text):
        if token["text"]:
            name = pyjson5.decode(token["text"])
        elif token["word"]:
            name = token["word"]
        elif token["mark"] == ":" and path and name is not None:
            path[-1] = name
            line = text.count("\n", 0, token.start()) + 1
            yield line, tuple(key for key in path if key is not None)
        elif token["mark"] in ("{", "["):
            path.append(None)
        elif token["mark"] in ("}", "]") and path:
            path.pop()
