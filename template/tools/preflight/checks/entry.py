"""Is the Worker's entry the right module, and does it handle anything?"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tools.preflight.bundle import Bundle
from tools.preflight.exports import ENTRYPOINT, Exported, exported
from tools.preflight.finding import Finding, Place, found
from tools.preflight.wiring import VENDORED, Wiring

# Functions of these names handle events only before this date, or with the flag that says so.
# https://developers.cloudflare.com/changelog/post/2025-08-14-new-python-handlers
FUNCTIONS = frozenset({"on_fetch", "on_scheduled", "on_queue", "on_alarm", "on_trace", "on_pubsub"})
CLASSES_SINCE = "2025-08-14"
WITH_FUNCTIONS = "disable_python_no_global_handlers"
WITHOUT_FUNCTIONS = "python_no_global_handlers"

SKELETON = (
    "`from workers import Response, WorkerEntrypoint`, then `class Default(WorkerEntrypoint):` "
    "with `async def fetch(self, request):` in it"
)


def check(bundle: Bundle) -> Iterator[Finding]:
    """Findings about the main module of the upload."""
    yield from _main_module(bundle)
    yield from _in_package(bundle.wiring)
    if other := replaced_by(bundle.wiring):
        yield _replaced(bundle.wiring, other)
    else:
        yield from _handlers(bundle)


def replaced_by(wiring: Wiring) -> Path | None:
    """The file of the module root that is uploaded under the name of an entry from elsewhere.

    wrangler adds it after the entry, and the last of a name stays. (Observed with 4.164.0.)
    """
    entry = wiring.root / wiring.main
    other = wiring.module_root / entry.name
    return other if other.is_file() and other != entry.resolve() else None


def _replaced(wiring: Wiring, file: Path) -> Finding:
    other = wiring.relative(file)
    return found(
        "PF104",
        other,
        target=file.name,
        message=f"{other} and the entry {wiring.main} are both uploaded as {file.name}, and the "
        "entry is the one that is lost.",
        fix=f"Delete {other} if nothing imports it; otherwise rename the entry and change main in "
        f"{wiring.config.file.name}.",
    )


def entry_name_clash(wiring: Wiring) -> Iterator[Finding]:
    """A vendored module that bears the entry's name: the runtime then does not start.

    Of a folder without `__init__.py` it takes no notice. (Observed with workerd 1.20261117.1.)
    """
    stem = PurePosixPath(wiring.main).stem
    for name in (f"{stem}.py", f"{stem}.so", f"{stem}/__init__.py"):
        if (wiring.root / VENDORED / name).is_file() and not _is_excluded(wiring, name):
            yield found(
                "PF115",
                f"{VENDORED}/{name}",
                target=stem,
                message=f"The vendored {name} has the name of the entry {wiring.main}, which is "
                f"uploaded as {stem}.py: the Worker dies with `clashes with main module`.",
                fix=f"Rename the entry, for instance to worker_entry.py, and change main in "
                f"{wiring.config.file.name}.",
            )


def _is_excluded(wiring: Wiring, name: str) -> bool:
    # Imported here: it takes longer than all the rest of this file.
    from pathspec import GitIgnoreSpec

    exclude = wiring.values.get("python_modules", {}).get("exclude", [])
    patterns = exclude if isinstance(exclude, list) else []
    return GitIgnoreSpec.from_lines(patterns).match_file(name)


def _main_module(bundle: Bundle) -> Iterator[Finding]:
    expected = PurePosixPath(bundle.wiring.main).name
    actual = bundle.main_module
    if actual == expected and actual in bundle.upload.modules:
        return
    cause = "is not in it" if actual == expected else f"is not that of the entry, {expected}"
    yield found(
        "PF106",
        bundle.wiring.main,
        target=actual,
        message=f"The main module of the upload, {actual}, {cause}: the body was made from "
        "another project, or from this one as it was.",
        fix="Write it again with `wrangler deploy --dry-run --outfile FILE`, or leave out "
        "--bundle.",
    )


def _in_package(wiring: Wiring) -> Iterator[Finding]:
    entry = (wiring.root / wiring.main).resolve()
    if wiring.module_root not in entry.parents or entry.parent == wiring.module_root:
        return
    dotted = ".".join(entry.relative_to(wiring.module_root).with_suffix("").parts)
    yield found(
        "PF107",
        wiring.place("main"),
        target=dotted,
        message=f"wrangler uploads the entry as {entry.name} alone, so nothing can import "
        f"{dotted}, and the entry can use no relative import.",
        fix=f"If that matters, write a file of one line elsewhere, `from {dotted} import Default`, "
        "and name it as main.",
    )


def _handlers(bundle: Bundle) -> Iterator[Finding]:
    entry = bundle.main_module
    if entry not in bundle.first_party or bundle.facts(entry).syntax_error:
        return
    functions = sorted(FUNCTIONS & bundle.facts(entry).defined.keys())
    if functions and _takes_functions(bundle.wiring):
        return
    classes = list(exported(bundle, entry))
    if any(one is None or one.bases is None or _is_default(one) for one in classes):
        return
    known = [one for one in classes if one is not None]
    handlers = [one for one in known if one.bases]
    defaults = (one for one in known if one.name == "Default")
    wrong = next((one for one in defaults if not one.bases or ENTRYPOINT in one.bases), None)
    if wrong:
        yield _wrong_default(bundle, wrong)
    elif functions:
        yield _function(bundle, functions[0])
    elif not handlers:
        yield _nothing(bundle)
    elif any(ENTRYPOINT in (one.bases or ()) for one in handlers):
        yield _no_default(bundle, handlers[0])


def _is_default(one: Exported) -> bool:
    return one.definition.name == "Default" and ENTRYPOINT in (one.bases or ())


def _takes_functions(wiring: Wiring) -> bool:
    flags = wiring.values.get("compatibility_flags", [])
    return WITHOUT_FUNCTIONS not in flags and (
        wiring.date < CLASSES_SINCE or WITH_FUNCTIONS in flags
    )


def _wrong_default(bundle: Bundle, default: Exported) -> Finding:
    name = default.definition.name
    place = bundle.place(default.part, default.definition.line)
    if not default.bases:
        return found(
            "PF109",
            place,
            target="Default",
            message="The class Default does not derive from WorkerEntrypoint, so the runtime "
            "takes no notice of it and each request fails.",
            fix=f"Write `class {name}(WorkerEntrypoint):` and import that from workers.",
        )
    return found(
        "PF109",
        place,
        target="Default",
        message=f"The entry exports {name} as Default, but the runtime goes by the name in the "
        f"class statement, {name}, so each request fails.",
        fix="Write `class Default(WorkerEntrypoint):` here and import it by that name.",
    )


def _function(bundle: Bundle, name: str) -> Finding:
    wiring = bundle.wiring
    return found(
        "PF109",
        bundle.place(bundle.main_module, bundle.facts(bundle.main_module).defined[name]),
        target=name,
        message=f"Since compatibility date {CLASSES_SINCE} the runtime takes no notice of "
        f"functions such as {name}; yours is {wiring.date}, so each event fails.",
        fix=f"Write {SKELETON}, and move what {name} does there. Or add "
        f'"{WITH_FUNCTIONS}" to compatibility_flags in {wiring.config.file.name}.',
    )


def _nothing(bundle: Bundle) -> Finding:
    return found(
        "PF109",
        Place(bundle.wiring.main),
        target=bundle.main_module,
        message="The entry exports no class that derives from WorkerEntrypoint, DurableObject or "
        "WorkflowEntrypoint of the Workers SDK, so each request fails.",
        fix=f"Write {SKELETON}. For an ASGI app, let fetch return "
        "`await asgi.fetch(app, request, self.env)`.",
    )


def _no_default(bundle: Bundle, other: Exported) -> Finding:
    return found(
        "PF109",
        bundle.place(other.part, other.definition.line),
        target=other.name,
        severity="info",
        message="No class is called Default, so only other Workers that bind to "
        f"{other.definition.name} can call this one; HTTP requests fail.",
        fix="If it is to answer HTTP requests, rename the class to Default.",
    )
