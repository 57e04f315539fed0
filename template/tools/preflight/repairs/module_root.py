"""`base_dir`, the folder from which modules are named."""

from collections.abc import Iterator

from tools.preflight.bundle import Bundle
from tools.preflight.facts import facts_of
from tools.preflight.finding import Finding
from tools.preflight.layout import Layout
from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Add, Drop, Edit, Set
from tools.preflight.repairs.subject import Subject
from tools.preflight.wiring import VENDORED, Wiring


def upload_the_packages(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    """When no module of the declared packages is uploaded, name them from their own folder."""
    wiring, bundle = subject.wiring, subject.bundle
    if wiring.values.get("find_additional_modules") is False:
        yield subject.config, Drop(subject.key("find_additional_modules"))
        return
    if bundle is None or not wiring.packages or wiring.source == wiring.module_root:
        return
    uploaded = {short.partition("/")[0] for short in bundle.first_party.values()}
    if uploaded & set(wiring.packages):
        return
    if wiring.values.get("build", {}).get("command"):
        raise NotRepaired(
            "the [build] command should have put the packages into python_modules: run it and "
            "look at what it says"
        )
    yield from _set_base_dir(subject, bundle)


def narrow(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    """When the module root takes in more than the packages, make it the folder that holds them."""
    wiring, bundle = subject.wiring, subject.bundle
    if bundle is None or not wiring.packages or wiring.source == wiring.module_root:
        return
    if wiring.is_staged and subject.pyproject:
        yield subject.pyproject, Add(("tool", "staging", "exclude"), f"/{finding.target}")
    elif wiring.source.is_relative_to(wiring.module_root):
        yield from _set_base_dir(subject, bundle)


def _set_base_dir(subject: Subject, bundle: Bundle) -> Iterator[tuple[Draft, Edit]]:
    wiring = subject.wiring
    folder = wiring.relative(wiring.source)
    if wiring.source == wiring.root:
        raise NotRepaired(
            "the packages lie beside what is not theirs, so no folder holds them alone"
        )
    missing = [name for name in wiring.packages if not (wiring.source / name).is_dir()]
    if missing or not wiring.source.is_relative_to(wiring.root.resolve()):
        raise NotRepaired(f"pyproject.toml names packages in {folder} that are not there")
    if (wiring.source / VENDORED).exists():
        raise NotRepaired(f"base_dir cannot be {folder}, which holds {VENDORED}")
    for name in wiring.packages:
        if any(part.startswith(f"{VENDORED}/{name}/") for part in bundle.upload.modules):
            raise NotRepaired(f"{VENDORED}/{name} would then be a second copy: delete it first")
    if lost := _lost_import(wiring, bundle):
        file, module = lost
        raise NotRepaired(f"{file} imports {module}, which is not in {folder}")
    yield subject.config, Set(subject.key("base_dir"), folder, after="main")


def _lost_import(wiring: Wiring, bundle: Bundle) -> tuple[str, str] | None:
    """An import that resolves now and would not with the packages alone: file and module."""
    files = {
        name: file
        for name, file in wiring.tree.items()
        if name.partition("/")[0] in wiring.packages
    }
    entry = wiring.root / wiring.main
    left = Layout([*files, *bundle.vendored, entry.name])
    for file in [entry, *files.values()]:
        if file.suffix != ".py" or not file.is_file():
            continue
        for found in facts_of(file.read_bytes(), wiring.python).imports:
            if (
                found.level == 0
                and bundle.layout.find(found.module)
                and not left.find(found.module)
            ):
                return wiring.relative(file), found.module
    return None
