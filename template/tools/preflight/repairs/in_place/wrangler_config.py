"""The wrangler config: entry, module root, build command, date and flag."""

from collections.abc import Iterator
from typing import Any

from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Add, Drop, Edit, KeyPath, Set, exists, look_up
from tools.preflight.repairs.in_place.entry import ENTRY, is_in_package
from tools.preflight.repairs.subject import Subject
from tools.runtime.project import PYTHON_314_SINCE
from tools.runtime.staging import FOLDER

# Also in template/wrangler.toml.jinja.
DATE = "2026-11-01"

COMMANDS = {
    "hybrid": "python -m tools.runtime.staging",
    "wrangler": "python -m tools.runtime.staging",
    "wheel": "python -m tools.runtime.wheel",
}


def edits(subject: Subject, package: str, delivery: str) -> Iterator[tuple[Draft, Edit]]:
    """Have wrangler upload the package under its own name, by the delivery that was answered."""
    config = subject.config
    if delivery == "hybrid" and _delivers_by_wheel(config.values):
        # The wheel has taken over, which is what it is kept ready for.
        delivery = "wheel"
    environments = config.values.get("env", {})
    for table in ((), *(("env", name) for name in environments)):
        for edit in _edits(config.values, table, package, delivery):
            yield config, edit


def _edits(values: Any, table: KeyPath, package: str, delivery: str) -> Iterator[Edit]:
    """The edits for the top level, or for an environment of what it sets itself."""
    is_top = not table
    upload = (*table, "build", "upload")
    if exists(values, upload):
        yield from _without_upload(values, upload)
    main = (*table, "main")
    if exists(values, main) and is_in_package(look_up(values, main), package):
        yield Set(main, ENTRY)
    base_dir = (*table, "base_dir")
    if delivery == "wheel":
        yield Drop(base_dir)
    elif is_top or exists(values, base_dir):
        yield Set(base_dir, FOLDER, after="main")
    yield Drop((*table, "find_additional_modules"))
    build = (*table, "build", "command")
    if is_top or exists(values, build):
        yield from _build(values, build, COMMANDS[delivery], package)
    date = (*table, "compatibility_date")
    if (is_top or exists(values, date)) and _date(values, date) < PYTHON_314_SINCE:
        yield Set(date, DATE, after="base_dir" if delivery != "wheel" else "main")
    flags = (*table, "compatibility_flags")
    if is_top or exists(values, flags):
        yield Add(flags, "python_workers", after="compatibility_date")


def _delivers_by_wheel(values: Any) -> bool:
    build = values.get("build", {})
    return "base_dir" not in values and build.get("command") == COMMANDS["wheel"]


def _without_upload(values: Any, upload: KeyPath) -> Iterator[Edit]:
    table = look_up(values, upload)
    rules = table.get("rules", []) if isinstance(table, dict) else []
    if any(not str(rule.get("type", "")).startswith("Python") for rule in rules):
        raise NotRepaired(
            "build.upload of the wrangler config has rules for files that are not Python. wrangler "
            "ignores them there: move them to `rules` at its top level"
        )
    yield Drop(upload)


def _build(values: Any, command: KeyPath, wanted: str, package: str) -> Iterator[Edit]:
    present = look_up(values, command) if exists(values, command) else wanted
    if present not in COMMANDS.values() and wanted not in present:
        raise NotRepaired(
            f"the wrangler config has a build command of its own, {present!r}. Let it end with "
            f"`&& {wanted}`"
        )
    if wanted not in present or not exists(values, command):
        yield Set(command, wanted)
    watch_dir = (*command[:-1], "watch_dir")
    if not exists(values, watch_dir):
        yield Set(watch_dir, package, after="command")


def _date(values: Any, path: KeyPath) -> str:
    return str(look_up(values, path)) if exists(values, path) else ""
