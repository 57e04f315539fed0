"""Prove the route that does not deliver: it would carry the same code, and that would start.

`python -m tools.runtime.fallback` bundles the project as if the other route delivered `src`,
compares that upload with the real one and starts it. The wheel is also installed into an
environment of its own, where everything that `src.main` imports is imported, as far as that runs
outside of a Worker.
"""

import ast
import json
import os
import shutil
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from tools.preflight.wiring import ConfigurationError, load
from tools.runtime import wheel
from tools.runtime.deployment import Deployment
from tools.runtime.errors import CommandError, ToolError
from tools.runtime.node import run
from tools.runtime.project import Project
from tools.runtime.upload import Upload, dry_run, read

Result = TypeVar("Result")

VENDORED = "python_modules/"
# The settings that decide on the route.
ROUTE = ("base_dir", "build")
# Modules that exist only on a Worker.
OF_THE_RUNTIME = ("_pyodide", "_pyodide_entrypoint_helper", "js", "pyodide", "pyodide_js")

# Prints a line for each module that cannot be imported for want of the runtime.
IMPORTS = f"""\
import importlib, sys

for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {OF_THE_RUNTIME!r}:
            raise
        print(name)
"""


def prove(project: Project) -> None:
    """Bundle the project by the other route, compare, install and start it.

    Raises:
        ToolError: the other route carries other code, or that does not start.
    """
    project.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fallback-", dir=project.scratch) as temporary:
        folder = Path(temporary)
        built = _step("wheel built", lambda: wheel.build(project, folder / "wheel"))
        dry_run(project, folder / "now")
        now = read(folder / "now")
        other = _step("bundled", lambda: _by_other_route(project, built, folder))
        _compare(project, now, other)
        _step("wheel imported", lambda: _import(project, built, folder / "venv"))
        _step("started", lambda: _start(project, other))
    print(f"The other route ({_other(project)}) carries the same {len(other.modules)} modules.")


def _step(done: str, work: Callable[[], Result]) -> Result:
    started = time.monotonic()
    result = work()
    print(f"{done:<16} {time.monotonic() - started:6.2f} s", flush=True)
    return result


def _delivers_by_wheel(project: Project) -> bool:
    return "base_dir" not in project.config


def _by_other_route(project: Project, built: Path, folder: Path) -> Upload:
    if not _delivers_by_wheel(project):
        return by_wheel(project, built, folder)
    with zipfile.ZipFile(built) as archive:
        names = [name for name in archive.namelist() if not wheel.is_metadata(name)]
    return by_wrangler(project, {name.partition("/")[0] for name in names}, folder)


def _other(project: Project) -> str:
    return "wrangler" if _delivers_by_wheel(project) else "wheel"


def by_wheel(project: Project, built: Path, folder: Path) -> Upload:
    """The upload of a project that wrangler delivers, were it delivered by the wheel `built`.

    `folder` is for files in between, best on the same disk as the project.
    """
    copy = folder / "project"
    with zipfile.ZipFile(built) as archive:
        code = [name for name in archive.namelist() if not wheel.is_metadata(name)]
        _copy(project, copy, without={name.partition("/")[0] for name in code})
        archive.extractall(copy / "python_modules", code)
    return _bundled(project, copy, {})


def by_wrangler(project: Project, packages: Collection[str], folder: Path) -> Upload:
    """The upload of a project that a wheel delivers, were these packages delivered by wrangler.

    `folder` is for files in between, best on the same disk as the project.
    """
    copy = folder / "project"
    _copy(project, copy, without=packages)
    ignored = shutil.ignore_patterns("__pycache__")
    for package in packages:
        shutil.copytree(wheel.source_of(project) / package, copy / "root" / package, ignore=ignored)
    return _bundled(project, copy, {"base_dir": "root"})


def _copy(project: Project, copy: Path, without: Collection[str]) -> None:
    """Lay out the project's entry and its vendored packages, less those of its own."""
    (copy / "entry").mkdir(parents=True)
    shutil.copy(project.root / str(project.config["main"]), copy / "entry")
    (copy / "node_modules").symlink_to(project.node_modules.resolve())
    shutil.copytree(
        project.python_modules,
        copy / "python_modules",
        copy_function=_link,
        ignore=lambda parent, _: without if Path(parent) == project.python_modules else (),
    )


def _link(source: str, destination: str) -> None:
    """The file itself under another name, or a copy where the disk is another one."""
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy(source, destination)


def _bundled(project: Project, copy: Path, route: Mapping[str, str]) -> Upload:
    values = {key: value for key, value in project.config.items() if key not in ROUTE}
    entry = Path(str(project.config["main"])).name
    values |= {"main": f"entry/{entry}", **route}
    (copy / "wrangler.json").write_text(json.dumps(values, default=str))
    dry_run(Project(copy), copy / "body")
    return read(copy / "body")


def _compare(project: Project, now: Upload, other: Upload) -> None:
    here, there = (
        {name.removeprefix(VENDORED): module.content for name, module in upload.modules.items()}
        for upload in (now, other)
    )
    differences = [
        *(f"{name} would be missing" for name in sorted(here.keys() - there.keys())),
        *(f"{name} would be added" for name in sorted(there.keys() - here.keys())),
        *(
            f"{name} would have other contents"
            for name in sorted(here.keys() & there.keys())
            if here[name] != there[name]
        ),
    ]
    if differences:
        raise ToolError(
            f"By the other route ({_other(project)}) the upload would differ:\n"
            + "\n".join(differences[:20])
            + f"\nMake `rules` in {project.config_file.name} and [tool.setuptools] in "
            "pyproject.toml take in the same files; `uv run poe preflight` tells which is wrong."
        )


def _import(project: Project, built: Path, environment: Path) -> None:
    uv = os.environ.get("UV", "uv")
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    main = wheel.source_of(project) / "src" / "main.py"
    run([uv, "venv", "--quiet", "--python", sys.executable, str(environment)], cwd=project.root)
    locked = environment / "locked.txt"
    export = ["--no-dev", "--no-emit-project", "--format", "requirements.txt", "--frozen"]
    run([uv, "export", "--quiet", *export, "--output-file", str(locked)], cwd=project.root)
    # Without an index-given name: exactly this file, and what the lock file names.
    install = ["--python", str(python), "--requirements", str(locked), str(built)]
    run([uv, "pip", "install", "--quiet", "--no-deps", *install], cwd=environment)
    try:
        run([str(python), "-I", "-c", IMPORTS, *_imported(main)], cwd=environment)
    except CommandError as error:
        raise ToolError(
            f"{built.name} is installed, but what src.main needs of it cannot be imported:\n"
            f"{error.output.strip()}\nAdd what is missing to `dependencies` in pyproject.toml, or "
            "to the packages of [tool.setuptools]."
        ) from None


def _imported(main: Path) -> Iterator[str]:
    """The modules of its own package that a module imports at its top level."""
    for statement in ast.parse(main.read_bytes()).body:
        match statement:
            case ast.Import(names=names):
                modules = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), level=0):
                modules = [module]
            case _:
                continue
        yield from (module for module in modules if module.partition(".")[0] == "src")


def _start(project: Project, upload: Upload) -> None:
    with (
        Deployment(project, upload=upload) as deployment,
        urllib.request.urlopen(f"{deployment.url}/health", timeout=60),
    ):
        pass


def main() -> int:
    root = Path.cwd()
    try:
        if load(root, None).delivery == "wrangler":
            print("This project was made with delivery = wrangler: it keeps no other route ready.")
            return 0
        prove(Project(root))
    except (ToolError, ConfigurationError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
