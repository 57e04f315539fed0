"""Modules that are missing, there twice, or hidden by another of the name."""

import shutil
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
from tools.runtime.project import Project
from tools.runtime.upload import dry_run

BODY = "build/upload.body"
ENTRY = "worker/entry.py"
SETTINGS = "backend/src/core/config/settings.py"


def bundle(project: Path) -> None:
    """Have wrangler write the body of the project as it is now."""
    dry_run(Project(project), project / BODY)


def repeat(part: str) -> Edit:
    """An edit of the body: the part comes twice."""

    def edit(project: Path) -> None:
        body = (project / BODY).read_bytes()
        boundary, rest = body.split(b"\r\n", 1)
        section = next(
            section
            for section in rest.split(boundary)
            if f'name="{part}"'.encode() in section.partition(b"\r\n\r\n")[0]
        )
        (project / BODY).write_bytes(boundary + b"\r\n" + section.strip(b"\r\n") + b"\r\n" + body)

    return edit


def copy(source: str, target: str) -> Edit:
    """An edit that copies a folder."""

    def edit(project: Path) -> None:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(project / source, project / target, ignore=ignored)

    return edit


def remove(folder: str) -> Edit:
    """An edit that deletes a folder."""
    return lambda project: shutil.rmtree(project / folder)


def rename(old: str, new: str) -> Edit:
    """An edit that moves a file."""

    def edit(project: Path) -> None:
        (project / old).rename(project / new)

    return edit


def rename_entry(new: str, old: str = ENTRY) -> Edit:
    """An edit that gives the entry another name."""
    return both(rename(old, new), replace("wrangler.toml", old, new))


FAULTS: list[Fault] = [
    Fault(
        "no-base-dir",
        "The line `base_dir` was deleted, and no wheel was built.",
        replace("wrangler.toml", 'base_dir = "backend"\n', ""),
        (Report("PF101", "wrangler.toml", 'main = "worker/entry.py"'),),
        replace("wrangler.toml", "compatibility_date", 'base_dir = "backend"\ncompatibility_date'),
    ),
    Fault(
        "stale-bundle-lacks-module",
        "A body that was written earlier is checked after a module was added.",
        both(bundle, write("backend/src/core/clock.py", "ZONE = 'UTC'\n")),
        (Report("PF101", "backend/src/core/clock.py"),),
        bundle,
        body=BODY,
    ),
    Fault(
        "stale-bundle-holds-deleted-module",
        "A body that was written earlier is checked after a module was deleted.",
        both(
            write("backend/src/core/clock.py", "ZONE = 'UTC'\n"),
            bundle,
            delete("backend/src/core/clock.py"),
        ),
        (Report("PF102", "src/core/clock.py"),),
        bundle,
        body=BODY,
    ),
    Fault(
        "both-routes",
        "`src` of a wheel was left in python_modules while base_dir is set.",
        copy("backend/src", "python_modules/src"),
        (Report("PF103", "python_modules/src"),),
        remove("python_modules/src"),
    ),
    Fault(
        "flattened-copy",
        "A folder of `src` was copied beside it, so that `import core` works.",
        copy("backend/src/core", "backend/core"),
        (Report("PF103", "backend/core"),),
        remove("backend/core"),
    ),
    Fault(
        "repeated-part",
        "A tool wrote a body that names a module twice.",
        both(bundle, repeat("src/main.py")),
        (Report("PF104", "backend/src/main.py"),),
        bundle,
        body=BODY,
    ),
    Fault(
        "entry-replaced",
        "A module beside `src` has the name of the entry.",
        write("backend/entry.py", "RETRIES = 3\n"),
        (Report("PF104", "backend/entry.py"),),
        delete("backend/entry.py"),
    ),
    Fault(
        "stale-bundle-differs",
        "A body that was written earlier is checked after a module was edited.",
        both(bundle, replace(SETTINGS, '"WARNING", "ERROR"', '"ERROR"')),
        (Report("PF105", SETTINGS, "LOG_LEVELS = "),),
        bundle,
        body=BODY,
    ),
    Fault(
        "stale-entry",
        "A body that was written earlier is checked after the entry was edited.",
        both(bundle, prepend(ENTRY, "# The entry.\n")),
        (Report("PF105", ENTRY, "# The entry."),),
        bundle,
        body=BODY,
    ),
    Fault(
        "other-entry",
        "A body that was written earlier is checked after the entry got another name.",
        both(bundle, rename_entry("worker/start.py")),
        (Report("PF106", "worker/start.py"),),
        bundle,
        body=BODY,
    ),
    Fault(
        "dropped-data",
        "The code reads a file of a kind that no rule takes.",
        both(
            write("backend/src/infrastructure/links.graphql", "query { links }\n"),
            append("backend/src/infrastructure/clock.py", '\n\nQUERY = "links.graphql"\n'),
        ),
        (Report("PF108", "backend/src/infrastructure/links.graphql"),),
        both(
            replace("wrangler.toml", '"src/**/*.html"', '"src/**/*.graphql", "src/**/*.html"'),
            replace("pyproject.toml", '"*.html"', '"*.graphql", "*.html"'),
        ),
    ),
    Fault(
        "no-handler",
        "The entry exports the ASGI app and no class.",
        write(ENTRY, "from src.main import app\n\n__all__ = ['app']\n"),
        (Report("PF109", ENTRY),),
        write(
            ENTRY,
            "from typing import Any\n\nimport asgi\nfrom workers import WorkerEntrypoint\n\n"
            "from src.main import app\n\n\nclass Default(WorkerEntrypoint):\n"
            "    async def fetch(self, request: Any) -> Any:\n"
            "        return await asgi.fetch(app, request, self.env)\n",
        ),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "plain-default",
        "The class Default lost its base.",
        replace("backend/src/main.py", "class Default(WorkerEntrypoint):", "class Default:"),
        (Report("PF109", "backend/src/main.py", "class Default:"),),
        replace("backend/src/main.py", "class Default:", "class Default(WorkerEntrypoint):"),
    ),
    Fault(
        "renamed-default",
        "The entry exports a class of another name as Default.",
        both(
            replace("backend/src/main.py", "class Default(", "class Service("),
            replace(ENTRY, "import Default", "import Service as Default"),
        ),
        (Report("PF109", "backend/src/main.py", "class Service("),),
        both(
            replace("backend/src/main.py", "class Service(", "class Default("),
            replace(ENTRY, "import Service as Default", "import Default"),
        ),
    ),
    Fault(
        "handler-function",
        "The entry has a function on_fetch, as in old examples.",
        write(ENTRY, "from src.main import app\n\n\ndef on_fetch(request, env):\n    return app\n"),
        (Report("PF109", ENTRY, "def on_fetch("),),
        replace(
            "wrangler.toml",
            '["python_workers"]',
            '["python_workers", "disable_python_no_global_handlers"]',
        ),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "module-beside-package",
        "A module of the name of a package was added beside it.",
        write("backend/src/core/config.py", "RETRIES = 3\n"),
        (Report("PF110", "backend/src/core/config.py"),),
        delete("backend/src/core/config.py"),
    ),
    Fault(
        "module-beside-namespace",
        "A folder without `__init__.py` was added beside a module of its name.",
        write("backend/src/domain/links/slug/words.py", "WORDS = ('a', 'b')\n"),
        (Report("PF110", "backend/src/domain/links/slug.py"),),
        rename("backend/src/domain/links/slug.py", "backend/src/domain/links/slug/__init__.py"),
    ),
    Fault(
        "shadowed-by-stdlib",
        "A module beside `src` is called like one of the standard library.",
        write("backend/calendar.py", "HOLIDAYS = ()\n"),
        (Report("PF111", "backend/calendar.py"),),
    ),
    Fault(
        "entry-like-stdlib",
        "The entry is called like a module of the standard library.",
        rename_entry("worker/platform.py"),
        (Report("PF111", "worker/platform.py"),),
        rename_entry("worker/service_platform.py", "worker/platform.py"),
    ),
    Fault(
        "shadowed-by-vendored",
        "A module beside `src` is called like a vendored package.",
        write("backend/idna.py", "LABELS = ()\n"),
        (Report("PF112", "backend/idna.py"),),
        answers=WITH_LIBRARIES,
    ),
    Fault(
        "runtime-name",
        "A package beside `src` is called like a module of the runtime.",
        write("backend/pyodide/__init__.py", "VERSION = 1\n"),
        (Report("PF113", "backend/pyodide"),),
    ),
    Fault(
        "case-clash",
        "Two modules have names that differ only by case.",
        both(
            write("backend/src/core/Clock.py", "ZONE = 'UTC'\n"),
            write("backend/src/core/clock.py", "ZONE = 'CET'\n"),
        ),
        (Report("PF114", "backend/src/core/clock.py"),),
        rename("backend/src/core/clock.py", "backend/src/core/local_clock.py"),
    ),
    Fault(
        "entry-name-clash",
        "A vendored module has the name of the entry.",
        write("python_modules/entry.py", "VERSION = 1\n"),
        (Report("PF115", "python_modules/entry.py"),),
        rename_entry("worker/worker_entry.py"),
    ),
]
