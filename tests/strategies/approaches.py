"""The approaches: each a small change of the same service, as it was written and as it works.

The numbers are those of the design document that this project began with; `claim` is what it
said of the approach. The best one comes first.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from projects import edit
from strategies.service import (
    Change,
    all_of,
    beside_tests,
    file,
    imports,
    in_module_root,
    main,
    pyproject,
    wrangler,
    wrangler_table,
)

Layout = Literal["beside tests", "module root"]

ENTRY = file("worker/entry.py", 'from src.main import Default\n\n__all__ = ["Default"]\n')

PACKAGING = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
package-dir = { "" = "." }

[tool.setuptools.packages.find]
where = ["."]
include = ["src*"]
"""

BUILD = """\
[build]
command = "python -m tools.runtime.{command}"
watch_dir = "src"
"""

ANCHOR = '''\
"""Makes the modules beside this file importable as `src.…`."""

import os

__path__ = [os.path.dirname(__file__)]
'''


PATH_HACK = """
import os
import sys

sys.path.insert(0, os.path.join(os.getcwd(), "src"))
"""


@dataclass(frozen=True)
class Approach:
    """One row: `number` is the document's, `written` whether it is in the document like this."""

    name: str
    title: str
    number: str
    written: bool
    claim: str
    # Whether the document says that it starts, None where it says that this is unknown.
    claims_start: bool | None
    # What it comes to, for somebody who has to choose.
    advice: str
    change: Change
    layout: Layout = "beside tests"
    answers: dict[str, str] = field(default_factory=dict)

    def prepare(self, install: Callable[[dict[str, str]], Path], folder: Path) -> Path:
        """The service with this approach applied, in a folder of its own."""
        installed = install(self.answers)
        make = beside_tests if self.layout == "beside tests" else in_module_root
        project = make(installed, folder)
        self.change(project)
        return project


def nothing(project: Path) -> None:
    pass


def stale_copy(project: Path) -> None:
    """The wheel's copy of `src`, as it was put there once."""
    shutil.copytree(project / "backend/src", project / "python_modules/src")


def python_path(project: Path) -> None:
    edit(project / "wrangler.toml", "[vars]\n", '[vars]\nPYTHONPATH = "src"\n')


def search_path(project: Path) -> None:
    program = project / "src/main.py"
    first, rest = program.read_text().split("\n", 1)
    program.write_text(f"{first}\n{PATH_HACK}{rest}")


APPROACHES = (
    Approach(
        "template-hybrid",
        "The template: hybrid delivery",
        "hybrid",
        False,
        "First choice: both routes, and if one fails the other covers.",
        True,
        "Route one uploads, route two is built and compared on each preflight. For a new service "
        "and wherever `src` may move into a folder of its own.",
        nothing,
        "module root",
    ),
    Approach(
        "module-root",
        "4 done right: a module root that holds nothing but `src/`",
        "4",
        False,
        "First phase: upload `src/**`, leave tests out.",
        True,
        "The least that works: move `src` into a folder that holds nothing else, and two lines in "
        "wrangler.toml. No check that the wheel could take over.",
        nothing,
        "module root",
        {"delivery": "wrangler"},
    ),
    Approach(
        "template-wheel",
        "The template: wheel delivery",
        "1",
        False,
        "Second phase: the wheel keeps `src/`.",
        True,
        "The fallback: one answer away. Each edit builds a wheel, so it shows later in `dev`.",
        nothing,
        "module root",
        {"delivery": "wheel"},
    ),
    Approach(
        "staging",
        "4 by staging: the build command copies `src` into a module root",
        "4",
        False,
        "First phase: include and exclude lists.",
        True,
        "For a repository whose `src` must stay beside tests and configuration. Nothing is added "
        "to `src`, and these are the include and exclude lists that the document asks for.",
        all_of(
            main("worker/entry.py"),
            ENTRY,
            wrangler('base_dir = ".worker"'),
            wrangler_table(BUILD.format(command="staging")),
            pyproject('[tool.staging]\ninclude = ["src"]\nexclude = ["**/tests/"]\n'),
        ),
    ),
    Approach(
        "wheel",
        "1 as it works: a build command puts the wheel into `python_modules`",
        "1",
        False,
        "Second phase: the wheel keeps `src/`.",
        True,
        "Also leaves `src` where it is. Needs the project to build as a wheel on each machine that "
        "deploys it, and each edit waits for that build.",
        all_of(
            main("worker/entry.py"),
            ENTRY,
            wrangler_table(BUILD.format(command="wheel")),
            pyproject(PACKAGING),
        ),
    ),
    Approach(
        "anchor",
        "3 as it works: one file `src/src.py` that sets `__path__`",
        "3",
        False,
        "Conditional: support unknown.",
        None,
        "No configuration and no build, but a file in `src` that tools stumble over, and `main` "
        "runs a second time as soon as anything imports `src.main`.",
        file("src/src.py", ANCHOR),
    ),
    Approach(
        "relative-everywhere",
        "2 as it works: `from core…`, by a rewrite of every import",
        "2",
        False,
        "Rejected: edits over a hundred files; last resort.",
        True,
        "What the platform's examples do. Every import changes, here and in the tests, and `src` "
        "is no package any more.",
        imports("src.", ""),
    ),
    Approach(
        "naive-base-dir",
        '4 naive: `base_dir = "."`',
        "4",
        False,
        "First phase, as it is often tried.",
        True,
        "Starts, and uploads tests, tools and whatever else holds Python. Do not.",
        all_of(main("worker/entry.py"), ENTRY, wrangler('base_dir = "."')),
    ),
    Approach(
        "both-routes",
        "Hybrid unmanaged: `src` by wrangler and a wheel's copy in `python_modules`",
        "hybrid",
        True,
        "Both routes, then remove duplicates.",
        True,
        "Starts, and serves the copy: edits of `src` do nothing. Do not.",
        stale_copy,
        "module root",
        {"delivery": "wrangler"},
    ),
    Approach(
        "nothing",
        'Nothing done: `main = "src/main.py"`',
        "none",
        True,
        "Fails: the error that started it all.",
        False,
        "Modules are named from the folder of `main`, so there is no `src` in the upload.",
        nothing,
    ),
    Approach(
        "wheel-as-written",
        "1 as written: packaging in pyproject.toml",
        "1",
        True,
        "Chosen, second phase: the wheel keeps `src/`.",
        True,
        "The wheel is right, but nothing puts it into the upload: pywrangler vendors dependencies, "
        "not the project itself.",
        pyproject(PACKAGING),
    ),
    Approach(
        "relative-as-written",
        "2 as written: `from .core…` in main.py",
        "2",
        True,
        "Rejected: edits over a hundred files; last resort.",
        True,
        "The main module is in no package, so it can use no relative import.",
        imports("src.", ".", "src/main.py"),
    ),
    Approach(
        "pythonpath-variable",
        "3 as written: a variable `PYTHONPATH`",
        "3",
        True,
        "Conditional: support unknown.",
        None,
        "Variables are bindings of a request, not the environment of Python's start.",
        python_path,
    ),
    Approach(
        "sys-path-insert",
        "3 as written: `sys.path.insert` in main.py",
        "3",
        True,
        "Conditional: support unknown.",
        None,
        "There is no folder `src` in the upload that a path could name.",
        search_path,
    ),
    Approach(
        "build-upload",
        "4 as written: include and exclude in `[build.upload]`",
        "4",
        True,
        "Chosen, first phase.",
        True,
        "wrangler 4 ignores the table with a warning.",
        wrangler_table(
            '[build.upload]\ninclude = ["src/**/*.py"]\nexclude = ["tests/**", "**/*.pyc"]\n'
        ),
    ),
    Approach(
        "build-upload-rules",
        "4 as written: rules in `[build.upload]`",
        "4",
        True,
        "Chosen, first phase.",
        True,
        "wrangler 4 ignores these as well.",
        wrangler_table('[[build.upload.rules]]\ntype = "PythonModule"\nglobs = ["src/**/*.py"]\n'),
    ),
    Approach(
        "python-module-rules",
        '4 as written: `rules` of type "PythonModule"',
        "4",
        True,
        "Chosen, first phase.",
        True,
        "No such type: wrangler refuses. Python files are always taken, and cannot be narrowed.",
        wrangler_table('[[rules]]\ntype = "PythonModule"\nglobs = ["src/**/*.py"]\n'),
    ),
)
