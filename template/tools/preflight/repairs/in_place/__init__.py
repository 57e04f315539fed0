"""The wiring of a repository whose package lies beside tests and configuration.

Such a repository adopted the template: it has wrangler config, pyproject.toml and code of its own,
and what the template would have rendered is merged into them. The code is not touched.
"""

from collections.abc import Iterator

from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Edit, Write
from tools.preflight.repairs.in_place import entry, ignored, packaging, pyproject, wrangler_config
from tools.preflight.repairs.subject import Subject
from tools.preflight.wiring import answer

LAYOUT = "in-place"


def wire(subject: Subject) -> Iterator[tuple[Draft, Edit | Write]]:
    """All that is missing, when the template's answers say that this is the layout.

    Raises:
        NotRepaired: something has to be decided or done by a person first.
    """
    root = subject.wiring.root
    if answer(root, "layout") != LAYOUT:
        return
    package = answer(root, "package") or "src"
    delivery = answer(root, "delivery") or "wrangler"
    if not (root / package).is_dir():
        raise NotRepaired(f"there is no folder {package}, the package that is to be uploaded")
    yield from entry.edits(subject, package)
    draft = subject.pyproject
    if draft is None:
        raise NotRepaired("there is no pyproject.toml, which says what the Worker needs: `uv init`")
    yield from pyproject.edits(subject, draft, package)
    yield from packaging.edits(draft, package, delivery)
    yield from ignored.edits(subject)
    # The last, as it is the last to be written: it refers to what is in the others.
    yield from wrangler_config.edits(subject, package, delivery)
