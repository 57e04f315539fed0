"""Renders the template as it is in the working tree, and installs what a project needs."""

import os
import shutil
import subprocess
import warnings
from pathlib import Path

import copier

ROOT = Path(__file__).parents[2]
WORK = ROOT / "build" / "bench"
UV = os.environ.get("UV", "uv")
STYLES = ("fastapi", "workers")


def environment() -> dict[str, str]:
    """Ours, less what would make a project's uv or Python use this repository's packages.

    Nor does Python compile each module anew in each process, as nobody's machine has it.
    """
    foreign = (
        *("VIRTUAL_ENV", "PYTHONPATH", "UV_PROJECT", "UV_RUN_", "NODE_COMPILE_CACHE"),
        "PYTHONDONTWRITEBYTECODE",
    )
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)}


def render(folder: Path, **answers: str) -> Path:
    """A fresh render in `folder`, with nothing installed."""
    if folder.exists():
        shutil.rmtree(folder)
    with warnings.catch_warnings():
        # About the uncommitted changes in the working tree, which are wanted here.
        warnings.simplefilter("ignore")
        copier.run_copy(str(ROOT), folder, data=answers, defaults=True, quiet=True, vcs_ref="HEAD")
    return folder


def set_up(folder: Path) -> Path:
    """Install what `poe setup` does, from this machine's caches where they have it."""
    subprocess.run(
        [UV, "run", "poe", "--quiet", "setup"],
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=240,
        check=True,
    )
    return folder
