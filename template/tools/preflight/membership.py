"""Which parts of an upload are not the service's: environments, tests, files that lie around."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tools.preflight.mentions import mentioned

if TYPE_CHECKING:
    from tools.preflight.bundle import Bundle

ENVIRONMENTS = frozenset(
    {
        *(".cache", ".eggs", ".git", ".hypothesis", ".mypy_cache", ".nox", ".pytest_cache"),
        *(".ruff_cache", ".tox", ".venv", ".venv-workers", ".wrangler", "__pycache__", "htmlcov"),
        *("node_modules", "site-packages", "venv"),
    }
)
# A service may well have a package of such a name further down.
BUILDS = frozenset({"build", "dist"})
TESTS = frozenset({"docs", "examples", "test", "tests"})
TEST_MODULES = re.compile(r"test_.*\.py|.*_test\.py|conftest\.py")


@dataclass(frozen=True)
class Stray:
    """What a part is instead; `folder` is the topmost folder or the file that is to blame.

    Both are named as in the upload, less the route of the wheel.
    """

    code: Literal["PF301", "PF304", "PF305"]
    folder: str


def strays(bundle: "Bundle") -> Mapping[str, Stray]:
    """The parts that are not the service's, judged by their names.

    Of what could be the service's in spite of its name, a folder is spared if the service imports
    from it or names a file of it.
    """
    certain: dict[str, Stray] = {}
    doubtful: dict[str, Stray] = {}
    for part in bundle.upload.modules:
        short = bundle.short(part)
        if short is None or part == bundle.main_module:
            continue
        if folder := _environment(short):
            certain[part] = Stray("PF304", folder)
        elif stray := _judge(bundle, short, by_wheel=short != part):
            doubtful[part] = stray
    if doubtful:
        used = {doubtful[part].folder for part in _used(bundle, doubtful)}
        doubtful = {part: stray for part, stray in doubtful.items() if stray.folder not in used}
    return certain | doubtful


def _environment(short: str) -> str | None:
    *folders, _ = short.split("/")
    for depth, name in enumerate(folders, start=1):
        if name in ENVIRONMENTS or name.endswith(".egg-info"):
            return "/".join(folders[:depth])
    return None


def _judge(bundle: "Bundle", short: str, *, by_wheel: bool) -> Stray | None:
    top, slash, _ = short.partition("/")
    if slash and top in BUILDS:
        return Stray("PF304", top)
    if folder := _tests(short):
        return Stray("PF305", folder)
    declared = bundle.wiring.packages
    if not declared or by_wheel or top in declared or _is_claimed(bundle, top):
        return None
    return Stray("PF301", top)


def _is_claimed(bundle: "Bundle", top: str) -> bool:
    """Whether something else is imported under this name, so that no import could spare it."""
    name = top.removesuffix(".py")
    winner = bundle.layout.find(name)
    vendored = winner is not None and winner.part is not None and bundle.short(winner.part) is None
    return vendored or bundle.resolver.is_outside(name) or f"{name}.py" == bundle.main_module


def is_test(short: str) -> bool:
    """Whether a file is a test or documentation, by its name."""
    return _tests(short) is not None


def _tests(short: str) -> str | None:
    *folders, file = short.split("/")
    for depth, name in enumerate(folders, start=1):
        if name in TESTS:
            return "/".join(folders[:depth])
    return short if TEST_MODULES.fullmatch(file) else None


def _used(bundle: "Bundle", candidates: Mapping[str, Stray]) -> Iterator[str]:
    yield from _imported(bundle, candidates)
    sources = (part for part in bundle.first_party if part not in candidates)
    names = mentioned(bundle.upload.modules[part].content for part in sources)
    for part, stray in candidates.items():
        folder, file = stray.folder.rpartition("/")[2], part.rpartition("/")[2]
        is_data = not part.endswith(".py")
        if (is_data and file in names) or ((is_data or stray.code == "PF301") and folder in names):
            yield part


def _imported(bundle: "Bundle", candidates: Mapping[str, Stray]) -> Iterator[str]:
    """The candidates that the service imports, and those that these import in turn."""
    seen: set[str] = set()
    pending = [part for part in bundle.first_party if part not in candidates]
    while pending:
        part = pending.pop()
        for statement in bundle.facts(part).imports:
            resolved = bundle.resolver.resolve(part, statement)
            modules = (bundle.layout.find(f"{resolved.module}.{name}") for name in statement.names)
            for hit in (*resolved.parts, *(module.part for module in modules if module)):
                if hit and hit in candidates and hit not in seen:
                    seen.add(hit)
                    pending.append(hit)
                    yield hit
