"""Does `import` find the service's modules under their names, and nobody else's?"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tools.preflight.bundle import Bundle
from tools.preflight.checks import copies
from tools.preflight.finding import Finding, found
from tools.preflight.stdlib import RUNTIME, SDK
from tools.preflight.wiring import VENDORED

# The runtime looks for these behind everything in the upload, and so does the SDK that needs them.
# (Observed with workerd 1.20261117.1.)
REPLACEABLE = frozenset({"_cloudflare_compat_flags", "_pyodide_entrypoint_helper", "js"})


def check(bundle: Bundle) -> Iterator[Finding]:
    """Findings about names that two modules claim."""
    own = _own(bundle)
    yield from _hidden(bundle, own)
    yield from _module_beside_package(bundle, own)
    yield from _case(bundle)


def _own(bundle: Bundle) -> Mapping[str, str]:
    """The service's modules as in `Bundle.first_party`, less environments and tests."""
    strays = bundle.strays
    return {
        part: short
        for part, short in bundle.first_party.items()
        if part not in strays or strays[part].code == "PF301"
    }


def _hidden(bundle: Bundle, own: Mapping[str, str]) -> Iterator[Finding]:
    tops: defaultdict[str, list[str]] = defaultdict(list)
    for part, short in own.items():
        tops[short.partition("/")[0].removesuffix(".py")].append(part)
    twice = copies.by_both_routes(bundle)
    for top, parts in tops.items():
        if top in RUNTIME:
            yield _by_runtime(bundle, top, parts)
        elif bundle.resolver.is_outside(top):
            library = "the Workers SDK" if top in SDK else "Python's standard library"
            yield _by_library(bundle, top, parts, library)
        elif top not in twice:
            yield from _by_vendored(bundle, top, parts)


def _by_runtime(bundle: Bundle, top: str, parts: Sequence[str]) -> Finding:
    if top in REPLACEABLE:
        consequence = "takes its place, and the Workers SDK, which needs it, fails"
    else:
        consequence = "is never imported"
    return found(
        "PF113",
        _blamed(bundle, top, parts),
        target=top,
        message=f"`{top}` is a module of the Workers runtime: yours {consequence}.",
        fix=_rename(bundle, top, parts),
    )


def _by_library(bundle: Bundle, top: str, parts: Sequence[str], library: str) -> Finding:
    return found(
        "PF113" if top in SDK else "PF111",
        _blamed(bundle, top, parts),
        target=top,
        message=f"`import {top}` gives the module of {library}, which comes first on the "
        "Worker's sys.path: yours is never imported.",
        fix=_rename(bundle, top, parts),
    )


def _by_vendored(bundle: Bundle, top: str, parts: Sequence[str]) -> Iterator[Finding]:
    hidden: list[str] = []
    for part in parts:
        module = bundle.layout.find(bundle.layout.name_of(part) or "")
        winner = module.part if module else None
        top_module = bundle.layout.find(top)
        winner = winner or (top_module.part if top_module else None)
        if winner and bundle.short(winner) is None and part != bundle.main_module:
            hidden.append(part)
    if hidden:
        yield found(
            "PF112",
            _blamed(bundle, top, hidden),
            target=top,
            message=f"`import {top}` gives the vendored package in {VENDORED}, which comes first "
            f"on the Worker's sys.path: {len(hidden)} of your modules, {hidden[0]} among them, "
            "are never imported.",
            fix=f"{_rename(bundle, top, parts)} If you do not need the vendored package, drop the "
            "dependency that brings it instead.",
        )


def _module_beside_package(bundle: Bundle, own: Mapping[str, str]) -> Iterator[Finding]:
    shorts = {short: part for part, short in own.items()}
    folders = {
        "/".join(short.split("/")[:depth])
        for short in shorts
        for depth in range(1, short.count("/") + 1)
    }
    for short, part in sorted(shorts.items()):
        folder = short.removesuffix(".py")
        if folder not in folders:
            continue
        dotted = folder.replace("/", ".")
        if f"{folder}/__init__.py" in shorts:
            lost = f"the package {folder} wins and {short} is never imported"
        else:
            lost = f"{short} wins and nothing in the folder {folder} can be imported"
        if part == bundle.main_module:
            config = bundle.wiring.config.file.name
            fix = f"Rename the folder {folder}, or rename the entry and change main in {config}."
        else:
            fix = f"Move what {short} holds to {folder}/__init__.py, or rename one of the two."
        yield found(
            "PF110",
            bundle.place(part),
            target=dotted,
            message=f"`{dotted}` is a module and a folder of modules: {lost}.",
            fix=fix,
        )


def _case(bundle: Bundle) -> Iterator[Finding]:
    """Names that are one on the file systems of macOS and Windows, but not on a Worker."""
    spellings: defaultdict[str, set[str]] = defaultdict(set)
    for part in bundle.upload.modules:
        short = bundle.short(part)
        if short is None or bundle.is_environment(part):
            continue
        pieces = short.split("/")
        for depth in range(1, len(pieces) + 1):
            path = "/".join(pieces[:depth])
            spellings[path.lower()].add(path)
    for lower, paths in sorted(spellings.items()):
        # Of two folders, what they hold differs as well.
        above = spellings.get(lower.rpartition("/")[0], set())
        if len(paths) > 1 and len(above) < 2:
            first, second, *_ = sorted(paths)
            yield found(
                "PF114",
                bundle.folder(second),
                target=second,
                message=f"{first} and {second} differ only by case. On macOS and Windows they are "
                "one file, so a checkout there uploads only one of them.",
                fix=f"Rename {second}, and its imports.",
            )


def _blamed(bundle: Bundle, top: str, parts: Sequence[str]) -> str:
    """The module or folder of a top-level name, as a path."""
    short = bundle.first_party[parts[0]]
    if parts == [bundle.main_module]:
        return bundle.wiring.main
    return bundle.folder(short if short == f"{top}.py" else top).path


def _rename(bundle: Bundle, top: str, parts: Sequence[str]) -> str:
    name = f"service_{top.strip('_')}"
    if parts == [bundle.main_module]:
        config = bundle.wiring.config.file.name
        return f"Rename the entry, for instance to {name}.py, and change main in {config}."
    return f"Rename {top}, for instance to {name}, and its imports."
