"""Is the project wired as wrangler and pywrangler want it? From its files alone.

What wrangler refuses is found here as well: it then makes no upload that could be looked at.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.preflight.checks import drifted, ignored_keys, locked
from tools.preflight.checks.entry import entry_name_clash
from tools.preflight.finding import Finding, Place, found
from tools.preflight.wiring import VENDORED, Wiring

# wrangler 4.164.0 adds PythonModule itself and accepts no rule of that type.
RULE_TYPES = ("ESModule", "CommonJS", "CompiledWasm", "Text", "Data")

# They let a workerd of this machine load an unchecked Python; Cloudflare takes neither.
LOCAL_FLAGS = ("python_workers_development", "experimental")

# What no module root should hold; wrangler walks through all of it.
NOT_CODE = (".git", ".venv", ".venv-workers", "node_modules")


def check(wiring: Wiring) -> Iterator[Finding]:
    """Findings about the wrangler config, pyproject.toml, the lock file and what lies where."""
    yield from _other_configs(wiring)
    yield from ignored_keys.check(wiring)
    yield from _flags(wiring)
    yield from _rules(wiring)
    yield from _search_path(wiring)
    yield from _module_root(wiring)
    yield from entry_name_clash(wiring)
    yield from _requirements(wiring)
    yield from locked.check(wiring)
    yield from drifted.check(wiring)


def _other_configs(wiring: Wiring) -> Iterator[Finding]:
    used = wiring.config.file.name
    for file in wiring.config.others:
        # pywrangler looks for them in another order than wrangler does.
        misled = ", while pywrangler reads its date" if file.suffix == ".toml" else ""
        yield found(
            "PF005",
            wiring.relative(file),
            target=file.name,
            message=f"wrangler reads {used} and ignores {file.name}{misled}: a change made "
            "here is not deployed.",
            fix=f"Move what is still missing from {used} there and delete {file.name}.",
        )


def _flags(wiring: Wiring) -> Iterator[Finding]:
    flags = wiring.values.get("compatibility_flags", [])
    if wiring.main.endswith(".py") and "python_workers" not in flags:
        yield found(
            "PF704",
            wiring.place("compatibility_flags"),
            target="python_workers",
            message="wrangler refuses an entry written in Python without the compatibility flag "
            "python_workers.",
            fix=f'Add "python_workers" to compatibility_flags in {_config(wiring)}.',
        )
    for flag in LOCAL_FLAGS:
        if flag in flags:
            yield found(
                "PF712",
                wiring.place("compatibility_flags"),
                target=flag,
                message=f"The compatibility flag {flag} is for a runtime on your own machine; "
                "Cloudflare refuses an upload that has it.",
                fix=f'Delete "{flag}" from compatibility_flags in {_config(wiring)}; what needs '
                "it locally gives it to `wrangler dev --compatibility-flags`.",
            )


def _rules(wiring: Wiring) -> Iterator[Finding]:
    for rule in wiring.values.get("rules", []):
        if not isinstance(rule, Mapping):
            continue
        kind = rule.get("type")
        if kind not in RULE_TYPES:
            yield found(
                "PF702",
                _place_of_rule(wiring, kind),
                target=str(kind or "rules"),
                message=f"wrangler refuses a rule of the type {kind}: it makes no upload at all."
                if kind
                else "wrangler refuses a rule without a type: it makes no upload at all.",
                fix=_fix_of_rule(wiring, kind),
            )
        elif not _are_texts(rule.get("globs")):
            yield found(
                "PF702",
                _place_of_rule(wiring, kind),
                target=str(kind),
                message="wrangler refuses a rule whose globs are not an array of texts.",
                fix=f'Write them as globs = ["src/**/*.sql"] in {_config(wiring)}.',
            )


def _fix_of_rule(wiring: Wiring, kind: object) -> str:
    if kind and str(kind).startswith("Python"):
        return (
            f"Delete the rule from {_config(wiring)}: wrangler uploads every .py file of the "
            "module root without one, and none can be left out by rules."
        )
    return f"Make it one of {', '.join(RULE_TYPES)} in {_config(wiring)}."


def _place_of_rule(wiring: Wiring, kind: object) -> Place:
    """The first line from `rules` on that has the type in quotes."""
    place = wiring.place("rules")
    lines = wiring.config.text.splitlines()
    quoted = (f'"{kind}"', f"'{kind}'")
    for number in range((place.line or 1) - 1, len(lines)):
        if any(text in lines[number] for text in quoted):
            return Place(place.path, number + 1)
    return place


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _search_path(wiring: Wiring) -> Iterator[Finding]:
    variables: Mapping[str, Any] = wiring.values.get("vars", {})
    if "PYTHONPATH" in variables:
        yield found(
            "PF210",
            wiring.place("vars", "PYTHONPATH"),
            target="PYTHONPATH",
            message="Variables of a Worker are bindings, not the environment of its Python: "
            "PYTHONPATH changes nothing, and modules are found under the module root only.",
            fix=f"Delete PYTHONPATH from vars in {_config(wiring)} and set base_dir to the folder "
            "that holds the packages.",
        )


def _module_root(wiring: Wiring) -> Iterator[Finding]:
    root, project = wiring.module_root, wiring.root.resolve()
    vendored = root / VENDORED
    if vendored.is_dir() and root != project:
        yield found(
            "PF713",
            wiring.relative(vendored),
            target=VENDORED,
            message=f"wrangler refuses a {VENDORED} inside the module root, "
            f"{wiring.relative(root)}: vendored packages belong beside {_config(wiring)}.",
            fix=f"Delete {wiring.relative(vendored)}; `{_sync(wiring)}` writes the one that "
            "wrangler uploads.",
        )
    own_folder = (project / wiring.main).resolve().parent
    if wiring.base_dir is None or root == own_folder:
        return
    if project.is_relative_to(root):
        holds = f"the folder of {_config(wiring)}"
        fix = _narrower(wiring, root)
    elif inside := [name for name in NOT_CODE if (root / name).exists()]:
        holds = wiring.relative(root / inside[0])
        fix = f"Delete {holds}, or move it to where {_config(wiring)} lies."
    else:
        return
    yield found(
        "PF703",
        wiring.place("base_dir"),
        target="base_dir",
        message=f'base_dir = "{wiring.base_dir}" takes in {holds}: wrangler uploads every .py '
        "file below it, whatever it is for, and `wrangler dev` reloads whenever anything there is "
        "written.",
        fix=fix,
    )


def _narrower(wiring: Wiring, root: Path) -> str:
    """How to get a module root that holds nothing but the service."""
    if wiring.source != root and wiring.source.is_dir():
        return f'Set base_dir = "{wiring.relative(wiring.source)}" in {_config(wiring)}.'
    return (
        "Move the service's packages into a folder that holds nothing else, such as backend/, "
        f'and set base_dir = "backend" in {_config(wiring)}.'
    )


def _requirements(wiring: Wiring) -> Iterator[Finding]:
    file = wiring.root / "requirements.txt"
    if not file.is_file() or (wiring.pyproject and not _uses_pywrangler(wiring)):
        return
    yield found(
        "PF709",
        "requirements.txt",
        target="requirements.txt",
        # Without a pyproject.toml, pywrangler is not in use yet.
        severity="error" if wiring.pyproject else "info",
        message="pywrangler ends with an error while a requirements.txt lies beside "
        "pyproject.toml: it neither vendors nor deploys.",
        fix="Move its lines to dependencies in pyproject.toml (`uv add -r requirements.txt` does "
        "that) and delete requirements.txt.",
    )


def _uses_pywrangler(wiring: Wiring) -> bool:
    project = wiring.pyproject.get("project", {})
    tables = [
        {"": project.get("dependencies", [])},
        project.get("optional-dependencies", {}),
        wiring.pyproject.get("dependency-groups", {}),
    ]
    return any(
        isinstance(dependency, str) and dependency.startswith("workers-py")
        for table in tables
        for group in table.values()
        if isinstance(group, list)
        for dependency in group
    )


def _config(wiring: Wiring) -> str:
    return wiring.config.file.name


def _sync(wiring: Wiring) -> str:
    return "uv run poe setup" if wiring.delivery else "uv run pywrangler sync --force"
