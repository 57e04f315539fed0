"""Imports against the layers, and too many in a row."""

from pathlib import Path

from preflight.corpus import (
    WITH_LIBRARIES,
    Edit,
    Fault,
    Report,
    append,
    both,
    delete,
    prepend,
    replace,
    write,
)

BOOTSTRAP = "backend/src/bootstrap.py"
LINK = "backend/src/domain/links/link.py"
SLUG = "backend/src/domain/links/slug.py"
SETTINGS = "backend/src/core/config/settings.py"
TARGET_URL = "backend/src/domain/links/target_url.py"

STEPS = "backend/src/core/steps"


def chain(length: int) -> Edit:
    """Modules that each import the next, the first of them imported by the settings."""

    def edit(project: Path) -> None:
        folder = project / STEPS
        folder.mkdir()
        (folder / "__init__.py").touch()
        for number in range(length):
            following = f"from src.core.steps.step_{number + 1:03} import STEP\n\nNEXT = STEP\n"
            last = number == length - 1
            (folder / f"step_{number:03}.py").write_text(
                ("" if last else following) + f"STEP = {number}\n"
            )
        prepend(SETTINGS, "from src.core.steps.step_000 import STEP  # noqa: F401\n")(project)

    return edit


def cut(number: int) -> Edit:
    """Have a step import the next one when it is called."""

    def edit(project: Path) -> None:
        file = project / STEPS / f"step_{number:03}.py"
        body = file.read_text().replace("\n\nNEXT = STEP", "")
        statement, _, rest = body.partition("\n")
        file.write_text(f"{rest}\n\ndef following() -> int:\n    {statement}\n\n    return STEP\n")

    return edit


FAULTS: list[Fault] = [
    Fault(
        "upward-import",
        "The domain reads the clock of the infrastructure instead of being given the time.",
        prepend(SLUG, "from src.infrastructure.clock import utc_now  # noqa: F401\n"),
        (Report("PF601", SLUG, "from src.infrastructure.clock import"),),
        replace(SLUG, "from src.infrastructure.clock import utc_now  # noqa: F401\n", ""),
    ),
    Fault(
        "library-in-domain",
        "The domain uses a library that only outer layers may know.",
        prepend(TARGET_URL, "import pydantic  # noqa: F401\n"),
        (Report("PF601", TARGET_URL, "import pydantic"),),
        replace(TARGET_URL, "import pydantic  # noqa: F401\n", ""),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "import-between-siblings",
        "The core takes something from the domain, which stands beside it.",
        append(SETTINGS, "\n\nfrom src.domain.links.slug import RESERVED  # noqa: E402, F401\n"),
        (Report("PF601", SETTINGS, "from src.domain.links.slug import"),),
        replace(
            SETTINGS, "\n\nfrom src.domain.links.slug import RESERVED  # noqa: E402, F401\n", ""
        ),
    ),
    Fault(
        "package-in-no-layer",
        "A package of helpers was added beside the layers.",
        write("backend/src/helpers.py", "def halve(number: int) -> int:\n    return number // 2\n"),
        (Report("PF601", "backend/src/helpers.py"),),
        both(
            delete("backend/src/helpers.py"),
            write(
                "backend/src/core/helpers.py",
                "def halve(number: int) -> int:\n    return number // 2\n",
            ),
        ),
    ),
    Fault(
        "layers-in-a-circle",
        "An import in a function hides that the domain and the infrastructure need each other.",
        append(
            LINK,
            "\n\ndef repository() -> object:\n"
            "    from src.infrastructure.links import in_memory_link_repository as memory\n\n"
            "    return memory.InMemoryLinkRepository()\n",
        ),
        (Report("PF602", LINK, "in_memory_link_repository as memory"),),
        replace(
            LINK,
            "\n\ndef repository() -> object:\n"
            "    from src.infrastructure.links import in_memory_link_repository as memory\n\n"
            "    return memory.InMemoryLinkRepository()\n",
            "",
        ),
    ),
    Fault(
        "endless-chain",
        "Generated modules import one another in a row.",
        chain(164),
        (Report("PF603", f"{STEPS}/step_079.py", "from src.core.steps.step_080"),),
        cut(79),
    ),
    Fault(
        "long-chain",
        "A row of modules that import one another has come close to what the runtime takes.",
        chain(140),
        (Report("PF603", f"{STEPS}/step_067.py", "from src.core.steps.step_068"),),
        cut(67),
    ),
    Fault(
        "renamed-layer",
        "A layer was renamed in the contract, but not in the tree.",
        replace("pyproject.toml", '"domain | core"]', '"domain | kernel"]'),
        (Report("PF604", "pyproject.toml", "[tool.importlinter]"),),
        replace("pyproject.toml", '"domain | kernel"]', '"domain | core"]'),
    ),
]
