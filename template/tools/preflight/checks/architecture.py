"""Do the layers hold, and is no chain of imports too deep for the runtime?"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tools.preflight import contracts
from tools.preflight.bundle import Bundle
from tools.preflight.codes import Severity
from tools.preflight.finding import Finding, Place, found
from tools.preflight.start_order import DURING_IMPORT
from tools.preflight.stopwatch import Stopwatch
from tools.preflight.wiring import Wiring

SECONDS = 120

# A Worker's Python ends with RecursionError at 1000 frames. Each module that waits for an import
# takes 6 of them, 8 where it waits for `from package import submodule`: on workerd 1.20261117.1 a
# chain of 165 modules started and one of 166 did not, nor did 124 of the other kind. What the last
# one imports of the standard library needs some frames as well.
FRAMES = 1000
FRAMES_OF_IMPORT = 6
FRAMES_OF_SUBMODULE = 8
TOO_MANY = 960
MANY = 840


def check(bundle: Bundle, watch: Stopwatch) -> Iterator[Finding]:
    """Findings about the project's import-linter contracts and about deep chains of imports."""
    yield from _depth(bundle)
    if (place := _contracts(bundle.wiring)) is None:
        return
    with watch.of("import-linter"):
        answer = _ask(bundle.wiring)
    if answer.get("error") is not None:
        yield _unchecked(place, str(answer["error"]))
        return
    yield from _broken(bundle, place, answer)


def _contracts(wiring: Wiring) -> Place | None:
    """Where the project configures import-linter; None when it does not."""
    for name, table in (
        ("setup.cfg", "[importlinter]"),
        (".importlinter", "[importlinter]"),
        ("pyproject.toml", "[tool.importlinter]"),
    ):
        try:
            text = (wiring.root / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        lines = text.splitlines()
        for number, line in enumerate(lines, start=1):
            if line.strip().startswith(table):
                return Place(name, number)
    return None


def _ask(wiring: Wiring) -> Mapping[str, Any]:
    """What tools.preflight.contracts says; with an `error` when it says nothing."""
    folders = dict.fromkeys(
        str(folder) for folder in (wiring.source, wiring.module_root, wiring.root.resolve())
    )
    # -P: the folder of the program holds modules with the names of others.
    command = [sys.executable, "-P", contracts.__file__, *folders]
    try:
        done = subprocess.run(
            command,
            cwd=wiring.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
        answer: Mapping[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"error": f"import-linter did not end within {SECONDS} s."}
    except ValueError:
        lines = done.stderr.strip().splitlines() or ["nothing"]
        return {"error": f"import-linter ended with status {done.returncode}, saying {lines[-1]}"}
    return answer


def _unchecked(place: Place, reason: str) -> Finding:
    return found(
        "PF604",
        place,
        target="import-linter",
        message="The project has contracts for its layers, but import-linter could not check "
        f"them: {' '.join(reason.split())}",
        fix=f"Correct the contracts in {place.path} until `lint-imports` checks them.",
    )


def _broken(bundle: Bundle, config: Place, answer: Mapping[str, Any]) -> Iterator[Finding]:
    """One finding for each import that breaks a contract, however many it breaks."""
    chains = [
        (chain, contract["name"])
        for contract in answer["broken"]
        for chain in sorted(contract["chains"], key=len)
    ]
    direct = {_key(chain[0]) for chain, _ in chains if len(chain) == 1}
    blamed: set[str] = set()
    for chain, contract in chains:
        # A chain that only goes on from an import that is to blame by itself is no news.
        if len(chain) > 1 and any(_key(link) in direct for link in chain):
            continue
        key = _key(chain[0])
        if key not in blamed:
            blamed.add(key)
            yield _violation(bundle, config, chain, contract, answer["cycles"].get(key))
    for contract in answer["broken"]:
        for module in contract["undeclared"]:
            yield _undeclared(bundle, config, module, contract["name"])
        if not contract["chains"] and not contract["undeclared"]:
            yield _broken_somehow(config, contract["name"])


def _key(link: Mapping[str, Any]) -> str:
    return f"{link['importer']} {link['imported']}"


def _violation(
    bundle: Bundle,
    config: Place,
    chain: list[Mapping[str, Any]],
    contract: str,
    back: list[str] | None,
) -> Finding:
    importer, imported = chain[0]["importer"], chain[0]["imported"]
    last = chain[-1]["imported"]
    way = " -> ".join([importer, *(link["imported"] for link in chain)])
    through = f" ({way})" if len(chain) > 1 else ""
    message = f'`{importer}` must not import `{last}`{through}, says the contract "{contract}"'
    if back:
        circle = " -> ".join([importer, *back])
        message += (
            f", and `{imported}` imports it in turn ({circle}): neither can be loaded, tested or "
            "moved without the other."
        )
    else:
        message += ": it cannot be loaded, tested or moved without it any more."
    return found(
        "PF602" if back else "PF601",
        _place(bundle, chain[0]),
        target=f"{importer} -> {imported}",
        message=message,
        fix=f"Delete this import: have the caller pass in what `{importer}` needs, or move what "
        f"both need into a module that `{importer}` may import. If it is meant to be, add "
        f'"{importer} -> {imported}" to ignore_imports of the contract in {config.path}.',
    )


def _place(bundle: Bundle, link: Mapping[str, Any]) -> Place:
    """The statement, with its columns when it is in the upload."""
    line = min(link["lines"], default=None)
    module = bundle.layout.find(link["importer"])
    if module is None or module.part is None:
        return Place(f"{link['importer'].replace('.', '/')}.py", line)
    imports = bundle.facts(module.part).imports
    if line is None:
        line = next((item.line for item in imports if item.module == link["imported"]), None)
    at = next((item for item in imports if item.line == line), None)
    path = bundle.place(module.part).path
    return Place(path, line, at.column, at.end_column) if at else Place(path, line)


def _undeclared(bundle: Bundle, config: Place, module: str, contract: str) -> Finding:
    return found(
        "PF601",
        _file_of(bundle, module) or config,
        target=module,
        message=f'`{module}` belongs to no layer of the contract "{contract}", so nothing says '
        "what it may import.",
        fix=f"Add `{module.rpartition('.')[2]}` to the layers of the contract in {config.path}, "
        "or move its code into a layer.",
    )


def _file_of(bundle: Bundle, module: str) -> Place | None:
    found_module = bundle.layout.find(module)
    return bundle.place(found_module.part) if found_module and found_module.part else None


def _broken_somehow(config: Place, contract: str) -> Finding:
    return found(
        "PF601",
        config,
        target=contract,
        message=f'The contract "{contract}" is broken, and it is of a type that does not say '
        "by which import.",
        fix="Run `lint-imports`, which prints what the contract itself has to say, and correct "
        "that.",
    )


def _depth(bundle: Bundle) -> Iterator[Finding]:
    start = bundle.start
    if start.depth * FRAMES_OF_SUBMODULE <= MANY:
        return
    chain = _chain(bundle)
    links = [_link(bundle, *pair) for pair in pairwise(chain)]
    frames = FRAMES_OF_IMPORT + sum(link.frames for link in links)
    if frames <= MANY:
        return
    severity: Severity = "error" if frames > TOO_MANY else "warning"
    own = [link for part, link in zip(chain, links, strict=False) if part in bundle.first_party]
    middle = own[len(own) // 2] if own else links[len(links) // 2]
    deepest = bundle.layout.name_of(start.deepest) or start.deepest
    yield found(
        "PF603",
        middle.place,
        target=deepest,
        severity=severity,
        message=f"{start.depth} modules import one another in a chain that ends at `{deepest}`. "
        f"That takes about {frames} of the {FRAMES} frames that a Worker's Python has; with more "
        "it ends with `RecursionError: maximum recursion depth exceeded`.",
        fix=f"Move the import of `{middle.module}`, which is in the middle of the chain, into the "
        "function that needs it.",
    )


def _chain(bundle: Bundle) -> list[str]:
    """The parts from the first that is imported to the deepest."""
    chain = [bundle.start.deepest]
    while parent := bundle.start.imported_by.get(chain[-1]):
        chain.append(parent)
    return chain[::-1]


@dataclass(frozen=True)
class _Link:
    """An import in a chain: `module` is what it leads to, `frames` what it takes meanwhile."""

    place: Place
    module: str
    frames: int


def _link(bundle: Bundle, part: str, following: str) -> _Link:
    """The import by which one part of a chain leads to the next."""
    path = bundle.place(part).path
    module = bundle.layout.name_of(following) or following
    for statement in bundle.facts(part).imports:
        if statement.when not in DURING_IMPORT:
            continue
        place = Place(path, statement.line, statement.column, statement.end_column)
        resolved = bundle.resolver.resolve(part, statement)
        if following in resolved.parts:
            return _Link(place, module, FRAMES_OF_IMPORT)
        if any(f"{resolved.module}.{name}" == module for name in statement.names):
            return _Link(place, module, FRAMES_OF_SUBMODULE)
    return _Link(Place(path), module, FRAMES_OF_IMPORT)
