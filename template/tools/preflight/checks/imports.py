"""Does every import resolve on the Worker, from the bytes that would be uploaded?

How serious a failure is follows from when its statement runs: whenever the Worker starts, under a
condition, in a function, or guarded by a handler.
"""

from collections import defaultdict
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from tools.preflight.bundle import Bundle
from tools.preflight.checks import search_path, syntax, unusable
from tools.preflight.checks.platform import SDK_MODULES
from tools.preflight.codes import Severity
from tools.preflight.facts import Import
from tools.preflight.finding import Finding, Place, found
from tools.preflight.resolution import Resolved
from tools.preflight.stopwatch import Stopwatch
from tools.preflight.wiring import VENDORED


def check(bundle: Bundle, watch: Stopwatch) -> Iterator[Finding]:
    """Findings about the imports of the service and of the vendored code it starts with."""
    yield from syntax.check(bundle, watch)
    yield from _of_the_service(bundle)
    yield from _of_vendored(bundle)
    yield from _too_early(bundle)
    yield from unusable.check(bundle)
    yield from search_path.check(bundle)


def _of_the_service(bundle: Bundle) -> Iterator[Finding]:
    absent: defaultdict[str, list[tuple[str, Import]]] = defaultdict(list)
    for part, facts in bundle.own_modules():
        for statement in facts.imports:
            if statement.when == "typing":
                continue
            resolved = bundle.resolver.resolve(part, statement)
            match resolved.failure:
                case None:
                    yield from _names(bundle, part, statement, resolved)
                case "beyond":
                    yield _beyond(bundle, part, statement)
                case "relative in entry":
                    yield _relative_in_entry(bundle, part, statement)
                case "lacking":
                    yield _lacking(bundle, part, statement, resolved.missing)
                case "missing" if "." in resolved.missing:
                    yield from _missing_submodule(bundle, part, statement, resolved.missing)
                case "missing":
                    absent[resolved.missing].append((part, statement))
    for top, uses in absent.items():
        yield from _missing_top(bundle, top, uses)


def _missing_top(bundle: Bundle, top: str, uses: list[tuple[str, Import]]) -> Iterator[Finding]:
    """One finding for a package that is wholly absent, at the import that matters most."""
    if _in_tree(bundle, top) or top in SDK_MODULES:
        return  # presence says that it is not uploaded, platform that the SDK is not
    folder = _folder_of(bundle, top)
    graded = [
        (severity, part, statement)
        for part, statement in uses
        if (severity := _severity(bundle, part, statement, own=folder is not None))
    ]
    if not graded:
        return
    order = ("error", "warning", "info")
    severity, part, statement = min(graded, key=lambda use: order.index(use[0]))
    place = _place(bundle, part, statement)
    full_name = _full_name(bundle, statement.module)
    if folder is None and full_name:
        yield found(
            "PF201",
            place,
            target=statement.module,
            severity=_severity(bundle, part, statement, own=True),
            message=f"There is no `{top}` on the Worker: modules are named from the module root, "
            f"{bundle.wiring.relative(bundle.wiring.module_root)}.",
            fix=f"Import `{full_name}`.",
        )
        return
    elsewhere = f" {len(uses) - 1} more imports need it." if len(uses) > 1 else ""
    if folder is not None:
        yield found(
            "PF201",
            place,
            target=top,
            severity=severity,
            message=f"The upload has no `{top}`: modules are named from the module root, "
            f"{bundle.wiring.relative(bundle.wiring.module_root)}, and the folder {top} is not "
            f"in it, so the Worker dies with `No module named '{top}'`.{elsewhere}",
            fix=_move_root(bundle, top, folder),
        )
        return
    vendored = (bundle.wiring.root / VENDORED / top).exists()
    yield found(
        "PF202",
        place,
        target=top,
        severity=severity,
        message=f"No package `{top}` is in the upload, nor does the runtime bring one.{elsewhere}",
        fix=f"Narrow `exclude` of [python_modules] in {bundle.wiring.config.file.name}, which "
        f"leaves out {VENDORED}/{top}."
        if vendored
        else _add_dependency(bundle, top),
    )


def _move_root(bundle: Bundle, top: str, folder: Path) -> str:
    config = bundle.wiring.config.file.name
    where = bundle.wiring.relative(folder)
    if folder == bundle.wiring.root:
        return (
            f"Move {top}/ into a folder that holds nothing else, such as backend/, set "
            f'base_dir = "backend" in {config}, and point `main` to a file outside it that '
            "imports what the Worker exports."
        )
    return f'Set base_dir = "{where}" in {config}, with `main` outside of that folder\'s packages.'


def _add_dependency(bundle: Bundle, top: str) -> str:
    again = "uv run poe setup" if bundle.wiring.delivery else "uv run pywrangler sync"
    tops = [name.partition(".")[0] for name in _known_tops(bundle)]
    close = get_close_matches(top, tops, n=1, cutoff=0.8)
    if close:
        return (
            f"Did you mean `{close[0]}`? Otherwise add the package that provides `{top}` to "
            f"dependencies in pyproject.toml and run `{again}`."
        )
    return (
        f"Add the package that provides `{top}` to dependencies in pyproject.toml and run "
        f"`{again}`; if it is not for the Worker, import it where only other code runs."
    )


def _known_tops(bundle: Bundle) -> Iterator[str]:
    for name in bundle.upload.modules:
        short = name.removeprefix(f"{VENDORED}/").partition("/")[0].removesuffix(".py")
        if short.isidentifier():
            yield short


def _missing_submodule(
    bundle: Bundle, part: str, statement: Import, missing: str
) -> Iterator[Finding]:
    path = missing.replace(".", "/")
    if f"{path}.py" == _entry_in_root(bundle):
        yield found(
            "PF206",
            _place(bundle, part, statement),
            target=missing,
            severity=_severity(bundle, part, statement, own=True) or "info",
            message=f"`{missing}` is the entry, {bundle.wiring.main}, and wrangler uploads the "
            f"entry as {bundle.main_module} only: there is no `{missing}` on the Worker.",
            fix=f"Make the entry a file outside the package, such as worker/entry.py, with the "
            f"one line `from {missing} import Default`, and set `main` to it in "
            f"{bundle.wiring.config.file.name}.",
        )
        return
    if _in_tree(bundle, missing):
        return  # presence says that it is not uploaded
    top = missing.partition(".")[0]
    own = _is_own(bundle, top)
    severity = _severity(bundle, part, statement, own=own)
    if severity is None:
        return
    parent, _, last = missing.rpartition(".")
    close = get_close_matches(last, _children(bundle, parent), n=1)
    if own:
        hint = f"Did you mean `{parent}.{close[0]}`? " if close else ""
        fix = f"{hint}Correct the import, or add {path}.py to the source tree."
    else:
        hint = f"Did you mean `{parent}.{close[0]}`? " if close else ""
        fix = (
            f"{hint}Correct the import, or use a version of {top} that has the module; see also "
            f"`exclude` of [python_modules] in {bundle.wiring.config.file.name}."
        )
    yield found(
        "PF201" if own else "PF202",
        _place(bundle, part, statement),
        target=missing,
        severity=severity,
        message=f"There is no module `{missing}` on the Worker, so the import fails"
        f"{_when(bundle, part, statement)}.",
        fix=fix,
    )


def _names(bundle: Bundle, part: str, statement: Import, resolved: Resolved) -> Iterator[Finding]:
    for name in statement.names:
        if name == "*" or bundle.resolver.defines(resolved.module, name) is not False:
            continue
        own = _is_own(bundle, resolved.module.partition(".")[0])
        severity = _severity(bundle, part, statement, own=own)
        entry = f"{resolved.module}.{name}".replace(".", "/") + ".py" == _entry_in_root(bundle)
        in_tree = _in_tree(bundle, f"{resolved.module}.{name}")
        if severity is None or (in_tree and not entry):
            continue
        if entry:
            yield from _missing_submodule(bundle, part, statement, f"{resolved.module}.{name}")
            continue
        close = get_close_matches(name, _defined(bundle, resolved), n=1)
        hint = f"Did you mean `{close[0]}`? " if close else ""
        yield found(
            "PF205",
            _place(bundle, part, statement),
            target=f"{resolved.module}.{name}",
            severity=severity,
            message=f"`{resolved.module}` defines no `{name}`, so the import fails"
            f"{_when(bundle, part, statement)}.",
            fix=f"{hint}Correct the name"
            + (f", or define it in {_file_of(bundle, resolved)}." if own else "."),
        )


def _defined(bundle: Bundle, resolved: Resolved) -> list[str]:
    facts = bundle.facts(resolved.source) if resolved.source else None
    names = list(facts.defined) if facts else []
    return names + _children(bundle, resolved.module)


def _file_of(bundle: Bundle, resolved: Resolved) -> str:
    return bundle.place(resolved.source).path if resolved.source else resolved.module


def _beyond(bundle: Bundle, part: str, statement: Import) -> Finding:
    written = "." * statement.level + statement.module
    return found(
        "PF203",
        _place(bundle, part, statement),
        target=written,
        severity=_severity(bundle, part, statement, own=True),
        message=f"`{written}` leads out of the top-level package: modules are named from "
        f"{bundle.wiring.relative(bundle.wiring.module_root)}, and there is nothing above that.",
        fix="Write the import with the full name of the module, counted from the module root.",
    )


def _relative_in_entry(bundle: Bundle, part: str, statement: Import) -> Finding:
    written = "." * statement.level + statement.module
    return found(
        "PF204",
        _place(bundle, part, statement),
        target=written,
        severity=_severity(bundle, part, statement, own=True),
        message="The entry is a module without a package on the Worker, so a relative import "
        "fails with `attempted relative import with no known parent package`.",
        fix=f"Write `{statement.module or 'the module'}` with its full name, counted from the "
        f"module root {bundle.wiring.relative(bundle.wiring.module_root)}.",
    )


def _lacking(bundle: Bundle, part: str, statement: Import, module: str) -> Finding:
    return found(
        "PF208",
        _place(bundle, part, statement),
        target=module,
        severity=_severity(bundle, part, statement, own=True),
        message=f"The Worker's Python has no `{module}`, although CPython has or had it, so the "
        f"import fails{_when(bundle, part, statement)}.",
        fix="Do without it, or import it inside `try … except ImportError` with another way for "
        "Workers.",
    )


def _of_vendored(bundle: Bundle) -> Iterator[Finding]:
    """What vendored code that every start imports lacks, once for each module."""
    needed: dict[str, list[tuple[str, Import]]] = {}
    for part in bundle.start.order:
        own = bundle.short(part) is not None
        if own or part not in bundle.start.certain or not part.endswith(".py"):
            continue
        for statement in bundle.facts(part).imports:
            failure = bundle.resolver.resolve(part, statement)
            if statement.when == "start" and failure.failure in ("missing", "lacking"):
                needed.setdefault(failure.missing, []).append((part, statement))
    for missing, uses in needed.items():
        yield _broken_vendored(bundle, missing, uses)


def _broken_vendored(bundle: Bundle, missing: str, uses: list[tuple[str, Import]]) -> Finding:
    part, statement = uses[0]
    package = part.removeprefix(f"{VENDORED}/").partition("/")[0].removesuffix(".py")
    path = f"{VENDORED}/{missing.replace('.', '/')}"
    # Most often a pattern leaves it out that was meant for something else.
    excluded = next(
        (f"{path}{end}" for end in ("", ".py") if (bundle.wiring.root / f"{path}{end}").exists()),
        None,
    )
    elsewhere = f" {len(uses) - 1} more imports need it." if len(uses) > 1 else ""
    return found(
        "PF211",
        Place(part, statement.line, statement.column, statement.end_column),
        target=missing,
        message=f"The vendored package {package} imports `{missing}` when the Worker starts, and "
        f"that is neither in the upload nor in the runtime.{elsewhere}",
        fix=f"Narrow `exclude` of [python_modules] in {bundle.wiring.config.file.name}, which "
        f"leaves out {excluded}."
        if excluded
        else f"Vendor again with `{_sync(bundle)}`; if it is missing still, this version of "
        f"{package} does not support Workers: pin another one in pyproject.toml.",
    )


def _sync(bundle: Bundle) -> str:
    return "uv run poe setup" if bundle.wiring.delivery else "uv run pywrangler sync --force"


def _too_early(bundle: Bundle) -> Iterator[Finding]:
    for early in bundle.start.too_early:
        if early.part not in bundle.first_party or early.part not in bundle.start.certain:
            continue
        if early.statement.when != "start":
            continue
        waiting = bundle.place(early.waiting)
        yield found(
            "PF212",
            _place(bundle, early.part, early.statement),
            target=f"{early.module}.{early.name}",
            message=f"{waiting.path} imports this module before it defines `{early.name}`, which "
            "this module needs at once: the cycle fails with `cannot import name`.",
            fix=f"Move `{early.name}` into a module of its own that both import, or import it "
            "inside the function that uses it.",
        )


def _severity(bundle: Bundle, part: str, statement: Import, *, own: bool) -> Severity | None:
    """How serious it is that the statement fails; `own` when it is the service's own module."""
    if _is_test(part):
        return "info"
    match statement.when:
        case "typing":
            return None
        case "optional":
            return "info"
        case "deferred":
            return "warning" if own else "info"
        case "conditional":
            return "warning" if own else "info"
    if own or part in bundle.start.certain:
        return "error"
    # What nothing imports is for other occasions, such as a server for local work.
    return "warning" if part in bundle.reachable else "info"


def _is_test(part: str) -> bool:
    path = PurePosixPath(part)
    return "tests" in path.parts or path.name == "conftest.py" or path.name.startswith("test_")


def _when(bundle: Bundle, part: str, statement: Import) -> str:
    if statement.when == "start" and part not in bundle.start.certain:
        return " when this module is imported"
    return {
        "start": " when the Worker starts",
        "conditional": " if its condition holds",
        "optional": ", which is caught",
        "deferred": " when the function is called",
        "typing": "",
    }[statement.when]


def _place(bundle: Bundle, part: str, statement: Import) -> Place:
    place = bundle.place(part)
    return Place(place.path, statement.line, statement.column, statement.end_column)


def _entry_in_root(bundle: Bundle) -> str:
    """The name the entry would have in the upload if it were a module like any other."""
    entry = (bundle.wiring.root / bundle.wiring.main).resolve()
    for folder in (bundle.wiring.module_root, bundle.wiring.source):
        if entry.is_relative_to(folder):
            name = entry.relative_to(folder).as_posix()
            if name != bundle.main_module:
                return name
    return ""


def _in_tree(bundle: Bundle, module: str) -> bool:
    path = module.replace(".", "/")
    tree = bundle.wiring.tree
    return f"{path}.py" in tree or any(name.startswith(f"{path}/") for name in tree)


def _is_own(bundle: Bundle, top: str) -> bool:
    return any(
        short.partition("/")[0] in (top, f"{top}.py") for short in bundle.first_party.values()
    )


def _folder_of(bundle: Bundle, top: str) -> Path | None:
    """The folder of the project that holds the package `top`, outside of the module root."""
    wiring = bundle.wiring
    if wiring.module_root.name == top:
        return wiring.module_root.parent
    children = (child for child in sorted(wiring.root.iterdir()) if child.is_dir())
    hidden = (VENDORED, "node_modules", "build", "tests")
    places = [wiring.source, wiring.root]
    places += [child for child in children if child.name[0] != "." and child.name not in hidden]
    entry = (wiring.root / wiring.main).resolve()
    for place in places:
        if any(file.resolve() != entry for file in (place / top).glob("**/*.py")):
            return place
    return None


def _full_name(bundle: Bundle, module: str) -> str | None:
    """The name of the service's module that ends like `module`, if there is exactly one."""
    path = f"/{module.replace('.', '/')}"
    endings = (f"{path}.py", f"{path}/__init__.py")
    shorts = [short for short in bundle.first_party.values() if short.endswith(endings)]
    return (
        shorts[0].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if len(shorts) == 1
        else None
    )


def _children(bundle: Bundle, parent: str) -> list[str]:
    """The modules directly below a package, for suggestions."""
    prefix = f"{parent.replace('.', '/')}/"
    names = (name.removeprefix(f"{VENDORED}/") for name in bundle.upload.modules)
    below = (
        name.removeprefix(prefix).partition("/")[0] for name in names if name.startswith(prefix)
    )
    return sorted({name.removesuffix(".py") for name in below} - {"__init__"})
