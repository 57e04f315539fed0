"""The wheel that carries the same `src` as the module root does.

`python -m tools.runtime.wheel` builds it and puts its `src` into python_modules. That is the
`[build] command` of a wrangler config that delivers by wheel.
"""

import os
import shutil
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from filelock import FileLock

from tools.runtime import cache
from tools.runtime.errors import ToolError
from tools.runtime.node import run
from tools.runtime.project import Project

# Large, and of no use to a build, for when the project itself is the source.
ENVIRONMENTS = (".git", ".venv*", "node_modules", "python_modules")


def build(project: Project, folder: Path, source: Path | None = None) -> Path:
    """Build the project's wheel into `folder` and return its path.

    `source` is the folder of its packages, backend/ unless given. It is built from a copy:
    setuptools keeps modules that were deleted in its build folder and leaves metadata beside the
    package, where wrangler would upload it.

    Raises:
        ToolError: a file it needs is missing, or the build failed; the message then ends with
            what it printed.
    """
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for name in ("pyproject.toml", "README.md"):
            if not (project.root / name).is_file():
                raise ToolError(
                    f"{project.root / name} does not exist, and the wheel needs it: `readme` in "
                    "pyproject.toml names it. Add the file."
                )
            shutil.copy(project.root / name, copy)
        for part in (source or project.root / "backend", *_build_backend(project)):
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


def _copy_folder(root: Path, part: Path, copy: Path) -> None:
    if not (part.is_dir() and part.is_relative_to(root)):
        raise ToolError(
            f"{part} is no folder of the project, and the wheel needs it: pyproject.toml names it "
            "in package-dir or backend-path. Correct that, or add the folder."
        )
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", *ENVIRONMENTS)
    shutil.copytree(part, copy / part.relative_to(root), ignore=ignored, dirs_exist_ok=True)


def _build_backend(project: Project) -> list[Path]:
    """The folders of a build backend that lies in the project (`backend-path`)."""
    try:
        values = tomllib.loads((project.root / "pyproject.toml").read_text(encoding="utf-8"))
    except ValueError:
        return []  # the build itself says what is wrong with the file
    return [project.root / name for name in values.get("build-system", {}).get("backend-path", [])]


def install(project: Project) -> None:
    """Put `src` of a freshly built wheel into python_modules, in place of what is there.

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
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith("src/")])
        cache.replace_tree(folder / "src", project.python_modules / "src")


if __name__ == "__main__":
    try:
        install(Project(Path.cwd()))
    except ToolError as error:
        sys.exit(f"error: {error}")
