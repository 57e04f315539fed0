"""What a project that was set up has installed, for others to use."""

import os
import shutil
from pathlib import Path

from tools.runtime.project import Project


def share(installed: Path, folder: Path) -> None:
    """Have a project use what another one has installed."""
    project = Project(folder)
    project.node_modules.symlink_to(installed / "node_modules")
    shutil.copytree(installed / "python_modules", project.python_modules, copy_function=os.link)
