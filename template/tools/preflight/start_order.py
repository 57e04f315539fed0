"""What a Worker imports when it starts, in order: the walk that Python would make.

The entry is imported; each import statement on the way imports modules in turn. Only statements
that run during import count. An import in `try … except ImportError` is followed, but what lies
behind it is not certain to matter.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.preflight.facts import Import
from tools.preflight.resolution import Resolver

if TYPE_CHECKING:
    from tools.preflight.bundle import Bundle

DURING_IMPORT = ("start", "conditional", "optional")


@dataclass(frozen=True)
class TooEarly:
    """`part` imports `name` from a module that waits, further up, for `part` to finish."""

    part: str
    statement: Import
    module: str
    name: str
    waiting: str


@dataclass
class StartOrder:
    """Parts of the upload in the order in which their imports begin.

    `imported_by` leads from a part to the one whose import of it comes first, if there is one.
    `certain` are those whose import every start makes and no handler guards. `depth` is the
    length of the longest chain of imports in progress at once, `deepest` the part at its end.
    """

    order: list[str] = field(default_factory=list)
    imported_by: dict[str, str] = field(default_factory=dict)
    certain: set[str] = field(default_factory=set)
    too_early: list[TooEarly] = field(default_factory=list)
    depth: int = 0
    deepest: str = ""


class _Walk:
    def __init__(self, bundle: "Bundle", resolver: Resolver) -> None:
        self.bundle = bundle
        self.resolver = resolver
        self.result = StartOrder()
        self.running: dict[str, int] = {}
        self.begun: set[str] = set()

    def run(self, part: str) -> None:
        """Import a part and all it needs; a stack of its own, since chains can be very long."""
        stack: list[tuple[str, Iterator[str]]] = []
        self._push(stack, part)
        while stack:
            current, needed = stack[-1]
            following = next(needed, None)
            if following is None:
                stack.pop()
                del self.running[current]
            elif following not in self.begun:
                self._push(stack, following)

    def _push(self, stack: list[tuple[str, Iterator[str]]], part: str) -> None:
        self.begun.add(part)
        self.running[part] = 0
        self.result.order.append(part)
        if stack:
            self.result.imported_by[part] = stack[-1][0]
        stack.append((part, self._needed(part)))
        if len(stack) > self.result.depth:
            self.result.depth = len(stack)
            self.result.deepest = part

    def _needed(self, part: str) -> Iterator[str]:
        """The parts that a part imports, as its statements come."""
        if not part.endswith(".py"):
            return
        imports = self.bundle.facts(part).imports
        for statement in sorted(imports, key=lambda item: item.line):
            if statement.when not in DURING_IMPORT:
                continue
            self.running[part] = statement.line
            resolved = self.resolver.resolve(part, statement)
            yield from resolved.parts
            if resolved.source is not None:
                for name in statement.names:
                    yield from self._named(part, statement, resolved.module, resolved.source, name)

    def _named(
        self, part: str, statement: Import, module: str, source: str, name: str
    ) -> Iterator[str]:
        """A name of `from module import name`: bound already, or a submodule to import."""
        submodule = self.resolver.layout.find(f"{module}.{name}")
        if source in self.running:
            bound = self.bundle.facts(source).defined.get(name)
            if bound is None or bound >= self.running[source]:
                if submodule is None and bound is not None:
                    early = TooEarly(part, statement, module, name, source)
                    self.result.too_early.append(early)
                    return
            else:
                return
        elif name in self.bundle.facts(source).defined:
            return
        if submodule and submodule.part:
            yield submodule.part


def start_order(bundle: "Bundle", resolver: Resolver) -> StartOrder:
    """Walk the imports from the entry and from what `.pth` files import before it."""
    walk = _Walk(bundle, resolver)
    roots = [*_imported_by_pth(bundle, resolver), bundle.main_module]
    for root in roots:
        if root in bundle.upload.modules and root not in walk.begun:
            walk.run(root)
    walk.result.certain = _reached(bundle, resolver, roots, ("start",))
    return walk.result


def reachable(bundle: "Bundle", resolver: Resolver) -> set[str]:
    """The parts that some import on the way from the entry loads, whenever it runs."""
    roots = [*_imported_by_pth(bundle, resolver), bundle.main_module]
    return _reached(bundle, resolver, roots, (*DURING_IMPORT, "deferred"))


def _imported_by_pth(bundle: "Bundle", resolver: Resolver) -> Iterator[str]:
    for name in bundle.vendored:
        if name.endswith(".pth") and name.count("/") == 1:
            for line in bundle.upload.modules[name].content.decode(errors="replace").splitlines():
                if line.startswith("import "):
                    found = resolver.layout.find(line.removeprefix("import ").strip())
                    if found and found.part:
                        yield found.part


def _reached(
    bundle: "Bundle", resolver: Resolver, roots: list[str], when: Collection[str]
) -> set[str]:
    """The parts that imports of these kinds lead to, found without regard to order."""
    reached: set[str] = set()
    waiting = [root for root in roots if root in bundle.upload.modules]
    while waiting:
        part = waiting.pop()
        if part in reached:
            continue
        reached.add(part)
        if not part.endswith(".py"):
            continue
        for statement in bundle.facts(part).imports:
            if statement.when not in when:
                continue
            resolved = resolver.resolve(part, statement)
            waiting += resolved.parts
            for name in statement.names:
                # In `from . import name` of a package, that statement itself defines the name.
                own = resolved.source == part
                if resolved.source is None or (
                    name in bundle.facts(resolved.source).defined and not own
                ):
                    continue
                submodule = resolver.layout.find(f"{resolved.module}.{name}")
                if submodule and submodule.part:
                    waiting.append(submodule.part)
    return reached
