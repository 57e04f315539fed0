"""Package data: `rules` of the wrangler config and package-data of pyproject.toml."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.preflight.checks.strays import KEY_FILES, SECRET_FILES
from tools.preflight.finding import Finding
from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Add, Edit, exists, look_up
from tools.preflight.repairs.subject import Subject
from tools.preflight.wiring import VENDORED

SETUPTOOLS = ("tool", "setuptools")


def upload_data(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    """Have wrangler upload a data file's kind, and the wheel carry it, where there is one."""
    name = _name(subject, finding)
    if name is None:
        return
    file = PurePosixPath(name).name
    if SECRET_FILES.fullmatch(file) or KEY_FILES.fullmatch(file):
        raise NotRepaired(
            f"a file called {file} usually holds secrets, so none is uploaded unasked"
        )
    if not _by_wheel(subject, name):
        yield subject.config, _rule(subject, name)
    yield from carry_in_wheel(subject, finding)


def carry_in_wheel(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    """Have the wheel carry a file: by package-data, or a module by its package."""
    name = _name(subject, finding)
    pyproject = subject.pyproject
    if name is None or pyproject is None or not exists(pyproject.values, SETUPTOOLS):
        return
    top = name.partition("/")[0]
    if top not in subject.wiring.packages:
        return
    if name.endswith(".py"):
        yield from _package(pyproject, name)
    else:
        yield pyproject, Add((*SETUPTOOLS, "package-data", "*"), _kind(name))


def _package(pyproject: Draft, name: str) -> Iterator[tuple[Draft, Edit]]:
    packages = (*SETUPTOOLS, "packages")
    listed = look_up(pyproject.values, packages) if exists(pyproject.values, packages) else None
    if isinstance(listed, list):
        yield pyproject, Add(packages, ".".join(PurePosixPath(name).parts[:-1]))
    elif isinstance(listed, dict):
        top = name.partition("/")[0]
        include = (*packages, "find", "include")
        yield pyproject, Add(include, top)
        yield pyproject, Add(include, f"{top}.*")


def _rule(subject: Subject, name: str) -> Edit:
    glob = f"{name.partition('/')[0]}/**/{_kind(name)}" if "/" in name else name
    rules = subject.key("rules")
    values = subject.config.values
    present = look_up(values, rules) if exists(values, rules) else []
    for at, rule in enumerate(present):
        # Of a type the first rule without fallthrough ends the search, so the first is right.
        if rule.get("type") == "Data" and isinstance(rule.get("globs"), list):
            return Add((*rules, at, "globs"), glob)
    return Add(rules, {"type": "Data", "globs": [glob], "fallthrough": True})


def _kind(name: str) -> str:
    """`*.json` for a file of that suffix, its name for one without."""
    path = PurePosixPath(name)
    return f"*{path.suffix}" if path.suffix else path.name


def _name(subject: Subject, finding: Finding) -> str | None:
    """The name that the file a finding is about has in an upload, less the route's prefix."""
    wiring = subject.wiring
    file = wiring.root / finding.place.path
    return next((name for name, path in wiring.tree.items() if path == file), None)


def _by_wheel(subject: Subject, name: str) -> bool:
    """Whether the package of the file is uploaded from python_modules, where rules do not count."""
    route = f"{VENDORED}/{name.partition('/')[0]}/"
    return subject.bundle is not None and any(
        part.startswith(route) for part in subject.bundle.first_party
    )
