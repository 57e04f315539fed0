"""worker/entry.py: what wrangler uploads as the Worker, made for what the main module has."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.preflight.facts import Facts, facts_of
from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Write
from tools.preflight.repairs.in_place.application import Module, Protocol, protocol
from tools.preflight.repairs.subject import Subject

ENTRY = "worker/entry.py"
# Bases of the SDK whose classes the entry has to export.
BASES = frozenset({"DurableObject", "WorkerEntrypoint", "WorkflowEntrypoint"})
# What people call their application.
NAMES = ("app", "application", "api")

DOCSTRING = "The module wrangler uploads as the Worker; the service itself is the `{}` package."
IMPORT = """\
\"""{docstring}\"""

from {module} import {names}

__all__ = [{quoted}]
"""

WRAPPER = """\
\"""{docstring}\"""

from typing import Any

from workers import Request, WorkerEntrypoint, {protocol}

from {module} import {app}


class Default(WorkerEntrypoint):
    async def fetch(self, request: Request) -> Any:
        # The underlying object: the SDK's own raises KeyError for methods like PROPFIND.
        return await {protocol}.fetch({app}, request.js_object, self.env)
"""


def is_in_package(main: str, package: str) -> bool:
    """Whether the entry is a module of the package, which wrangler would leave out of it."""
    return PurePosixPath(main).parts[:1] == (package,)


def edits(subject: Subject, package: str) -> Iterator[tuple[Draft, Write]]:
    """Have the entry export what the runtime looks for, as the template's own entry does."""
    main = subject.wiring.config.values.get("main", "")
    if is_in_package(main, package):
        module = ".".join(PurePosixPath(main).with_suffix("").parts)
    elif PurePosixPath(main) == PurePosixPath(ENTRY):
        module = f"{package}.main"
    else:
        return
    draft = subject.file(ENTRY)
    if draft is None:
        raise NotRepaired(
            f"{ENTRY} does not exist, which the template adds. `uvx copier recopy` brings it back"
        )
    is_ours = draft.text == _imports("src", "src.main", ["Default"])
    if not (is_ours or is_in_package(main, package)):
        return
    text = _text(Module(subject.wiring.root, module), package, subject.wiring.python)
    # It is the first file to be written; a run may have ended behind it.
    if not is_ours and draft.text != text:
        raise NotRepaired(
            f"{ENTRY} is there already and not the template's. Set main to it in the wrangler "
            f"config once it exports what {main} does"
        )
    yield draft, Write(text, f"made to export what {module} has")


def _text(module: Module, package: str, python: tuple[int, int]) -> str:
    if not module.file.is_file():
        raise NotRepaired(
            f"there is no {module.file.relative_to(module.root)}, from which {ENTRY} would import. "
            "Name the module with the application as main in the wrangler config"
        )
    facts = facts_of(module.file.read_bytes(), python)
    if names := _handlers(facts):
        return _imports(package, module.name, names)
    name = next((name for name in NAMES if name in facts.defined), None)
    if name is None:
        raise NotRepaired(
            f"{module.name} has no class Default and no {' or '.join(NAMES)}, so it is not known "
            f"what answers requests. Name another module as main, or write {ENTRY} by hand"
        )
    spoken = protocol(module, name)
    if spoken is None:
        raise NotRepaired(
            f"{name} of {module.name} is made in a way that does not show whether it speaks ASGI "
            f"or WSGI. Write {ENTRY} by hand: `uv run poe preflight explain PF109` shows how"
        )
    return _wrapper(package, module.name, name, spoken)


def _handlers(facts: Facts) -> list[str]:
    """The classes that the runtime takes; Default also when it is imported from elsewhere."""
    own = {
        name
        for name, found in facts.classes.items()
        if any(base.rpartition(".")[2] in BASES for base in found.bases)
    }
    return sorted(own | ({"Default"} & facts.defined.keys()))


def _imports(package: str, module: str, names: list[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return IMPORT.format(
        docstring=DOCSTRING.format(package),
        module=module,
        names=", ".join(names),
        quoted=quoted,
    )


def _wrapper(package: str, module: str, app: str, spoken: Protocol) -> str:
    docstring = DOCSTRING.format(package)
    return WRAPPER.format(docstring=docstring, module=module, app=app, protocol=spoken)
