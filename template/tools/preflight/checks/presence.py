"""Is each module of the source tree in the upload, as it is in the tree?"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tools.preflight.bundle import Bundle
from tools.preflight.checks import copies, dropped_data, entry, shadowing
from tools.preflight.finding import Finding, Place, found
from tools.preflight.membership import is_test
from tools.preflight.wiring import VENDORED


def check(bundle: Bundle) -> Iterator[Finding]:
    """Findings about how upload and source tree agree, and about names in the upload."""
    yield from entry.check(bundle)
    yield from copies.check(bundle)
    yield from _missing(bundle)
    yield from _as_in_the_tree(bundle)
    yield from shadowing.check(bundle)
    yield from dropped_data.check(bundle)


def _missing(bundle: Bundle) -> Iterator[Finding]:
    """One finding for each package that is not there at all, or else for each module."""
    uploaded = {short for part in bundle.upload.modules if (short := bundle.short(part))}
    modules: defaultdict[str, list[str]] = defaultdict(list)
    main = (bundle.wiring.root / bundle.wiring.main).resolve()
    for name, file in bundle.wiring.tree.items():
        if name.endswith(".py") and file != main:
            modules[name.partition("/")[0]].append(name)
    if modules and not any(name in uploaded for names in modules.values() for name in names):
        yield from _none(bundle, modules)
        return
    for top, names in modules.items():
        absent = [name for name in names if name not in uploaded]
        if len(absent) == len(names) and top in bundle.wiring.packages:
            yield from _none(bundle, {top: names})
        else:
            yield from (_absent(bundle, name) for name in absent if not is_test(name))


def _none(bundle: Bundle, modules: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Nothing of these packages is uploaded; the wiring is to blame."""
    wiring = bundle.wiring
    config = wiring.config.file.name
    names = [name for group in modules.values() for name in group]
    top = names[0].partition("/")[0].removesuffix(".py")
    if not _is_imported(bundle, set(modules)):
        return
    if wiring.values.get("find_additional_modules") is False:
        keys, fix = "find_additional_modules", f"Delete find_additional_modules from {config}."
    else:
        keys = "main" if wiring.base_dir is None else "base_dir"
        fix = f'Set base_dir = "{wiring.relative(wiring.source)}" in {config}'
        fix += (
            ", or run `uv run python -m tools.runtime.wheel`, which unpacks the wheel."
            if wiring.delivery
            else f", or unpack the wheel that carries {top} into {VENDORED}."
        )
        if wiring.source == wiring.root:
            fix = (
                f'Set base_dir = ".worker" in {config}, and in [build] the command '
                '"python -m tools.runtime.staging"; or run '
                "`uv run python -m tools.runtime.wheel`, which unpacks the wheel."
            )
        if wiring.source == wiring.module_root:
            fix = "Write the body again with `wrangler deploy --dry-run --outfile FILE`."
    yield found(
        "PF101",
        wiring.place(keys),
        target=top,
        message=f"None of the {len(names)} modules that the service has in "
        f"{wiring.relative(wiring.source)} is in the upload: the Worker dies with "
        f"`No module named '{top}'`.",
        fix=fix,
    )


def _is_imported(bundle: Bundle, tops: set[str]) -> bool:
    names = {top.removesuffix(".py") for top in tops}
    return any(
        statement.module.partition(".")[0] in names and not statement.level
        for part in bundle.first_party
        for statement in bundle.facts(part).imports
    )


def _absent(bundle: Bundle, name: str) -> Finding:
    wiring = bundle.wiring
    if any(part.startswith(f"{VENDORED}/{name.partition('/')[0]}/") for part in bundle.first_party):
        fix = (
            "Build the wheel again and unpack it. If it still lacks the module: have include of "
            "[tool.setuptools.packages.find] in pyproject.toml take in its package, and exclude of "
            f"[python_modules] in {wiring.config.file.name} leave it."
        )
    else:
        fix = "Write the body again with `wrangler deploy --dry-run --outfile FILE`."
    return found(
        "PF101",
        wiring.relative(wiring.tree[name]),
        target=name,
        message="The module is not in the upload, so importing it fails on the Worker.",
        fix=fix,
    )


def _as_in_the_tree(bundle: Bundle) -> Iterator[Finding]:
    wiring = bundle.wiring
    roots = wiring.roots
    twice = copies.by_both_routes(bundle)
    for part, module in sorted(bundle.upload.modules.items()):
        short = bundle.short(part)
        if part == bundle.main_module or short is None or bundle.is_environment(part):
            continue
        by_wheel = part != short
        if by_wheel and short.partition("/")[0] in twice:
            continue
        file = _on_disk(roots, short)
        if file is None:
            yield _unknown(bundle, part, by_wheel=by_wheel)
        elif (content := file.read_bytes()) != module.content:
            path = wiring.relative(file)
            yield _differs(path, content, module.content, _again(bundle, by_wheel=by_wheel))
    yield from _entry_differs(bundle)


def _on_disk(roots: Iterable[Path], short: str) -> Path | None:
    if short.startswith("/") or ".." in short.split("/"):
        return None
    # Unlike its method, the function takes any text for a name, of whatever length.
    return next((root / short for root in roots if os.path.isfile(root / short)), None)


def _entry_differs(bundle: Bundle) -> Iterator[Finding]:
    wiring = bundle.wiring
    file = wiring.root / wiring.main
    module = bundle.upload.modules.get(bundle.main_module)
    # Under another name it is no entry of this project.
    if bundle.main_module != file.name or module is None or not file.is_file():
        return
    if entry.replaced_by(wiring):
        return
    if (content := file.read_bytes()) != module.content:
        yield _differs(wiring.main, content, module.content, _again(bundle, by_wheel=False))


def _unknown(bundle: Bundle, part: str, *, by_wheel: bool) -> Finding:
    wiring = bundle.wiring
    return found(
        "PF102",
        part,
        target=part,
        message=f"The upload holds {part}, but {wiring.relative(wiring.source)} holds no such "
        "file: code that was deleted or renamed is still deployed.",
        fix=_again(bundle, by_wheel=by_wheel),
    )


def _differs(path: str, expected: bytes, uploaded: bytes, fix: str) -> Finding:
    same = next(
        (at for at, (a, b) in enumerate(zip(expected, uploaded, strict=False)) if a != b),
        min(len(expected), len(uploaded)),
    )
    return found(
        "PF105",
        Place(path, expected.count(b"\n", 0, same) + 1),
        target=path,
        message="The upload holds another version of this file; they differ from this line on. "
        "What is deployed is not what the repository says.",
        fix=fix,
    )


def _again(bundle: Bundle, *, by_wheel: bool) -> str:
    if not by_wheel:
        return "Write the body again with `wrangler deploy --dry-run --outfile FILE`."
    if bundle.wiring.delivery:
        return "Run `uv run python -m tools.runtime.wheel`, which builds and unpacks the wheel."
    return f"Build the wheel again, and unpack it into {VENDORED} in place of what is there."
