"""Has every package that the Worker needs a wheel, as the lock file has it?

Neither pywrangler (`--only-binary :all:`) nor the template's own `setup` builds packages: that
would run their code on this machine, and for the wrong one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.preflight.finding import Finding, Place, found
from tools.preflight.wiring import VENDORED, Wiring

Package = Mapping[str, Any]

# Sources on this machine; they are built where they are named, by explicit wish.
LOCAL = frozenset({"editable", "virtual", "directory", "path"})


def check(wiring: Wiring) -> Iterator[Finding]:
    """A finding for each package that the service needs and that only has a source."""
    if not wiring.delivery and _may_build(wiring):
        return
    file = wiring.root / "pylock.toml"
    if wiring.delivery or not file.is_file():
        file = wiring.root / "uv.lock"
    try:
        text = file.read_text(encoding="utf-8")
        if not _is_worth_parsing(text):
            return
        lock = tomllib.loads(text)
    except (OSError, ValueError):
        return
    listed = lock.get("package") or lock.get("packages") or []
    packages: list[Package] = [
        package for package in listed if isinstance(package, dict) and "name" in package
    ]
    needed: dict[str, tuple[str, ...]] = (
        _needed(packages, wiring)
        if "package" in lock
        else {package["name"]: () for package in packages if _applies(package, wiring)}
    )
    for package in packages:
        name = package["name"]
        if name in needed and _is_source_only(package) and not _is_vendored(wiring, name):
            yield _finding(wiring, file, text, package, needed[name])


def _may_build(wiring: Wiring) -> bool:
    table = wiring.pyproject.get("tool", {}).get("pywrangler", {})
    return isinstance(table, dict) and table.get("allow-build") is True


def _is_worth_parsing(text: str) -> bool:
    """Whether some package has no wheels; parsing a long lock takes longer than all else."""
    blocks = re.split(r"^\[\[packages?\]\]$", text, flags=re.MULTILINE)[1:]
    local = re.compile(rf"\b({'|'.join(LOCAL)})\b = ")
    return any("\nwheels = " not in block and not local.search(block) for block in blocks)


def _needed(packages: list[Package], wiring: Wiring) -> dict[str, tuple[str, ...]]:
    """The packages of uv.lock that the service needs, each with the way that leads to it."""
    from packaging.utils import canonicalize_name

    by_name: dict[str, list[Package]] = {}
    for package in packages:
        by_name.setdefault(package["name"], []).append(package)
    own = canonicalize_name(str(wiring.pyproject.get("project", {}).get("name", "")))
    needed: dict[str, tuple[str, ...]] = {}
    waiting: list[tuple[Package, frozenset[str], tuple[str, ...]]] = [
        (package, frozenset(), ()) for package in by_name.get(own, [])
    ]
    seen: set[tuple[str, str, frozenset[str]]] = set()
    while waiting:
        package, extras, way = waiting.pop(0)
        key = (package["name"], package.get("version", ""), extras)
        if key in seen:
            continue
        seen.add(key)
        optional = package.get("optional-dependencies", {})
        dependencies = [*package.get("dependencies", [])]
        for extra in sorted(extras):
            dependencies += optional.get(extra, [])
        for dependency in dependencies:
            name = dependency["name"]
            if not _applies(dependency, wiring):
                continue
            needed.setdefault(name, way)
            version = dependency.get("version")
            waiting += [
                (candidate, frozenset(dependency.get("extra", ())), (*way, name))
                for candidate in by_name.get(name, [])
                if version in (None, candidate.get("version"))
            ]
    return needed


def _applies(dependency: Mapping[str, Any], wiring: Wiring) -> bool:
    """Whether its marker holds on the Worker."""
    if not (marker := dependency.get("marker")):
        return True
    # Imported here and below: it takes long, and few lock files come this far.
    from packaging.markers import (
        InvalidMarker,
        Marker,
        UndefinedComparison,
        UndefinedEnvironmentName,
    )

    from tools.runtime.vendor import MARKERS

    version = ".".join(map(str, wiring.python))
    environment = {**MARKERS, "python_version": version, "python_full_version": f"{version}.0"}
    try:
        return Marker(marker).evaluate(environment)
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True


def _is_source_only(package: Package) -> bool:
    source = package.get("source") or package.get("archive") or {}
    if package.get("wheels") or LOCAL & {*package, *source, *package.get("sdist", {})}:
        return False
    return not str(source.get("url", "")).partition("#")[0].endswith(".whl")


def _is_vendored(wiring: Wiring, name: str) -> bool:
    """Whether a project of any kind has it vendored already, wherever its wheel came from."""
    if wiring.delivery:
        return False
    from packaging.utils import canonicalize_name

    folders = (wiring.root / VENDORED).glob("*.dist-info")
    return any(canonicalize_name(folder.name.partition("-")[0]) == name for folder in folders)


def _finding(
    wiring: Wiring, file: Path, text: str, package: Package, way: tuple[str, ...]
) -> Finding:
    name = package["name"]
    described = f"{name} {package['version']}" if "version" in package else name
    through = f", which {way[-1]} needs," if way else ""
    return found(
        "PF505",
        _place(wiring, file, text, name, direct=not way),
        target=name,
        message=f"{described}{through} has no wheel in {file.name}, only a source. Packages are "
        "not built for the Worker, so it cannot be vendored.",
        fix=f"Use a release of {name} that has a wheel, or another package. If you have built "
        "and checked a wheel yourself, name it in [tool.uv.sources] of pyproject.toml, "
        "with its path as `path`, and run `uv lock`.",
    )


def _place(wiring: Wiring, file: Path, text: str, name: str, *, direct: bool) -> Place:
    """The line in pyproject.toml that asks for it, or else the one in the lock file."""
    if direct:
        spelled = "[-_.]".join(map(re.escape, name.split("-")))
        asks = re.compile(rf"""^[^#]*["']{spelled}\s*["'\[<>=!~;@(]""", re.IGNORECASE)
        lines = (wiring.root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            if asks.search(line):
                return Place("pyproject.toml", number)
    entry = re.search(rf'^name = "{re.escape(name)}"$', text, re.MULTILINE)
    at = text.count("\n", 0, entry.start()) + 1 if entry else None
    return Place(wiring.relative(file), at)
