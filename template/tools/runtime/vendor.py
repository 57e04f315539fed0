"""python_modules: what the Worker imports, as wheels for the Worker's Python.

uv.lock says which versions and which hashes; pip fetches them, because uv does not know the
platform tag of Pyodide wheels yet (PEP 783).
"""

import os
import sys
from pathlib import Path

from tools.runtime import cache
from tools.runtime.errors import ToolError
from tools.runtime.node import run
from tools.runtime.project import Project

PYTHON = "3.14"
PLATFORM = "pyemscripten_2026_0_wasm32"

# Markers in the lock file have to be judged for the Worker, not for this machine.
MARKERS = {
    "implementation_name": "cpython",
    "implementation_version": "3.14.2",
    "os_name": "posix",
    "platform_machine": "wasm32",
    "platform_python_implementation": "CPython",
    "platform_release": "",
    "platform_system": "Emscripten",
    "platform_version": "",
    "python_full_version": "3.14.2",
    "python_version": PYTHON,
    "sys_platform": "emscripten",
}


def vendor(project: Project) -> bool:
    """Bring python_modules in line with uv.lock; False when it is already.

    Raises:
        ToolError: a dependency has no wheel for the Worker, or a hash does not match.
    """
    lock = project.root / "uv.lock"
    key = cache.digest(lock, PLATFORM, Path(__file__))
    stamp = project.python_modules / ".vendored-from"
    current = stamp.is_file() and stamp.read_text() == key
    if not current:
        requirements = locked_requirements(project)

        def install(folder: Path) -> None:
            _install(requirements, folder)

        packages = cache.entry(
            "python_modules", cache.digest(requirements, PLATFORM, Path(__file__)), install
        )
        cache.replace_tree(packages / "python_modules", project.python_modules)
        stamp.write_text(key)
    _tell_pywrangler(project, anew=not current)
    return not current


def locked_requirements(project: Project) -> str:
    """The Worker's dependencies in uv.lock as a requirements file with hashes."""
    exported = run(
        [
            os.environ.get("UV", "uv"),
            *("export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--no-header"),
            *("--no-annotate", "--format", "requirements.txt"),
        ],
        cwd=project.root,
    )
    return "".join(
        f"{line}\n"
        for logical in exported.replace("\\\n", " ").splitlines()
        if (line := _for_the_worker(logical))
    )


def _for_the_worker(line: str) -> str | None:
    # Imported here: every start passes through this module, few vendor anything.
    from packaging.requirements import Requirement

    specifier, *hashes = line.split("--hash=")
    requirement = Requirement(specifier.strip())
    if requirement.marker and not requirement.marker.evaluate(MARKERS):
        return None
    requirement.marker = None
    return " ".join([str(requirement), *(f"--hash={value.strip()}" for value in hashes)])


def _install(requirements: str, folder: Path) -> None:
    listed = folder / "requirements.txt"
    listed.write_text(requirements)
    try:
        run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input"),
                *("--disable-pip-version-check", "--target", "python_modules"),
                *("--platform", PLATFORM, "--python-version", PYTHON, "--implementation", "cp"),
                *("--abi", "cp314", "--abi", "abi3", "--abi", "none", "--only-binary", ":all:"),
                *("--no-deps", "--no-compile", "--require-hashes", "-r", str(listed)),
            ],
            cwd=folder,
        )
    except ToolError as error:
        raise ToolError(
            f"{error}\nThe Worker's dependencies in pyproject.toml must all have a wheel for "
            f"Python {PYTHON} that is pure or built for {PLATFORM}. "
            "Replace or pin the package named above."
        ) from None


def _tell_pywrangler(project: Project, *, anew: bool) -> None:
    """Keep pywrangler from vendoring again, which needs downloads no registry holds.

    It compares the time and the content of these two files with pyproject.toml's time and with
    its own version, which is another one only after another uv.lock.
    """
    for folder in (project.python_modules, project.root / ".venv-workers"):
        token = folder / ".synced"
        if token.is_file() and not anew:
            os.utime(token)
            continue
        # Imported here: most starts only set the time.
        from importlib.metadata import version

        folder.mkdir(exist_ok=True)
        token.write_text(version("workers-py"))
