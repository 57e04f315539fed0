"""A wheel that does not carry what wrangler uploads."""

from preflight.corpus import Edit, Fault, Report, both, delete, replace, write

PYPROJECT = "pyproject.toml"
LOGGING = "backend/src/core/logging"
QUERY = "backend/src/infrastructure/links/newest.sql"
SETTINGS = "backend/src/core/config/settings.py"

BACKEND = 'build-backend = "setuptools.build_meta"\n'
OWN_BACKEND = 'build-backend = "stamping"\nbackend-path = ["packaging"]\n'


def hook(before: str = "", after: str = "") -> Edit:
    """A build backend of the project's own that adds something to what setuptools does."""
    code = f"""\
import zipfile
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import *


def build_wheel(folder, settings=None, metadata=None):
    {before or "pass"}
    name = build_meta.build_wheel(folder, settings, metadata)
    with zipfile.ZipFile(Path(folder, name), "a") as wheel:
        {after or "pass"}
    return name
"""
    return both(replace(PYPROJECT, BACKEND, OWN_BACKEND), write("packaging/stamping.py", code))


without_hook = replace(PYPROJECT, OWN_BACKEND, BACKEND)

FAULTS: list[Fault] = [
    Fault(
        "package-left-out-of-wheel",
        "A package was excluded from the wheel.",
        replace(
            PYPROJECT,
            'include = ["src", "src.*"]\n',
            'include = ["src", "src.*"]\nexclude = ["src.core.logging"]\n',
        ),
        tuple(
            Report("PF501", f"{LOGGING}/{name}.py")
            for name in ("__init__", "json_lines", "request_log")
        ),
        replace(PYPROJECT, 'exclude = ["src.core.logging"]\n', ""),
    ),
    Fault(
        "data-left-out-of-wheel",
        "A kind of data file is in the rules of wrangler, but not in package-data.",
        both(
            replace(PYPROJECT, '"*" = ["*.html", "*.json", "*.sql",', '"*" = ["*.html", "*.json",'),
            write(QUERY, "SELECT slug FROM links\n"),
        ),
        (Report("PF501", QUERY),),
        replace(PYPROJECT, '"*" = ["*.html", "*.json",', '"*" = ["*.html", "*.json", "*.sql",'),
    ),
    Fault(
        "generated-module",
        "The build of the wheel generates a module that the tree does not have.",
        hook(before="""Path("backend/src/_version.py").write_text('VERSION = "1.0"')"""),
        (Report("PF502", "src/_version.py"),),
        without_hook,
    ),
    Fault(
        "rewritten-module",
        "The build of the wheel writes its version into a module.",
        hook(
            before="""module = Path("backend/src/core/config/settings.py")
    stamped = module.read_text().replace("\\nfrom", "\\nVERSION = '1.0'\\nfrom", 1)
    module.write_text(stamped)"""
        ),
        (Report("PF503", SETTINGS, "from dataclasses import"),),
        without_hook,
    ),
    Fault(
        "stamped-wheel",
        "A file is added to the wheel after its RECORD was written.",
        hook(after='wheel.writestr("short_links_worker-0.1.0.dist-info/BUILD", "1")'),
        (Report("PF504", PYPROJECT, "[build-system]"),),
        without_hook,
    ),
    Fault(
        "invalid-version",
        "The project was given a version that is none.",
        replace(PYPROJECT, 'version = "0.1.0"', 'version = "next"'),
        (Report("PF506", PYPROJECT, 'version = "next"'),),
        replace(PYPROJECT, 'version = "next"', 'version = "0.1.0"'),
    ),
    Fault(
        "readme-deleted",
        "The README that pyproject.toml names was deleted.",
        delete("README.md"),
        (Report("PF506", PYPROJECT, "[build-system]"),),
        write("README.md", "# Short Links\n"),
    ),
]
