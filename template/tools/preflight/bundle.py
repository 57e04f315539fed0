"""An upload with the project it was made from: what the checks look at."""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tools.preflight.facts import Facts, facts_of
from tools.preflight.finding import Place
from tools.preflight.layout import Layout
from tools.preflight.membership import Stray, strays
from tools.preflight.resolution import Resolver
from tools.preflight.start_order import StartOrder, reachable, start_order
from tools.preflight.stdlib import StandardLibrary
from tools.preflight.wiring import VENDORED, Wiring, is_source
from tools.runtime.upload import Upload


@dataclass(frozen=True)
class Bundle:
    wiring: Wiring
    upload: Upload

    @cached_property
    def layout(self) -> Layout:
        """What `import` finds in the upload."""
        parts = self.upload.modules
        mentioning = (name for name in self.first_party if b"__path__" in parts[name].content)
        return Layout(parts.keys(), [name for name in mentioning if self.facts(name).is_anchor])

    @cached_property
    def resolver(self) -> Resolver:
        """Which parts an import statement loads."""
        return Resolver(self, StandardLibrary.of(self.wiring))

    @cached_property
    def start(self) -> StartOrder:
        """What the Worker imports when it starts."""
        return start_order(self, self.resolver)

    @cached_property
    def reachable(self) -> Collection[str]:
        """The parts that the Worker may import at any time."""
        return reachable(self, self.resolver)

    @cached_property
    def strays(self) -> Mapping[str, Stray]:
        """The parts that are not the service's."""
        return strays(self)

    def is_environment(self, name: str) -> bool:
        """Whether a part belongs to an environment, a cache or a build in the module root."""
        return name in self.strays and self.strays[name].code == "PF304"

    @property
    def main_module(self) -> str:
        return self.upload.main_module

    @cached_property
    def first_party(self) -> Mapping[str, str]:
        """The service's own Python modules: name of the part -> name from the route on.

        Those under python_modules count when the wheel carries their package. What an environment
        or a cache in the module root holds does not.
        """
        return {
            name: short
            for name in sorted(self.upload.modules)
            if name.endswith(".py") and (short := self.short(name)) is not None and is_source(short)
        }

    def short(self, name: str) -> str | None:
        """A part's name without the wheel's route, or None when the part is a vendored one."""
        if not name.startswith(f"{VENDORED}/"):
            return name
        short = name.removeprefix(f"{VENDORED}/")
        return short if short.partition("/")[0] in self.wiring.packages else None

    @cached_property
    def vendored(self) -> tuple[str, ...]:
        """The names of all vendored parts, Python or not, in order."""
        return tuple(name for name in sorted(self.upload.modules) if self.short(name) is None)

    def facts(self, name: str) -> Facts:
        """What a Python part imports and defines; parsed once."""
        facts = self._facts.get(name)
        if facts is None:
            content = self.upload.modules[name].content
            facts = self._facts[name] = facts_of(content, self.wiring.python)
        return facts

    @cached_property
    def _facts(self) -> dict[str, Facts]:
        return {}

    def place(self, name: str, line: int | None = None) -> Place:
        """Where a part of the upload comes from: a file of the project if there is one."""
        short = self.short(name)
        if name == self.main_module:
            return Place(self.wiring.main, line)
        file = self.wiring.tree.get(short) if short is not None else None
        return Place(self.wiring.relative(file) if file else name, line)

    def folder(self, name: str) -> Place:
        """Where a folder or file of the upload lies; `name` is without the wheel's route."""
        for root in self.wiring.roots:
            if os.path.exists(root / name):
                return Place(self.wiring.relative(root / name))
        return Place(name)

    def own_modules(self) -> Iterator[tuple[str, Facts]]:
        """The service's Python modules with what they import and define, less strays."""
        for name in self.first_party:
            if name not in self.strays:
                yield name, self.facts(name)
