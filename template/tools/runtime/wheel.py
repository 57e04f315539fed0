"""The wheel that carries the same `src` as the module root does.

`python -m tools.runtime.wheel` builds it and puts its packages into python_modules. That is the
`[build] command` of a wrangler config that delivers by wheel.
"""

import os
import shutil
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from tools.runtime import cache
from tools.runtime.errors import ToolError
from tools.runtime.node import run
from tools.runtime.project import DELIVERED_BY_WHEEL, Project

# Large, and of no use to a build.
ENVIRONMENTS = (".git", ".venv*", "node_modules", "python_modules")
# What else lies beside `src` where the project's own folder is the source.
BESIDE = (".*", "build", "dist")


def build(project: Project, folder: Path, source: Path | None = None) -> Path:
    """Build the project's wheel into `folder` and return its path.

    `source` is the folder of its packages; without it, the one that `package-dir` in
    pyproject.toml names. It is built from a copy: setuptools keeps modules that were deleted in
    its build folder and leaves metadata beside the package, where wrangler would upload it.

    Raises:
        ToolError: a file it needs is missing, or the build failed; the message then ends with
            what it printed.
    """
    values = _pyproject(project)
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        shutil.copy(project.root / "pyproject.toml", copy)
        _copy_readme(project, values, copy)
        for part in (source or source_of(project), *_build_backend(project, values)):
            _copy_folder(project.root.resolve(), part.resolve(), copy)
        uv = os.environ.get("UV", "uv")
        run(
            [
                *(uv, "build", "--wheel", "--no-build-isolation", "--python", sys.executable),
                *("--out-dir", str(folder), str(copy)),
            ],
            cwd=copy,
        )
    return next(folder.glob("*.whl"))


def _pyproject(project: Project) -> Mapping[str, Any]:
    file = project.root / "pyproject.toml"
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ToolError(f"{file} does not exist, and the wheel is built from it.") from None
    except ValueError:
        return {}  # the build itself says what is wrong with the file


def _copy_readme(project: Project, values: Mapping[str, Any], copy: Path) -> None:
    name = values.get("project", {}).get("readme")
    if isinstance(name, dict):
        name = name.get("file")
    if not isinstance(name, str):
        return
    if not (project.root / name).is_file():
        raise ToolError(
            f"{project.root / name} does not exist, and the wheel needs it: `readme` in "
            "pyproject.toml names it. Add the file."
        )
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(project.root / name, copy / name)


def source_of(project: Project) -> Path:
    """The folder of the packages, as setuptools finds it."""
    setuptools = _pyproject(project).get("tool", {}).get("setuptools", {})
    return project.root / str(setuptools.get("package-dir", {}).get("", "."))


def _build_backend(project: Project, values: Mapping[str, Any]) -> list[Path]:
    """The folders of a build backend that lies in the project (`backend-path`)."""
    return [project.root / name for name in values.get("build-system", {}).get("backend-path", [])]


def _copy_folder(root: Path, part: Path, copy: Path) -> None:
    if not (part.is_dir() and part.is_relative_to(root)):
        raise ToolError(
            f"{part} is no folder of the project, and the wheel needs it: pyproject.toml names it "
            "in package-dir or backend-path. Correct that, or add the folder."
        )
    environments = shutil.ignore_patterns("__pycache__", "*.egg-info", *ENVIRONMENTS)
    beside = shutil.ignore_patterns(*BESIDE)

    def ignored(folder: str, names: list[str]) -> Collection[str]:
        others = beside(folder, names) if Path(folder) == root else set()
        return environments(folder, names) | others

    shutil.copytree(part, copy / part.relative_to(root), ignore=ignored, dirs_exist_ok=True)


def install(project: Project) -> None:
    """Put the packages of a freshly built wheel into python_modules, in place of what is there.

    The wheel's metadata stays out: nothing on the Worker reads it.

    Raises:
        ToolError: python_modules does not exist yet, or the build failed.
    """
    if not project.python_modules.is_dir():
        raise ToolError(f"{project.python_modules} does not exist. Run `uv run poe setup` first.")
    project.scratch.mkdir(parents=True, exist_ok=True)
    # `dev` rebuilds on each edit, also while another task builds.
    lock = FileLock(project.scratch / "wheel.lock")
    with lock, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with zipfile.ZipFile(build(project, folder)) as wheel:
            names = [name for name in wheel.namelist() if not is_metadata(name)]
            wheel.extractall(folder, names)
        packages = sorted({name.partition("/")[0] for name in names if "/" in name})
        (project.python_modules / DELIVERED_BY_WHEEL).write_text("\n".join(packages))
        for package in packages:
            cache.replace_tree(folder / package, project.python_modules / package)


def withdraw(project: Project) -> None:
    """Take out of python_modules what a wheel put there, when the wheel does not deliver any more.

    It would be served in place of what wrangler uploads.
    """
    mark = project.python_modules / DELIVERED_BY_WHEEL
    if "base_dir" not in project.config or not mark.is_file():
        return
    for package in mark.read_text().split():
        shutil.rmtree(project.python_modules / package, ignore_errors=True)
    mark.unlink()


def is_metadata(name: str) -> bool:
    """Whether a name in a wheel is no file of a package."""
    return name.partition("/")[0].endswith(".dist-info")


if __name__ == "__main__":
    try:
        install(Project(Path.cwd()))
    except ToolError as error:
        sys.exit(f"error: {error}")
