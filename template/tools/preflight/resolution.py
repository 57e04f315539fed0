"""Which modules an import statement loads on the Worker, and why it would fail."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tools.preflight.facts import Facts, Import
from tools.preflight.stdlib import StandardLibrary

if TYPE_CHECKING:
    from tools.preflight.bundle import Bundle

Failure = Literal["missing", "lacking", "beyond", "relative in entry"]


@dataclass(frozen=True)
class Resolved:
    """`parts` are loaded in this order, the last one for the module itself.

    `module` is its absolute name; `source` is its part when that is Python code, to look names up
    in. With a `failure`, `missing` is the dotted name that is not found.
    """

    module: str
    parts: tuple[str, ...] = ()
    source: str | None = None
    failure: Failure | None = None
    missing: str = ""


class Resolver:
    """Resolves import statements of one upload."""

    def __init__(self, bundle: "Bundle", stdlib: StandardLibrary) -> None:
        self.bundle = bundle
        self.layout = bundle.layout
        self.stdlib = stdlib
        self._names: dict[tuple[str, str], bool | None] = {}
        self._loaded: dict[str, Resolved] = {}

    def resolve(self, part: str, statement: Import) -> Resolved:
        """What the statement in a part loads."""
        module = statement.module
        if statement.level:
            package = self._package(part)
            if not package:
                entry = part == self.bundle.main_module
                failure: Failure = "relative in entry" if entry else "beyond"
                return Resolved(module, failure=failure, missing=module)
            pieces = package.split(".")
            if statement.level > len(pieces):
                return Resolved(module, failure="beyond", missing=module)
            base = ".".join(pieces[: len(pieces) - statement.level + 1])
            module = f"{base}.{module}" if module else base
        if module not in self._loaded:
            self._loaded[module] = self._load(module)
        return self._loaded[module]

    def is_outside(self, module: str) -> bool:
        """Whether a module comes with the runtime instead of with the upload."""
        return self.stdlib.provides(module.partition(".")[0])

    def _package(self, part: str) -> str:
        name = self.layout.name_of(part) or ""
        return name if part.endswith("/__init__.py") else name.rpartition(".")[0]

    def _load(self, module: str) -> Resolved:
        top = module.partition(".")[0]
        if self.stdlib.lacks(top) and self.layout.find(top) is None:
            return Resolved(module, failure="lacking", missing=top)
        if self.is_outside(module):
            if self.stdlib.has_module(module) is False and not self._is_attribute(module):
                return Resolved(module, failure="missing", missing=module)
            return Resolved(module)
        parts: list[str] = []
        pieces = module.split(".")
        for depth in range(1, len(pieces) + 1):
            name = ".".join(pieces[:depth])
            found = self.layout.find(name)
            if found is None:
                return Resolved(module, tuple(parts), failure="missing", missing=name)
            if found.part:
                parts.append(found.part)
        source = found.part if found and found.part and found.part.endswith(".py") else None
        return Resolved(module, tuple(parts), source)

    def _is_attribute(self, module: str) -> bool:
        """Whether something like `os.path` is a module under another name."""
        parent, _, last = module.rpartition(".")
        facts = self.stdlib.facts(parent)
        return facts is None or facts.dynamic or last in facts.defined or module == "os.path"

    def defines(self, module: str, name: str) -> bool | None:
        """Whether `from module import name` finds it; None when that cannot be known."""
        key = (module, name)
        if key not in self._names:
            self._names[key] = None  # star imports can go in circles
            self._names[key] = self._defines(module, name)
        return self._names[key]

    def _defines(self, module: str, name: str) -> bool | None:
        if self.is_outside(module):
            names = self.stdlib.names(module)
            if names is not None:
                return name in names or (None if name.startswith("_") else False)
            facts = self.stdlib.facts(module)
            if facts is None:
                return None
            if self.stdlib.has_module(f"{module}.{name}"):
                return True
            return self._among(facts, module, name, None)
        if self.layout.find(f"{module}.{name}"):
            return True
        found = self.layout.find(module)
        if found is None or found.part is None:
            return False if found else None
        if not found.part.endswith(".py"):
            return None
        return self._among(self.bundle.facts(found.part), module, name, found.part)

    def _among(self, facts: Facts, module: str, name: str, part: str | None) -> bool | None:
        if name in facts.defined or (name.startswith("__") and name.endswith("__")):
            return True
        if facts.words is not None and not facts.stars:
            return None if name in facts.words else False
        if facts.dynamic:
            return None
        for star in facts.stars:
            if part is None:
                return None
            resolved = self.resolve(part, star)
            if resolved.failure or resolved.module == module:
                return None
            known = self.defines(resolved.module, name)
            if known is not False:
                return known
        return False
