"""The template without git, and starts of what was adopted."""

import shutil
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.runtime.cache import digest
from tools.runtime.deployment import Deployment
from tools.runtime.project import Project
from tools.runtime.upload import read

Starts = Callable[[Path, Path], None]


@pytest.fixture(scope="session")
def plain(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template without git, which copier would clone each time."""
    folder = tmp_path_factory.mktemp("plain") / "template"
    shutil.copytree(template, folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    return folder


@pytest.fixture(scope="session")
def starts() -> Starts:
    """Require that an upload of a project, the body in a file, answers; once for equal ones."""
    seen: set[str] = set()

    def starts(folder: Path, body: Path) -> None:
        upload = read(body)
        settings = {
            key: upload.metadata.get(key)
            for key in ("main_module", "compatibility_date", "compatibility_flags")
        }
        parts = (f"{name} {module.content!r}" for name, module in sorted(upload.modules.items()))
        key = digest(str(settings), *parts)
        if key in seen:
            return
        with (
            Deployment(Project(folder), upload=upload) as deployment,
            urllib.request.urlopen(f"{deployment.url}/health", timeout=60) as response,
        ):
            assert response.status == 200
        seen.add(key)

    return starts
