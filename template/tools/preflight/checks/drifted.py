"""Is the project wired as the template wires it for the answers that it recorded?

Not what people edit every day, but what decides how the packages get into the upload. The template
is not asked: neither network nor Copier is needed. Projects that were not made by it have no such
answers, and no drift.
"""

import os
from collections.abc import Iterator

from tools.preflight.finding import Finding, Place, found
from tools.preflight.wiring import Wiring

ENTRY = "worker/entry.py"
IN_PLACE = "in-place"

# By layout: the module root where wrangler delivers, and the build command that goes with it.
MODULE_ROOTS = {"module-root": "backend", IN_PLACE: ".worker"}
BUILDS = {"module-root": None, IN_PLACE: "python -m tools.runtime.staging"}
WHEEL = "python -m tools.runtime.wheel"


def check(wiring: Wiring) -> Iterator[Finding]:
    """A finding for each setting of the wiring that is not the template's."""
    layout = wiring.layout or "module-root"
    if wiring.delivery is None or layout not in MODULE_ROOTS:
        return
    by_wheel = wiring.delivery == "wheel"
    # The file may have another name, as where a package has that one. A repository that adopted
    # the template may have an entry of its own.
    if layout != IN_PLACE and not _same(os.path.dirname(wiring.main), os.path.dirname(ENTRY)):
        yield _finding(wiring, ("main",), ENTRY)
    module_root = None if by_wheel else MODULE_ROOTS[layout]
    if not _same(wiring.base_dir, module_root):
        yield _finding(wiring, ("base_dir",), module_root)
    # One that the user added, or added to, is nobody else's business.
    build = WHEEL if by_wheel else BUILDS[layout]
    if build and build not in str(wiring.values.get("build", {}).get("command", "")):
        yield _finding(wiring, ("build", "command"), build)


def _same(present: str | None, wanted: str | None) -> bool:
    if present is None or wanted is None:
        return present == wanted
    return os.path.normpath(present) == os.path.normpath(wanted)


def _finding(wiring: Wiring, keys: tuple[str, ...], wanted: str | None) -> Finding:
    config, setting = wiring.config.file.name, ".".join(keys)
    place = wiring.place(*keys)
    if place.line is None:
        place = Place(place.path, wiring.place("main").line)
    if wanted is None:
        wires, fix = f"without {setting}", f"Delete {setting} from {config}"
    else:
        wires, fix = f'with {setting} = "{wanted}"', f'Set {setting} = "{wanted}" in {config}'
    other = "hybrid" if wiring.delivery == "wheel" else "wheel"
    return found(
        "PF007",
        place,
        target=setting,
        message=f"The template wires delivery {wiring.delivery} {wires}, and this project is wired "
        "otherwise: the next update of the template may undo that, or get into conflict with it.",
        fix=f"{fix}; `uv run poe drift {config}` shows all that differs. If another delivery is "
        f"meant, tell the template: `uvx copier update --data delivery={other}`.",
    )
