"""Imports that fail on the Worker."""

from preflight.corpus import (
    WITH_LIBRARIES,
    Fault,
    Report,
    append,
    both,
    delete,
    prepend,
    replace,
    write,
)

MAIN = "backend/src/main.py"
BOOTSTRAP = "backend/src/bootstrap.py"
SETTINGS = "backend/src/core/config/settings.py"
CLOCK = "backend/src/infrastructure/clock.py"

FAULTS = [
    Fault(
        "module-deleted",
        "A module was deleted that others still import.",
        delete(CLOCK),
        (Report("PF201", BOOTSTRAP, "from src.infrastructure.clock import"),),
        write(
            CLOCK,
            "from datetime import UTC, datetime\n\n\ndef utc_now() -> datetime:\n"
            "    return datetime.now(UTC)\n",
        ),
    ),
    Fault(
        "module-misspelt",
        "The name of a module was misspelt in an import.",
        replace(BOOTSTRAP, "src.core.config.settings", "src.core.config.setings"),
        (Report("PF201", BOOTSTRAP, "src.core.config.setings"),),
        replace(BOOTSTRAP, "src.core.config.setings", "src.core.config.settings"),
    ),
    Fault(
        "module-renamed-in-part",
        "A package was renamed, but one import of it was forgotten.",
        append(CLOCK, "\n\ndef later() -> None:\n    import src.infra.clock  # noqa: F401\n"),
        (Report("PF201", CLOCK, "import src.infra.clock"),),
        replace(CLOCK, "import src.infra.clock", "import src.infrastructure.clock"),
    ),
    Fault(
        "import-without-src",
        "An import was written from inside src, as an editor that has src as its root does.",
        replace(BOOTSTRAP, "from src.core.config.settings", "from core.config.settings"),
        (Report("PF201", BOOTSTRAP, "from core.config.settings"),),
        replace(BOOTSTRAP, "from core.config.settings", "from src.core.config.settings"),
    ),
    Fault(
        "package-not-a-dependency",
        "A package was imported that nobody added to the dependencies.",
        prepend(SETTINGS, "import itsdangerous\n"),
        (Report("PF202", SETTINGS, "import itsdangerous"),),
        replace(SETTINGS, "import itsdangerous\n", ""),
    ),
    Fault(
        "package-misspelt",
        "The name of a package was misspelt.",
        replace(MAIN, "from workers import", "from worker import"),
        (Report("PF202", MAIN, "from worker import"),),
        replace(MAIN, "from worker import", "from workers import"),
    ),
    Fault(
        "submodule-not-vendored",
        "A module was imported that the package does not have.",
        prepend(MAIN, "import fastapi.middlewares\n"),
        (Report("PF202", MAIN, "import fastapi.middlewares"),),
        replace(MAIN, "import fastapi.middlewares\n", ""),
    ),
    Fault(
        "relative-beyond-src",
        "A relative import has one dot too many.",
        replace(BOOTSTRAP, "from src.core.config.settings", "from ..core.config.settings"),
        (Report("PF203", BOOTSTRAP, "from ..core.config.settings"),),
        replace(BOOTSTRAP, "from ..core.config.settings", "from src.core.config.settings"),
    ),
    Fault(
        "relative-in-entry",
        "The entry imports relatively, as the design document's second approach has it.",
        replace("worker/entry.py", "from src.main", "from .src.main"),
        (Report("PF204", "worker/entry.py", "from .src.main"),),
        replace("worker/entry.py", "from .src.main", "from src.main"),
    ),
    Fault(
        "name-renamed",
        "A class was renamed, but not where it is imported.",
        replace(SETTINGS, "class Settings:", "class ServiceSettings:"),
        (
            Report("PF205", BOOTSTRAP, "import Settings"),
            Report("PF205", "backend/src/application/health/check_health.py", "import Settings"),
        ),
        replace(SETTINGS, "class ServiceSettings:", "class Settings:"),
    ),
    Fault(
        "name-of-package-misspelt",
        "A name was misspelt that a vendored package should define.",
        append(MAIN, "\nfrom fastapi import FastAPY  # noqa: E402, F401\n"),
        (Report("PF205", MAIN, "FastAPY"),),
        replace(MAIN, "FastAPY", "FastAPI"),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "name-of-stdlib-misspelt",
        "A name was misspelt that the standard library should define.",
        replace(SETTINGS, "from dataclasses import dataclass", "from dataclasses import dataclas"),
        (Report("PF205", SETTINGS, "dataclas"),),
        replace(SETTINGS, "from dataclasses import dataclas", "from dataclasses import dataclass"),
    ),
    Fault(
        "main-is-src-main",
        "`main` points into the package, and another module imports it by its full name.",
        both(
            replace("wrangler.toml", "worker/entry.py", "backend/src/main.py"),
            append(CLOCK, "\n\ndef app() -> object:\n    import src.main\n\n    return src.main\n"),
        ),
        # From where it stands, the import also goes up through the layers.
        (
            Report("PF206", CLOCK, "import src.main"),
            Report("PF602", CLOCK, "import src.main"),
            Report("PF007", "wrangler.toml", "main = "),
        ),
        both(
            replace("wrangler.toml", "backend/src/main.py", "worker/entry.py"),
            replace(CLOCK, "    import src.main\n\n    return src.main\n", "    return None\n"),
        ),
    ),
    Fault(
        "syntax-error",
        "A module was saved half written.",
        append(CLOCK, "\n\ndef half(\n"),
        (Report("PF207", CLOCK, "def half("),),
        replace(CLOCK, "\n\ndef half(\n", "\n"),
    ),
    Fault(
        "removed-statement",
        "A module is still Python 2.",
        append(CLOCK, '\nprint "hello"\n'),
        (Report("PF207", CLOCK, 'print "hello"'),),
        replace(CLOCK, 'print "hello"', 'print("hello")'),
    ),
    Fault(
        "stdlib-without-tkinter",
        "A module of the standard library is imported that Pyodide leaves out.",
        prepend(CLOCK, "import resource\n"),
        (Report("PF208", CLOCK, "import resource"),),
        replace(
            CLOCK,
            "import resource\n",
            "try:\n    import resource\nexcept ImportError:\n    resource = None\n",
        ),
    ),
    Fault(
        "stdlib-removed",
        "A module is imported that left the standard library with Python 3.13.",
        prepend(CLOCK, "import cgi\n"),
        (Report("PF208", CLOCK, "import cgi"),),
        replace(CLOCK, "import cgi\n", ""),
    ),
    Fault(
        "thread",
        "A thread is started in a request.",
        append(
            CLOCK,
            "\n\ndef wait() -> None:\n    import threading\n\n"
            "    threading.Thread(target=print).start()\n",
        ),
        (Report("PF209", CLOCK, "threading.Thread(target=print)"),),
        replace(CLOCK, "threading.Thread(target=print).start()", "threading.Lock()"),
    ),
    Fault(
        "subprocess",
        "A program is started in a request.",
        append(
            CLOCK,
            "\n\ndef version() -> str:\n    from subprocess import run\n\n"
            '    return run(["git", "--version"], text=True).stdout\n',
        ),
        (Report("PF209", CLOCK, 'run(["git"'),),
        replace(CLOCK, 'run(["git", "--version"], text=True).stdout', "run.__name__"),
    ),
    Fault(
        "sys-path",
        "The search path is changed, as the design document's third approach has it.",
        prepend(
            MAIN, "import os\nimport sys\n\nsys.path.insert(0, os.path.join(os.getcwd(), 'src'))\n"
        ),
        (Report("PF210", MAIN, "sys.path.insert"),),
        replace(MAIN, "sys.path.insert(0, os.path.join(os.getcwd(), 'src'))\n", ""),
    ),
    Fault(
        "vendored-module-excluded",
        "A pattern for vendored files leaves out a module that its package imports at once.",
        replace(
            "wrangler.toml", '    "bin/**",\n', '    "bin/**",\n    "starlette/requests.py",\n'
        ),
        (Report("PF211", "python_modules/fastapi/applications.py", "starlette.requests"),),
        replace("wrangler.toml", '    "starlette/requests.py",\n', ""),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "cycle",
        "Two modules import each other, and one needs a name that does not exist yet.",
        both(
            replace(
                "backend/src/domain/links/slug.py",
                "from src.domain.links.errors import InvalidSlug\n",
                "from src.domain.links.errors import InvalidSlug\n"
                "from src.domain.links.link import Link\n",
            ),
            replace(
                "backend/src/domain/links/link.py",
                "from src.domain.links.slug import Slug\n",
                "from src.domain.links.slug import RESERVED, Slug\n",
            ),
        ),
        (Report("PF212", "backend/src/domain/links/slug.py", "import Link"),),
        replace("backend/src/domain/links/slug.py", "from src.domain.links.link import Link\n", ""),
    ),
]
