"""Repositories as people have them, made by code: each is named by how it differs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Files = dict[str, str]

SETTINGS = """\
class Settings:
    service_name = "links"
"""

PYPROJECT = """\
[project]
name = "links"
version = "1.2.3"
requires-python = ">=3.11"
dependencies = ["fastapi~=0.165.0"]  # the web

# Ours.
[dependency-groups]
dev = [
    "pytest~=9.2", # tests
]

[tool.pytest.ini_options]
testpaths = ["tests"]
"""

WRANGLER = """\
# The Worker.
name = "links"
main = "src/main.py" # the application
compatibility_date = "2025-10-01"
compatibility_flags = ["python_workers"]

[build.upload]
format = "modules"
include = ["src/**/*.py"]
exclude = ["tests/**"]

# Seen by settings.
[vars]
LOG_LEVEL = "INFO"

[env.develop]
routes = [{ pattern = "develop.example.com/*", zone_name = "example.com" }]

[env.develop.vars]
LOG_LEVEL = "DEBUG" # more
"""

LAYERS = ("domain", "application", "infrastructure", "presentation")
CONTEXTS = ("links", "users", "teams", "billing", "audit", "search")


@dataclass(frozen=True)
class Repository:
    """`files` by name below `folder`, the one that holds the `package`.

    Once it is adopted it answers 200, unless it is refused: by the wiring with the text `refusal`,
    or by the preflight with errors of these `codes`.
    """

    files: Files
    refusal: str = ""
    codes: frozenset[str] = frozenset()
    package: str = "src"
    folder: str = "."
    git: bool = True

    @property
    def answers(self) -> dict[str, str]:
        return {} if self.package == "src" else {"package": self.package}

    def write(self, root: Path) -> Path:
        """Write the repository; the folder with the package."""
        project = root / self.folder
        for name, text in self.files.items():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text(text)
        return project


def layered(*, inits: bool = True) -> Files:
    """`src` with a domain, application, infrastructure and presentation layer: 48 modules and more.

    Each imports the one below it, so that a page comes through all.
    """
    files: Files = {
        "src/core/config/settings.py": SETTINGS,
        "src/core/config/__init__.py": "",
        "src/core/__init__.py": "",
        "src/__init__.py": "",
    }
    for context in CONTEXTS:
        files |= {
            f"src/domain/{context}/entity.py": (
                "from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass Entity:\n"
                f'    name: str = "{context}"\n'
            ),
            f"src/application/{context}/use_case.py": (
                f"from src.domain.{context}.entity import Entity\n\n\n"
                "def find() -> Entity:\n    return Entity()\n"
            ),
            f"src/infrastructure/{context}/repository.py": (
                f"from src.application.{context} import use_case\n\n\n"
                "def load() -> str:\n    return use_case.find().name\n"
            ),
            f"src/presentation/{context}/router.py": (
                "from fastapi import APIRouter\n\n"
                f"from src.infrastructure.{context}.repository import load\n\n"
                "router = APIRouter()\n\n\n"
                f'@router.get("/{context}")\nasync def {context}() -> str:\n    return load()\n'
            ),
        }
        if inits:
            files |= {f"src/{layer}/{context}/__init__.py": "" for layer in LAYERS}
    if inits:
        files |= {f"src/{layer}/__init__.py": "" for layer in LAYERS}
    included = "".join(f"app.include_router({context}.router)\n" for context in CONTEXTS)
    imports = "".join(
        f"from src.presentation.{context} import router as {context}\n" for context in CONTEXTS
    )
    files["src/main.py"] = (
        "from fastapi import FastAPI\n\n"
        f"from src.core.config.settings import Settings\n{imports}\n"
        "app = FastAPI(title=Settings.service_name)\n"
        f"{included}\n\n"
        '@app.get("/health")\nasync def health() -> str:\n    return "ok"\n'
    )
    return files


CONFIGURATION = {"wrangler.toml": WRANGLER, "pyproject.toml": PYPROJECT}
TESTS = {
    "tests/test_links.py": "from src.main import app\n\n\ndef test_it() -> None:\n    assert app\n"
}

HANDLER = """\
from workers import Response, WorkerEntrypoint

from src.core.config.settings import Settings


class Counter:
    pass


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(Settings.service_name)
"""

WSGI = """\
from src.core.config.settings import Settings


def application(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [Settings.service_name.encode()]
"""

JSONC = """\
// The Worker.
{
  "name": "links", // as deployed
  "main": "src/main.py",
  /* later: routes */
  "compatibility_date": "2026-10-01",
  "compatibility_flags": [
    "python_workers" // needed
  ],
  "vars": { "LOG_LEVEL": "INFO" },
  "env": {
    "develop": {
      "main": "src/main.py",
      "vars": { "LOG_LEVEL": "DEBUG" }
    }
  }
}
"""

POETRY = """\
[project]
name = "links"
version = "1.2.3"
requires-python = ">=3.9,<4.0"
dependencies = ["fastapi (>=0.165.0,<0.166.0)"]

[tool.poetry]
package-mode = false

[tool.poetry.group.dev.dependencies]
pytest = "^9.2"

[tool.poe.tasks]
hello = "echo hello"

[build-system]
requires = ["poetry-core>=2.0.0,<3.0.0"]
build-backend = "poetry.core.masonry.api"
"""

OLD_POETRY = """\
[tool.poetry]
name = "links"
version = "1.2.3"

[tool.poetry.dependencies]
python = "^3.11"
fastapi = "^0.165.0"
"""

PDM = """\
[project]
name = "links"
version = "1.2.3"
requires-python = ">=3.11"
dependencies = ["fastapi~=0.165.0"]

[tool.pdm]
distribution = true

[tool.pdm.scripts]
hello = "echo hello"

[dependency-groups]
test = ["pytest~=9.2"]

[build-system]
requires = ["pdm-backend"]
build-backend = "pdm.backend"
"""

SETUPTOOLS = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "links"
version = "1.2.3"
dependencies = ["fastapi~=0.165.0"]

[tool.setuptools]
package-dir = { "" = "." }
packages.find.include = ["src", "src.*"]
"""

HACK = """\
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

"""


def document() -> Repository:
    """The shape in the document that the template was started from."""
    files = {**layered(), **CONFIGURATION, **TESTS, "README.md": "# Ours\n"}
    inside = {"src/tests/test_inside.py": "import pytest\n", "src/docs/manual.py": "import src\n"}
    return Repository({**files, **inside})


def prefixed() -> Repository:
    """Plain imports from `src`, a Worker's handler, and Node packages of its own."""
    return Repository(
        {
            **layered(),
            **CONFIGURATION,
            "src/main.py": HANDLER,
            "package.json": '{\n    "name": "frontend",\n    "dependencies": {}\n}\n',
            ".gitignore": "__pycache__\nnode_modules",
            ".github/workflows/ci.yml": "on: push\n",
            "worker.py": "# Not the template's.\n",
        }
    )


def half_converted() -> Repository:
    """Some modules already import without the prefix, which only works with `src` on the path."""
    files = layered()
    router = files["src/presentation/users/router.py"]
    files["src/presentation/users/router.py"] = router.replace("src.infra", "infra")
    return Repository({**files, **CONFIGURATION}, codes=frozenset({"PF201"}))


def path_hack() -> Repository:
    """The folder of `main` is put on the search path; imports have the prefix all the same."""
    files = layered()
    return Repository({**files, **CONFIGURATION, "src/main.py": HACK + files["src/main.py"]})


def jsonc() -> Repository:
    """wrangler.jsonc with comments, and an environment with a main of its own."""
    return Repository({**layered(), "wrangler.jsonc": JSONC, "pyproject.toml": PYPROJECT})


def poetry() -> Repository:
    """Poetry's metadata beside [project], and tasks of its own."""
    return Repository({**layered(), **CONFIGURATION, "pyproject.toml": POETRY})


def old_poetry() -> Repository:
    """Poetry's metadata alone."""
    files = {**layered(), **CONFIGURATION, "pyproject.toml": OLD_POETRY}
    return Repository(files, refusal="pyproject.toml has no [project]")


def pdm() -> Repository:
    """PDM's metadata and build, and groups of its own."""
    return Repository({**layered(), **CONFIGURATION, "pyproject.toml": PDM})


def monorepo() -> Repository:
    """The service in a folder of a larger repository."""
    return Repository(
        {**layered(), **CONFIGURATION, **TESTS, "../web/index.js": "export {}\n"},
        folder="services/links",
    )


def without_git() -> Repository:
    """No repository of git, and no `__init__.py` in the layers."""
    return Repository({**layered(inits=False), **CONFIGURATION}, git=False)


def named_otherwise() -> Repository:
    """The package is `app`, the project is built by setuptools."""
    renamed = {
        name.replace("src/", "app/", 1): text.replace("from src.", "from app.")
        for name, text in layered().items()
    }
    wrangler = WRANGLER.replace("src/", "app/")
    pyproject = SETUPTOOLS.replace('"src', '"app')
    files = {**renamed, "wrangler.toml": wrangler, "pyproject.toml": pyproject}
    return Repository(files, package="app")


def wsgi() -> Repository:
    """A WSGI application, no wrangler config, no pyproject.toml."""
    return Repository(
        {
            "src/__init__.py": "",
            "src/core/__init__.py": "",
            "src/core/settings.py": SETTINGS,
            "src/main.py": WSGI.replace("core.config", "core"),
        }
    )


def requirements() -> Repository:
    """Dependencies in requirements.txt, which pywrangler refuses beside a pyproject.toml."""
    files = {**layered(), "wrangler.toml": WRANGLER, "requirements.txt": "fastapi~=0.165.0\n"}
    return Repository(files, codes=frozenset({"PF709"}))


def own_build() -> Repository:
    """A build command of its own, which has to call that of the template."""
    wrangler = WRANGLER.replace("[build.upload]", '[build]\ncommand = "make"\n\n[build.upload]')
    files = {**layered(), **CONFIGURATION, "wrangler.toml": wrangler}
    return Repository(files, refusal="has a build command of its own, 'make'")


REPOSITORIES: dict[str, Callable[[], Repository]] = {
    make.__name__: make
    for make in (
        document,
        prefixed,
        half_converted,
        path_hack,
        jsonc,
        poetry,
        old_poetry,
        pdm,
        monorepo,
        without_git,
        named_otherwise,
        wsgi,
        requirements,
        own_build,
    )
}
