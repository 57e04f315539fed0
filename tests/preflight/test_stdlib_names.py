"""No name that the runtime's own modules have is said to be missing."""

import json
import shutil
from pathlib import Path

import httpx
import pytest

from conftest import Render
from preflight.clean import config
from tools.preflight.bundle import Bundle
from tools.preflight.facts import Import
from tools.preflight.resolution import Resolver
from tools.preflight.stdlib import NAMES, PRESENT
from tools.preflight.wiring import load
from tools.runtime.deployment import Deployment
from tools.runtime.project import Project
from tools.runtime.upload import Module, Upload

pytestmark = pytest.mark.slow

# Importing these does something one can see, or they are a program's own parts.
UNASKED = {"antigravity", "this", "_pyrepl", "idlelib"}

MAIN = """\
import importlib
import pkgutil

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        names, modules = {}, ASKED
        for name in modules:
            if name.endswith("__main__"):
                continue
            try:
                module = importlib.import_module(name)
            except ImportError:
                continue
            names[name] = sorted(dir(module))
            if hasattr(module, "__path__"):
                children = pkgutil.iter_modules(module.__path__)
                modules += [f"{name}.{child.name}" for child in children]
        return Response.json(names)
"""


@pytest.fixture(scope="module")
def project(install: Render, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Worker that says which names the runtime's modules have."""
    tools = install({"api_style": "workers", "database": "none"})
    root = tmp_path_factory.mktemp("names") / "project"
    shutil.copytree(tools / "python_modules", root / "python_modules")
    (root / "node_modules").symlink_to(tools / "node_modules")
    shutil.copy(tools / "package-lock.json", root)
    (root / "src").mkdir()
    (root / "src/entry.py").write_text(MAIN.replace("ASKED", json.dumps(sorted(PRESENT - UNASKED))))
    (root / "wrangler.toml").write_text(config("src/entry.py"))
    return root


@pytest.fixture(scope="module")
def runtime_names(project: Path) -> dict[str, list[str]]:
    with Deployment(Project(project)) as deployment:
        names: dict[str, list[str]] = httpx.get(deployment.url, timeout=120).json()
    return names


@pytest.fixture(scope="module")
def resolver(project: Path) -> Resolver:
    upload = Upload({"entry.py": Module(b"", "text/x-python")}, {"main_module": "entry.py"}, ())
    return Bundle(load(project, None), upload).resolver


def test_what_was_noted_is_what_the_runtime_says(runtime_names: dict[str, list[str]]) -> None:
    noted = {module: names for module, *names in map(str.split, NAMES.read_text().splitlines())}
    assert len(noted) > 40
    for module, names in noted.items():
        public = [name for name in runtime_names[module] if not name.startswith("_")]
        assert names == public, module


def test_what_the_runtime_has_is_not_missing(
    runtime_names: dict[str, list[str]], resolver: Resolver
) -> None:
    assert len(runtime_names) > 500
    for module, names in runtime_names.items():
        statement = Import(module, 0, (), 1, 1, None, "start")
        assert resolver.resolve("entry.py", statement).failure is None, module
        missing = [name for name in names if resolver.defines(module, name) is False]
        # What a function makes global when it is called.
        assert missing in ([], ["_libc"]), module


def test_a_misspelt_name_is_missing(resolver: Resolver) -> None:
    for module in ("datetime", "typing", "os", "json", "re", "time", "collections", "dataclasses"):
        assert resolver.defines(module, "misspelt") is False, module
