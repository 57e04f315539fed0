"""How they are configured and packaged."""

from preflight.clean import Clean, config, entry, pyproject

JSONC = Clean(
    "wrangler-jsonc-with-comments",
    "Hello, // not a comment",
    {
        "wrangler.jsonc": """\
// Settings: https://developers.cloudflare.com/workers/wrangler/configuration/
{
  "name": "commented", /* the Worker */
  "main": "src/entry.py",
  "compatibility_date": "2026-11-01",
  "compatibility_flags": [
    "python_workers", // Python
  ],
  "vars": {
    "GREETING": "Hello, // not a comment",
  },
}
""",
        "src/entry.py": entry("self.env.GREETING"),
    },
)

JSON = Clean(
    "wrangler-json",
    "plain",
    {
        "wrangler.json": """\
{
  "name": "plain",
  "main": "src/entry.py",
  "base_dir": "./src",
  "compatibility_date": "2026-11-01",
  "compatibility_flags": ["python_workers"],
  "rules": [{"type": "Text", "globs": ["**/*.md"], "fallthrough": true}]
}
""",
        "src/entry.py": entry("__name__ and notes()", "from notes import notes\n"),
        "src/notes.py": """\
from pathlib import Path


def notes():
    return (Path(__file__).parent / "notes.md").read_text().strip()
""",
        "src/notes.md": "plain\n",
    },
)

DATA_RULES = Clean(
    "data-files-by-rules",
    "apple,3 <p>{}</p> 1",
    {
        "wrangler.toml": config(
            "src/entry.py",
            """
[[rules]]
type = "Text"
globs = ["**/*.csv"]
fallthrough = true

[[rules]]
type = "Data"
globs = ["catalogue/**/*.json"]
fallthrough = true
""",
        ),
        "src/entry.py": entry("catalogue.describe()", "import catalogue\n"),
        "src/catalogue/__init__.py": """\
import json
from importlib import resources

PRICES = resources.files(__package__).joinpath("data", "prices.csv")


def describe():
    files = resources.files("catalogue")
    page = files.joinpath("page.html").read_text()
    facts = json.loads(files.joinpath("data/facts.json").read_bytes())
    return f"{PRICES.read_text().strip()} {page.strip()} {facts['version']}"
""",
        "src/catalogue/data/prices.csv": "apple,3\n",
        "src/catalogue/data/facts.json": '{"version": 1}\n',
        "src/catalogue/page.html": "<p>{}</p>\n",
    },
)

ENVIRONMENTS = Clean(
    "environments",
    "staging of links with 2 settings",
    {
        "wrangler.toml": config(
            "src/entry.py",
            """
[vars]
STAGE = "local"

[env.staging]
name = "service-staging"

[env.staging.vars]
STAGE = "staging"
LIMITS = { daily = 5, monthly = 100 }

[env.production.vars]
STAGE = "production"
""",
        ),
        "src/entry.py": entry(
            'f"{self.env.STAGE} of {NAME} with {len(self.env.LIMITS.to_py())} settings"'
            ' if hasattr(self.env.LIMITS, "to_py")'
            ' else f"{self.env.STAGE} of {NAME} with {len(dict(self.env.LIMITS))} settings"',
            "from names import NAME\n",
        ),
        "src/names.py": 'NAME = "links"\n',
    },
    env="staging",
)

MAIN_BY_ENVIRONMENT = Clean(
    "another-main-in-an-environment",
    "admin",
    {
        "wrangler.toml": config(
            "public/entry.py", '\n[env.admin]\nmain = "admin/entry.py"\nbase_dir = "admin"\n'
        ),
        "public/entry.py": entry('"public"'),
        "admin/entry.py": entry("roles.NAME", "import roles\n"),
        "admin/roles.py": 'NAME = "admin"\n',
    },
    env="admin",
)

NO_PYPROJECT = Clean(
    "no-pyproject",
    "bare",
    {
        "wrangler.toml": config("worker/index.py"),
        "worker/index.py": entry("bare.text()", "from lib import bare\n"),
        "worker/lib/bare.py": "import string\n\n\ndef text():\n    return 'bare'\n",
    },
)

POETRY = Clean(
    "poetry-project",
    "poetry",
    {
        "wrangler.toml": config("worker/entry.py", 'base_dir = "src"\n'),
        "pyproject.toml": """\
[tool.poetry]
name = "verses"
version = "0.1.0"
description = ""
authors = ["Somebody <somebody@example.com>"]
packages = [{ include = "verses", from = "src" }]

[tool.poetry.dependencies]
python = "^3.13"
workers-runtime-sdk = "^1.9"

[tool.poetry.group.dev.dependencies]
pytest = "^9"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
""",
        "worker/entry.py": entry("read()", "from verses import read\n"),
        "src/verses/__init__.py": "from verses._reading import read\n",
        "src/verses/_reading.py": "def read():\n    return 'poetry'\n",
    },
)

HATCH = Clean(
    "hatch-project",
    "hatched 1.2",
    {
        "wrangler.toml": config("src/eggs/entry.py", 'base_dir = "src"\n'),
        "pyproject.toml": """\
[project]
name = "eggs"
dynamic = ["version"]
dependencies = ["workers-runtime-sdk>=1.9"]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.version]
path = "src/eggs/__about__.py"

[tool.hatch.build.targets.wheel]
packages = ["src/eggs"]
""",
        "src/eggs/__about__.py": '__version__ = "1.2"\n',
        "src/eggs/__init__.py": "from eggs.__about__ import __version__\n",
        "src/eggs/entry.py": entry('f"hatched {eggs.__version__}"', "import eggs\n"),
    },
)

UV_BUILD = Clean(
    "uv-build-project",
    "quick",
    {
        "wrangler.jsonc": """\
{
  "name": "quick",
  "main": "worker/entry.py",
  "base_dir": "src",
  "compatibility_date": "2026-11-01",
  "compatibility_flags": ["python_workers"]
}
""",
        "pyproject.toml": pyproject(
            "quick",
            """
[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"

[tool.uv]
package = true

[tool.ruff]
line-length = 100

[tool.pytest.ini_options]
pythonpath = ["src"]
""",
        ),
        "worker/entry.py": "from quick.worker import Default as Default\n",
        "src/quick/__init__.py": "",
        "src/quick/worker.py": entry("__package__"),
        "tests/test_worker.py": "from quick import worker\n",
    },
)

BUILD_COMMAND = Clean(
    "build-command-that-generates-a-module",
    "generated",
    {
        "wrangler.toml": config(
            "src/entry.py", '\n[build]\ncommand = "cp version.txt src/version.py"\n'
        ),
        "version.txt": 'VERSION = "generated"\n',
        "src/entry.py": entry("VERSION", "from version import VERSION\n"),
    },
    generated=("src/version.py",),
)

ALL = (
    JSONC,
    JSON,
    DATA_RULES,
    ENVIRONMENTS,
    MAIN_BY_ENVIRONMENT,
    NO_PYPROJECT,
    POETRY,
    HATCH,
    UV_BUILD,
    BUILD_COMMAND,
)
