"""Where a class that a module exports is defined, and what it derives from.

The runtime takes the classes of the main module that derive from one of the SDK's, and names each
by its `__name__`. (Observed with workerd 1.20261117.1.)
"""

import builtins
from collections.abc import Iterator
from dataclasses import dataclass

from tools.preflight.bundle import Bundle
from tools.preflight.facts import Class

SDK = "workers"
ENTRYPOINT = "WorkerEntrypoint"
BASES = frozenset({ENTRYPOINT, "DurableObject", "WorkflowEntrypoint"})


@dataclass(frozen=True)
class Origin:
    """What a name stands for: a class of a part, or with `part` None something from elsewhere."""

    part: str | None
    name: str


@dataclass(frozen=True)
class Exported:
    """A class that a module exports as `name`.

    `bases` are those of the SDK it derives from, None when that cannot be known.
    """

    name: str
    part: str
    definition: Class
    bases: frozenset[str] | None


def exported(bundle: Bundle, part: str) -> Iterator[Exported | None]:
    """The classes that a module exports; None stands for something that may be one as well."""
    facts = bundle.facts(part)
    if facts.dynamic:
        yield None
    for star in facts.stars:
        resolved = bundle.resolver.resolve(part, star)
        if resolved.source and resolved.source != part and resolved.source in bundle.first_party:
            yield from exported(bundle, resolved.source)
        elif not bundle.resolver.is_outside(resolved.module) and resolved.module != SDK:
            yield None
    for name in facts.defined:
        if name.startswith("_"):
            continue
        origin = _origin(bundle, part, name)
        if origin is None:
            # A name like `app` or `router` is an object; nothing else needs to be called Default.
            if name == "Default":
                yield None
        elif origin.part:
            definition = bundle.facts(origin.part).classes[origin.name]
            yield Exported(name, origin.part, definition, _bases(bundle, origin, set()))


def _origin(bundle: Bundle, part: str, name: str, depth: int = 0) -> Origin | None:
    """What a dotted name in a part stands for; None when that cannot be known."""
    facts = bundle.facts(part)
    first, _, rest = name.partition(".")
    if name in facts.classes:
        return Origin(part, name)
    imported = _imported(bundle, part, first)
    if imported is None:
        known = hasattr(builtins, first) and first not in facts.defined and not facts.stars
        return Origin(None, name) if known else None
    full = f"{imported}.{rest}" if rest else imported
    module, _, attribute = full.rpartition(".")
    if bundle.layout.find(full) or bundle.resolver.is_outside(full) or full.startswith(f"{SDK}."):
        return Origin(None, full)
    found = bundle.layout.find(module) if module else None
    # Chains of imports can go in circles.
    if found is None or not (found.part or "").endswith(".py") or depth > 20:
        return None
    return _origin(bundle, str(found.part), attribute, depth + 1)


def _imported(bundle: Bundle, part: str, name: str) -> str | None:
    """The absolute name of what a module imports as `name`."""
    facts = bundle.facts(part)
    if name in facts.aliases:
        return facts.aliases[name]
    for statement in facts.imports:
        if statement.level and name in statement.names:
            resolved = bundle.resolver.resolve(part, statement)
            return None if resolved.failure else f"{resolved.module}.{name}"
    return None


def _bases(bundle: Bundle, origin: Origin, seen: set[Origin]) -> frozenset[str] | None:
    if origin.part is None:
        return BASES & {origin.name.rpartition(".")[2]}
    if origin in seen:
        return frozenset()
    seen.add(origin)
    collected: set[str] = set()
    unknown = False
    for base in bundle.facts(origin.part).classes[origin.name].bases:
        resolved = _origin(bundle, origin.part, base) if base else None
        derived = _bases(bundle, resolved, seen) if resolved else None
        unknown = unknown or derived is None
        collected |= derived or set()
    return None if unknown and not collected else frozenset(collected)
