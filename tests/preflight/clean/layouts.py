"""Where the code lies."""

from preflight.clean import Clean, config, entry, pyproject

SINGLE_FILE = Clean(
    "single-file",
    "hello",
    {"wrangler.toml": config("src/entry.py"), "src/entry.py": entry('"hello"')},
)

FLAT_MODULES = Clean(
    "flat-modules-beside-main",
    "3 links",
    {
        "wrangler.toml": config("src/main.py"),
        "pyproject.toml": pyproject("links"),
        "src/main.py": entry(
            'texts.plural(len(links.ALL), "link")', "import links\nimport texts\n"
        ),
        "src/links.py": 'from texts import plural\n\nALL = ["a", "b", "c"]\nONE = plural(1, "x")\n',
        "src/texts.py": 'def plural(count, word):\n    return f"{count} {word}s"\n',
        # Beside the module root, so none of the Worker's business.
        "tests/test_texts.py": "import pytest\nfrom texts import plural\n",
        "scripts/seed.py": "import requests\n",
        "README.md": "# Links\n",
    },
)

EXAMPLE_STYLE = Clean(
    "style-of-the-official-examples",
    "counted 2",
    {
        "wrangler.jsonc": """\
{
  "$schema": "node_modules/wrangler/config-schema.json",
  "name": "example",
  "main": "src/entry.py",
  "compatibility_date": "2026-11-01",
  "compatibility_flags": ["python_workers"],
  "observability": {"enabled": true}
}
""",
        "package.json": '{"name": "example", "scripts": {"dev": "uv run pywrangler dev"}}\n',
        "pyproject.toml": pyproject("example"),
        "src/entry.py": """\
from urllib.parse import urlparse

from counting import Counted
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        path = urlparse(request.url).path
        if path != "/":
            return Response("not found", status=404)
        return Response(str(Counted(2)))
""",
        "src/counting.py": """\
from dataclasses import dataclass


@dataclass
class Counted:
    number: int

    def __str__(self):
        return f"counted {self.number}"
""",
    },
)

RELATIVE_IMPORTS = Clean(
    "relative-imports-inside-packages",
    "cart of 2 at 30 in EUR",
    {
        "wrangler.toml": config("src/entry.py"),
        "src/entry.py": entry("describe(2)", "from shop import describe\n"),
        "src/shop/__init__.py": "from .cart import describe\n\n__all__ = ['describe']\n",
        "src/shop/cart.py": """\
from . import prices
from .money.units import CURRENCY as unit


def describe(count):
    return f"cart of {count} at {prices.each() * count} in {unit}"
""",
        "src/shop/prices.py": "from .money import rates\n\n\ndef each():\n    return rates.BASE\n",
        "src/shop/money/__init__.py": "",
        "src/shop/money/rates.py": "from .units import CURRENCY\n\nBASE = 5 * len(CURRENCY)\n",
        "src/shop/money/units.py": "from ..constants import NAMES\n\nCURRENCY = NAMES[0]\n",
        "src/shop/constants.py": 'NAMES = ("EUR", "USD")\n',
    },
)

SRC_LAYOUT_MAIN_OUTSIDE = Clean(
    "src-layout-package-with-main-outside",
    "4 in stock",
    {
        "wrangler.toml": config("worker.py", 'base_dir = "src"\n'),
        "pyproject.toml": pyproject(
            "inventory",
            """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
package-dir = { "" = "src" }
packages = ["inventory", "inventory.domain"]

[tool.setuptools.package-data]
inventory = ["py.typed"]
""",
        ),
        "worker.py": "from inventory.worker import Default\n\n__all__ = ['Default']\n",
        "src/inventory/__init__.py": '__version__ = "1"\n',
        "src/inventory/worker.py": entry(
            'f"{stock.count()} in stock"', "from inventory.domain import stock\n"
        ),
        "src/inventory/domain/__init__.py": "",
        "src/inventory/domain/stock.py": "def count():\n    return 4\n",
        "src/inventory/py.typed": "",
    },
)

SRC_LAYOUT_MAIN_INSIDE = Clean(
    "src-layout-package-with-main-inside",
    "inside",
    {
        "wrangler.toml": config("src/inventory/entry.py", 'base_dir = "src"\n'),
        "pyproject.toml": pyproject("inventory"),
        "src/inventory/__init__.py": "",
        "src/inventory/entry.py": entry("TEXT", "from inventory.texts import TEXT\n"),
        "src/inventory/texts.py": 'TEXT = "inside"\n',
    },
)

MAIN_ELSEWHERE = Clean(
    "main-outside-the-folder-of-the-config",
    "from afar",
    {
        "deploy/wrangler.toml": config("../worker/entry.py"),
        "worker/entry.py": entry("far.TEXT", "import far\n"),
        "worker/far.py": 'TEXT = "from afar"\n',
    },
    folder="deploy",
)

MAIN_IN_THE_FOLDER_OF_THE_CONFIG = Clean(
    "main-in-the-folder-of-the-config",
    "flat",
    {
        "wrangler.toml": config("worker.py"),
        "worker.py": entry("helpers.TEXT", "import helpers\n"),
        "helpers.py": 'TEXT = "flat"\n',
    },
)

SHARED_LIBRARY = Clean(
    "worker-of-a-repository-with-a-shared-library",
    "shared by links and pages",
    {
        "workers/links/wrangler.toml": config("entry.py", 'base_dir = "../../libraries"\n'),
        "workers/links/pyproject.toml": pyproject("links"),
        "workers/links/entry.py": entry("shared.text()", "import shared\n"),
        "workers/pages/wrangler.toml": config("entry.py", 'base_dir = "../../libraries"\n'),
        "workers/pages/entry.py": entry("shared.text()", "import shared\n"),
        "libraries/shared/__init__.py": "from shared.texts import text\n",
        "libraries/shared/texts.py": "def text():\n    return 'shared by links and pages'\n",
    },
    folder="workers/links",
)

NAMESPACE_PACKAGES = Clean(
    "namespace-packages",
    "domain.orders.order and one more",
    {
        "wrangler.toml": config("worker/entry.py", 'base_dir = "code"\n'),
        "worker/entry.py": entry(
            'f"{order.NAME} and {more()}"',
            "from domain.orders import order\nfrom domain.orders.rules.limits import more\n",
        ),
        "code/domain/orders/order.py": "NAME = __name__\n",
        "code/domain/orders/rules/limits.py": """\
import domain.orders.rules.words as words
from ...orders.rules import words as same


def more():
    return words.ONE if same is words else "two"
""",
        "code/domain/orders/rules/words.py": 'ONE = "one more"\n',
    },
)

PACKAGE_NAMED_APP = Clean(
    "package-named-app",
    "app.main",
    {
        "wrangler.toml": config("src/index.py"),
        "src/index.py": "from app.main import Default  # noqa: F401\n",
        "src/app/__init__.py": "",
        "src/app/main.py": entry("__name__", "from app.api import routes\n\nroutes.load()\n"),
        "src/app/api/__init__.py": "from app.api.routes import load as load\n",
        "src/app/api/routes.py": "def load():\n    import app.api.pages\n\n    return app\n",
        "src/app/api/pages.py": "import app\n",
    },
)

PACKAGE_NAMED_SRC = Clean(
    "package-named-src",
    "src.config.settings",
    {
        "wrangler.toml": config("worker.py", 'base_dir = "api"\n'),
        "worker.py": "from src.worker import Default\n",
        "api/src/__init__.py": "",
        "api/src/worker.py": entry("NAME", "from src.config.settings import NAME\n"),
        "api/src/config/__init__.py": "",
        "api/src/config/settings.py": "NAME = __name__\n",
    },
)

VENDORED_TREE = Clean(
    "vendored-tree-committed",
    "hello-world",
    {
        "wrangler.toml": config("src/entry.py"),
        ".gitignore": "node_modules/\n",
        "src/entry.py": entry(
            'slug("Hello World")', "from tinyslug import slug\nfrom tinyslug.words import WORDS\n"
        ),
    },
    vendored={
        "tinyslug/__init__.py": "from .core import *\nfrom .core import __all__\n",
        "tinyslug/core.py": """\
__all__ = ["slug"]

try:
    from ._speedups import join
except ImportError:
    join = "-".join


def slug(text):
    return join(text.lower().split())
""",
        "tinyslug/words.py": "from tinyslug import slug\n\nWORDS = [slug('A B')]\n",
        "tinyslug/testing.py": "import pytest\n",
        "tinyslug-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tinyslug\nVersion: 1.0\n",
    },
)

ALL = (
    SINGLE_FILE,
    FLAT_MODULES,
    EXAMPLE_STYLE,
    RELATIVE_IMPORTS,
    SRC_LAYOUT_MAIN_OUTSIDE,
    SRC_LAYOUT_MAIN_INSIDE,
    MAIN_ELSEWHERE,
    MAIN_IN_THE_FOLDER_OF_THE_CONFIG,
    SHARED_LIBRARY,
    NAMESPACE_PACKAGES,
    PACKAGE_NAMED_APP,
    PACKAGE_NAMED_SRC,
    VENDORED_TREE,
)
