"""The shape of configuration files, given by an example of what they hold."""

import json
import re
import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

KINDS = {str: "a text", bool: "true or false", dict: "a table"}


@dataclass(frozen=True)
class Misfit:
    """A value that is not of its example's kind; `keys` lead to it, less indexes of arrays."""

    keys: tuple[str, ...]
    value: object
    examples: tuple[Any, ...]

    @property
    def cause(self) -> str:
        kinds = " or ".join(map(_kind, self.examples))
        return f"{'.'.join(self.keys)} = {reprlib.repr(self.value)} is not {kinds}."

    def fix(self, *, in_toml: bool) -> str:
        """What to write instead."""
        key, example = self.keys[-1], json.dumps(_plain(self.examples[0]))
        if not in_toml:
            return f'Write it like "{key}": {example}.'
        return f"Write it like {key} = " + re.sub(r'"([\w-]+)": ', r"\1 = ", example) + "."


def misfits(
    values: Mapping[str, Any], example: Mapping[str, Any], keys: tuple[str, ...] = ()
) -> Iterator[Misfit]:
    """The values that are there and of another kind than in the example.

    A tuple in the example holds alternatives.
    """
    for key, expected in example.items():
        if key in values:
            yield from _compare(values[key], expected, (*keys, key))


def _compare(value: object, expected: Any, keys: tuple[str, ...]) -> Iterator[Misfit]:
    examples = expected if isinstance(expected, tuple) else (expected,)
    example = next((one for one in examples if _fits(value, one)), None)
    if example is None:
        yield Misfit(keys, value, examples)
    elif isinstance(value, dict):
        yield from misfits(value, example, keys)
    elif isinstance(value, list) and isinstance(example[0], dict):
        for table in value:
            yield from misfits(table, example[0], keys)


def _fits(value: object, example: Any) -> bool:
    if isinstance(example, list):
        return isinstance(value, list) and all(isinstance(one, type(example[0])) for one in value)
    return isinstance(value, type(example))


def _plain(example: Any) -> Any:
    """The example with the first of each alternatives."""
    match example:
        case tuple():
            return _plain(example[0])
        case dict():
            return {key: _plain(value) for key, value in example.items()}
        case list():
            return [_plain(value) for value in example]
    return example


def _kind(example: Any) -> str:
    if isinstance(example, list):
        return f"an array of {KINDS[type(example[0])].removeprefix('a ')}s"
    return KINDS[type(example)]
