"""Is each module in the upload once?"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tools.preflight.bundle import Bundle
from tools.preflight.finding import Finding, found
from tools.preflight.wiring import VENDORED


def check(bundle: Bundle) -> Iterator[Finding]:
    """Findings about names that are in the body twice, and modules under two names."""
    yield from _same_name(bundle)
    for top, parts in by_both_routes(bundle).items():
        yield _both_routes(bundle, top, parts)
    yield from _flattened(bundle)


def by_both_routes(bundle: Bundle) -> Mapping[str, Sequence[str]]:
    """The modules that lie in the module root and in python_modules, by top-level name.

    Another package that happens to have the name of the service's is not counted: either
    pyproject.toml says that the wheel carries it, or a module has the same bytes in both.
    """
    both: defaultdict[str, list[str]] = defaultdict(list)
    for part in sorted(bundle.upload.modules):
        twin = f"{VENDORED}/{part}" in bundle.upload.modules
        if twin and part.endswith(".py") and part != bundle.main_module:
            both[part.partition("/")[0].removesuffix(".py")].append(part)
    return {
        top: parts
        for top, parts in both.items()
        if top in bundle.wiring.packages or any(_is_same(bundle, part) for part in parts)
    }


def _is_same(bundle: Bundle, part: str) -> bool:
    content = _content(bundle, part)
    return content.strip() != b"" and content == _content(bundle, f"{VENDORED}/{part}")


def _both_routes(bundle: Bundle, top: str, parts: Sequence[str]) -> Finding:
    wiring = bundle.wiring
    root = wiring.relative(wiring.module_root)
    copy = f"{VENDORED}/{parts[0] if parts[0] == f'{top}.py' else top}"
    different = [
        part for part in parts if _content(bundle, part) != _content(bundle, f"{VENDORED}/{part}")
    ]
    now = f"{different[0]} already differs" if different else "they are the same now"
    return found(
        "PF103",
        copy,
        target=top,
        message=f"{_modules(len(parts))} of {top} are uploaded from {root} and from {VENDORED}. "
        f"On the Worker the copy in {VENDORED} wins ({now}), so edits in {root} do nothing.",
        fix=f"Keep one route: delete {copy}, and the command of [build] in "
        f"{wiring.config.file.name} if it fills that folder. Or, to deliver by wheel, delete "
        "base_dir there.",
    )


def _same_name(bundle: Bundle) -> Iterator[Finding]:
    for name, count in sorted(Counter(bundle.upload.duplicates).items()):
        yield found(
            "PF104",
            bundle.place(name),
            target=name,
            message=f"{count + 1} parts of the body have the name {name}; the last is deployed.",
            fix="Write the body again with `wrangler deploy --dry-run --outfile FILE`, which "
            "gives each name once.",
        )


def flattened(bundle: Bundle) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Top-level folders that repeat one further down, as core/x.py does src/core/x.py.

    For each, the folders that it repeats, with their modules.
    """
    modules = {
        short: part
        for part, short in bundle.first_party.items()
        if "/" in short
        and not short.endswith("/__init__.py")
        and not bundle.is_environment(part)
        and bundle.upload.modules[part].content.strip()
    }
    copies: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for longer, part in sorted(modules.items()):
        pieces = longer.split("/")
        for depth in range(1, len(pieces) - 1):
            copy = modules.get("/".join(pieces[depth:]))
            if copy and _content(bundle, copy) == _content(bundle, part):
                copies[pieces[depth]]["/".join(pieces[: depth + 1])].append(longer)
    return copies


def _content(bundle: Bundle, part: str) -> bytes:
    return bundle.upload.modules[part].content


def _flattened(bundle: Bundle) -> Iterator[Finding]:
    for copy, originals in sorted(flattened(bundle).items()):
        place = bundle.folder(copy)
        for original, modules in originals.items():
            yield found(
                "PF103",
                place,
                target=copy,
                message=f"{_modules(len(modules))} of {original} are in the upload as {copy} too, "
                f"{modules[0]} among them. A Worker that imports both has each class and variable "
                "twice.",
                fix=f"Delete {place.path}, and import from {original.replace('/', '.')} where the "
                "code imports from the copy.",
            )


def _modules(count: int) -> str:
    return "1 module" if count == 1 else f"{count} modules"
