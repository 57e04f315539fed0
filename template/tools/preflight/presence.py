"""Is each module of `src` in the upload exactly once, as it is in the tree?"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tools.preflight.finding import Finding
from tools.preflight.project import PACKAGE, Checked
from tools.runtime.upload import Upload

# The two routes by which a module can get into the upload; the second wins on the Worker.
ROUTES = ("", "python_modules/")
# Files that no code reads while it runs.
NOT_DATA = (".pyi", "py.typed", ".md")


def check(checked: Checked, upload: Upload) -> Iterator[Finding]:
    """Findings about the modules of `src` and the entry."""
    tree = checked.tree()
    yield from _entry(checked, upload)
    yield from _twice(upload)
    yield from _both_routes(upload)
    yield from _missing(checked, upload, tree)
    for name in sorted(upload.modules):
        yield from _as_in_the_tree(checked, upload, tree, name)


def _entry(checked: Checked, upload: Upload) -> Iterator[Finding]:
    file = checked.root / checked.main
    if _entry_in_src(checked):
        yield Finding(
            "PF107",
            "error",
            "wrangler.toml",
            checked.config_line("main"),
            f"The entry {checked.main} is a module of src. wrangler uploads it as "
            f"{upload.main_module} only, so `{PACKAGE}.{file.stem}` cannot be imported.",
            'Set main = "worker/entry.py", a file outside src that imports what the Worker '
            "exports.",
        )
    module = upload.modules.get(upload.main_module)
    if module is None or upload.main_module != file.name:
        yield Finding(
            "PF106",
            "error",
            checked.main,
            None,
            f"The upload's main module is {upload.main_module}, "
            + ("which is not in it." if module is None else f"not {file.name}."),
            "Make the bundle again from this project.",
        )
    elif file.is_file() and module.content != file.read_bytes():
        yield _differs(checked.main, file.read_bytes(), module.content, "Make the bundle again.")


def _entry_in_src(checked: Checked) -> bool:
    entry = (checked.root / checked.main).resolve()
    return entry.is_relative_to((checked.source / PACKAGE).resolve())


def _twice(upload: Upload) -> Iterator[Finding]:
    folders = Counter(name.partition("/")[0] for name in upload.duplicates)
    for folder, count in folders.items():
        yield Finding(
            "PF104",
            "error",
            folder,
            None,
            f"{count} modules under this name are in the body more than once; the last of each "
            "is deployed.",
            "Narrow base_dir in wrangler.toml to a folder that holds nothing but src.",
        )


def _both_routes(upload: Upload) -> Iterator[Finding]:
    first, second = (set(_by_route(upload, route)) for route in ROUTES)
    if both := sorted(first & second):
        yield Finding(
            "PF103",
            "error",
            "python_modules/src",
            None,
            f"{len(both)} modules of src are in the upload by both routes, {both[0]} among them. "
            "The copy in python_modules wins on the Worker, so edits are ignored.",
            "Keep one route: delete python_modules/src and the [build] command that fills it, if "
            "wrangler.toml has one, or else delete base_dir there.",
        )


def _by_route(upload: Upload, route: str) -> Iterator[str]:
    for name in upload.modules:
        if name.startswith(f"{route}{PACKAGE}/"):
            yield name.removeprefix(route)


def _missing(checked: Checked, upload: Upload, tree: dict[str, Path]) -> Iterator[Finding]:
    uploaded = {name for route in ROUTES for name in _by_route(upload, route)}
    modules = {name for name in tree if name.endswith(".py")}
    if not uploaded:
        yield Finding(
            "PF101",
            "error",
            "wrangler.toml",
            checked.config_line("base_dir") or checked.config_line("main"),
            f"None of the {len(modules)} modules of {checked.relative(checked.source)}/src is in "
            "the upload: the Worker dies with `No module named 'src'`.",
            f'Set base_dir = "{checked.relative(checked.source)}" in wrangler.toml.',
        )
        return
    for name in sorted(tree.keys() - uploaded):
        file = checked.relative(tree[name])
        if name in modules and not _is_entry(checked, tree[name]):
            yield Finding(
                "PF101",
                "error",
                file,
                None,
                "The module is not in the upload, so importing it fails on the Worker.",
                "Make the bundle again from this tree; when it is made by a wheel, have "
                "[tool.setuptools.packages.find] in pyproject.toml include the module's package.",
            )
        elif name not in modules and _may_be_data(name):
            yield Finding(
                "PF108",
                "warning",
                file,
                None,
                "The file is not in the upload: no rule takes files of this kind.",
                f'Add "src/**/*{Path(name).suffix or Path(name).name}" to rules in wrangler.toml '
                "and to package-data in pyproject.toml, or move the file out of src.",
            )


def _is_entry(checked: Checked, file: Path) -> bool:
    return file.resolve() == (checked.root / checked.main).resolve()


def _may_be_data(name: str) -> bool:
    hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
    return not hidden and not name.endswith(NOT_DATA)


def _as_in_the_tree(
    checked: Checked, upload: Upload, tree: dict[str, Path], name: str
) -> Iterator[Finding]:
    for route in ROUTES:
        if not name.startswith(f"{route}{PACKAGE}/"):
            continue
        file = tree.get(name.removeprefix(route))
        if file is None:
            yield Finding(
                "PF102",
                "error",
                name,
                None,
                f"The upload holds this module, {checked.relative(checked.source)}/src does not.",
                _again(route),
            )
        elif (content := file.read_bytes()) != upload.modules[name].content:
            yield _differs(
                checked.relative(file), content, upload.modules[name].content, _again(route)
            )


def _differs(path: str, expected: bytes, uploaded: bytes, fix: str) -> Finding:
    same = next(
        (at for at, (a, b) in enumerate(zip(expected, uploaded, strict=False)) if a != b),
        min(len(expected), len(uploaded)),
    )
    return Finding(
        "PF105",
        "error",
        path,
        expected.count(b"\n", 0, same) + 1,
        "The upload holds another version of this file; they differ from this line on.",
        fix,
    )


def _again(route: str) -> str:
    if route:
        return "Run `uv run python -m tools.runtime.wheel`, or delete python_modules/src."
    return "Make the bundle again from this tree."
