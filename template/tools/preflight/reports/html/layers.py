"""Which of the service's own packages import which: the layers as they are, not as declared."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from posixpath import commonpath

from tools.preflight.bundle import Bundle
from tools.preflight.facts import Import

# A drawing of more says nothing.
MOST = 24


@dataclass(frozen=True)
class Layers:
    """`modules` counts the modules of each layer, `imports` those from one layer to another.

    `left_out` is how many layers are not in it, because there are too many.
    """

    modules: Mapping[str, int]
    imports: Mapping[tuple[str, str], int]
    left_out: int = 0

    @cached_property
    def _reached(self) -> Mapping[str, frozenset[str]]:
        """All layers that each one imports, by way of others too."""
        reached: dict[str, frozenset[str]] = {}
        for layer in self.modules:
            seen: set[str] = set()
            waiting = [layer]
            while waiting:
                here = waiting.pop()
                new = {to for source, to in self.imports if source == here} - seen
                seen |= new
                waiting += new
            reached[layer] = frozenset(seen)
        return reached

    def in_cycle(self, source: str, target: str) -> bool:
        """Whether an import from one layer to the other is part of a cycle."""
        return source in self._reached[target] and target in self._reached[source]

    @cached_property
    def heights(self) -> Mapping[str, int]:
        """0 for a layer that imports no other, otherwise one more than the highest it imports.

        Layers that import each other are equally high.
        """
        heights: dict[str, int] = {}
        # One that reaches as few others cannot import one that does, unless in a cycle.
        for layer in sorted(self.modules, key=lambda name: len(self._reached[name] - {name})):
            below = [other for other in self._reached[layer] if not self.in_cycle(layer, other)]
            heights[layer] = max((heights[other] + 1 for other in below), default=0)
        return heights


def layers_of(bundle: Bundle) -> Layers:
    """The layers of the service.

    They are the packages and modules directly in its package if it has a single one, otherwise
    those at the top; of too many, the ones that most imports lead from and to. What only a type
    checker imports is no import.
    """
    names = {
        part: name
        for part in bundle.first_party
        if (name := bundle.layout.name_of(part)) is not None
    }
    paths = [name.replace(".", "/") for part, name in names.items() if part != bundle.main_module]
    depth = len(PurePosixPath(commonpath(paths)).parts) + 1 if paths else 1
    modules = Counter(_layer(name, depth) for name in names.values())
    imports: Counter[tuple[str, str]] = Counter()
    for part, name in names.items():
        for target in _imported(bundle, part, name):
            between = (_layer(name, depth), _layer(target, depth))
            if between[0] != between[1] and between[1] in modules:
                imports[between] += 1
    used = Counter(layer for between in imports.elements() for layer in between)
    # A package's own __init__.py is no layer of it, unless it takes part.
    taking_part = [layer for layer in modules if layer in used or layer.count(".") == depth - 1]
    shown = sorted(taking_part, key=lambda layer: (-used[layer], layer))[:MOST]
    return Layers(
        {layer: modules[layer] for layer in modules if layer in shown},
        {ends: count for ends, count in imports.items() if set(ends) <= set(shown)},
        len(taking_part) - len(shown),
    )


def _layer(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def _imported(bundle: Bundle, part: str, name: str) -> Iterator[str]:
    """The dotted names of the service's modules that a part imports, once for each statement."""
    package = name if part.endswith("/__init__.py") else name.rpartition(".")[0]
    for statement in bundle.facts(part).imports:
        if statement.when == "typing":
            continue
        module = _absolute(statement, package)
        children = {f"{module}.{child}" for child in statement.names} if module else set()
        found = [child for child in sorted(children) if _is_own(bundle, child)]
        if len(found) < len(statement.names) or not statement.names:
            found.append(module)
        yield from (target for target in found if _is_own(bundle, target))


def _absolute(statement: Import, package: str) -> str:
    if not statement.level:
        return statement.module
    parts = package.split(".")
    base = parts[: len(parts) - statement.level + 1]
    return ".".join([*base, *filter(None, [statement.module])])


def _is_own(bundle: Bundle, name: str) -> bool:
    module = bundle.layout.find(name) if name else None
    return module is not None and (module.part is None or module.part in bundle.first_party)
