"""Is each file that the service reads in the upload?

wrangler takes Python, and of other files only those that a rule names; it says nothing about the
rest. (Observed with wrangler 4.164.0.)
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from tools.preflight.bundle import Bundle
from tools.preflight.finding import Finding, found
from tools.preflight.membership import is_test
from tools.preflight.mentions import mentioned
from tools.preflight.wiring import VENDORED

# Files that no code reads while it runs.
NOT_DATA = (".pyi", "py.typed", ".md", ".rst", ".pyx", ".pxd", ".c", ".h")


def check(bundle: Bundle) -> Iterator[Finding]:
    """A finding for each file whose name is in the code, and one for each kind of the others."""
    dropped = _dropped(bundle)
    if not dropped:
        return
    names = mentioned(bundle.upload.modules[part].content for part, _ in bundle.own_modules())
    others: defaultdict[str, list[str]] = defaultdict(list)
    for name in dropped:
        if PurePosixPath(name).name in names:
            yield _read_by_code(bundle, name)
        elif "/" in name:
            others[_pattern(name)].append(name)
    for alike in others.values():
        yield _not_named(bundle, alike)


def _dropped(bundle: Bundle) -> list[str]:
    wiring = bundle.wiring
    uploaded = {bundle.short(part) for part in bundle.upload.modules}
    shorts = (bundle.first_party[part] for part, _ in bundle.own_modules())
    packages = {short.partition("/")[0] for short in shorts if "/" in short}
    return [
        name
        for name, file in wiring.tree.items()
        if name not in uploaded
        and not name.endswith((".py", *NOT_DATA))
        and not any(piece.startswith(".") for piece in name.split("/"))
        and not is_test(name)
        and ("/" not in name or name.partition("/")[0] in packages)
        and file != wiring.config.file.resolve()
    ]


def _read_by_code(bundle: Bundle, name: str) -> Finding:
    return found(
        "PF108",
        bundle.wiring.relative(bundle.wiring.tree[name]),
        target=name,
        message=f"The code names {PurePosixPath(name).name}, but no rule takes files of this kind: "
        "the file is not in the upload, and reading it fails on the Worker.",
        fix=_fix(bundle, name),
    )


def _not_named(bundle: Bundle, alike: Sequence[str]) -> Finding:
    more = f" Nor are {len(alike) - 1} more files of this kind." if len(alike) > 1 else ""
    return found(
        "PF108",
        bundle.wiring.relative(bundle.wiring.tree[alike[0]]),
        target=alike[0],
        severity="info",
        message=f"No rule takes files of this kind, so the file is not in the upload.{more}",
        fix=f"If code reads it: {_fix(bundle, alike[0])}",
    )


def _fix(bundle: Bundle, name: str) -> str:
    wiring = bundle.wiring
    top = name.partition("/")[0]
    if any(part.startswith(f"{VENDORED}/{top}/") for part in bundle.first_party):
        return (
            f'Add "{_kind(name)}" to [tool.setuptools.package-data] in pyproject.toml and build '
            "the wheel again."
        )
    config = wiring.config.file.name
    rules = wiring.values.get("rules", [])
    if any(isinstance(rule, dict) and rule.get("type") == "Data" for rule in rules):
        return f'Add "{_pattern(name)}" to the globs of the Data rule in {config}.'
    if wiring.config.file.suffix == ".toml":
        rule = f'[[rules]] with type = "Data", globs = ["{_pattern(name)}"], fallthrough = true'
    else:
        rule = f'{{"type": "Data", "globs": ["{_pattern(name)}"], "fallthrough": true}} to rules'
    return f"Add {rule} to {config}."


def _pattern(name: str) -> str:
    """A glob for the files of a kind in the same package."""
    top, slash, _ = name.partition("/")
    return f"{top}/**/{_kind(name)}" if slash else name


def _kind(name: str) -> str:
    file = PurePosixPath(name)
    return f"*{file.suffix}" if file.suffix else file.name
