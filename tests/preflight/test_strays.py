"""What is not the service's in an upload, and what only looks like it."""

from pathlib import Path

import pytest

from preflight.bundles import CONFIG, ENTRY, bundle_of
from tools.preflight.checks import strays
from tools.preflight.finding import Finding

WHEEL = """\
[tool.setuptools]
package-dir = { "" = "lib" }
[tool.setuptools.packages.find]
include = ["shop*"]
"""


def found(root: Path, files: dict[str, str], config: str = CONFIG) -> list[Finding]:
    return list(strays.check(bundle_of(root, files, config=config)))


@pytest.mark.parametrize(
    "files",
    [
        {
            "src/docs/__init__.py": "",
            "src/docs/router.py": "",
            "src/entry.py": "import docs.router",
        },
        {"src/examples/a.py": "", "src/entry.py": "def f():\n    from examples import a\n"},
        {"src/shop/tests/fakes.py": "", "src/entry.py": "from shop.tests.fakes import Fake"},
        {"src/dist/index.html": "", "src/entry.py": "PAGE = 'dist/index.html'"},
        {"src/docs/index.html": "", "src/entry.py": "PAGE = 'index.html'"},
        {"src/docs/index.html": "", "src/entry.py": "PAGES = 'shop/docs'"},
        {"src/shop/build/plan.py": ""},
        {"src/testing.py": "", "src/contest.py": "", "src/latest_prices.py": ""},
        {"src/shop/venv.py": "", "src/build.py": ""},
    ],
)
def test_the_service_may_use_such_names(tmp_path: Path, files: dict[str, str]) -> None:
    assert not found(tmp_path, files)


@pytest.mark.parametrize(
    ("files", "code", "path"),
    [
        ({"src/node_modules/gyp/a.py": ""}, "PF304", "src/node_modules"),
        ({"src/shop.egg-info/top_level.txt": ""}, "PF304", "src/shop.egg-info"),
        ({"src/venv/lib/tests/a.py": "", "src/venv/b.py": ""}, "PF304", "src/venv"),
        ({"src/shop/tests/a.py": "", "src/shop/tests/unit/b.py": ""}, "PF305", "src/shop/tests"),
        ({"src/test_a.py": "", "src/test_b.py": ""}, "PF305", "src/test_a.py"),
        ({"src/dist/shop.py": "", "src/entry.py": "NAME = 'shop.py'"}, "PF304", "src/dist"),
    ],
)
def test_each_folder_is_one_finding(
    tmp_path: Path, files: dict[str, str], code: str, path: str
) -> None:
    (finding,) = found(tmp_path, files)
    assert (finding.code, finding.place.path) == (code, path)


def test_a_project_as_module_root_is_told_to_move(tmp_path: Path) -> None:
    files = {"main.py": ENTRY, "tests/test_main.py": ""}
    config = CONFIG.replace("src/entry.py", "main.py")
    bundle = bundle_of(tmp_path, files, config=config)
    (finding,) = strays.check(bundle)
    assert finding.place.path == "tests"
    assert 'base_dir = "src"' in finding.fix


def test_tests_in_a_wheel_are_excluded_there(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": WHEEL,
        "lib/shop/__init__.py": "",
        "lib/shop/tests/test_cart.py": "",
        "python_modules/shop/__init__.py": "",
        "python_modules/shop/tests/test_cart.py": "",
    }
    (finding,) = found(tmp_path, files)
    assert finding.place.path == "lib/shop/tests"
    assert '"shop.tests*"' in finding.fix


def test_what_the_service_imports_is_no_stray(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[tool.setuptools.packages.find]\ninclude = ["shop*"]\n',
        "src/shop/__init__.py": "",
        "src/helpers.py": "import more\n",
        "src/more.py": "",
        "src/entry.py": "import helpers\nfrom shop import x\n",
        "src/left.py": "",
    }
    assert [finding.place.path for finding in found(tmp_path, files)] == ["src/left.py"]


def test_public_certificates_and_examples_are_no_secrets(tmp_path: Path) -> None:
    bundle = bundle_of(
        tmp_path,
        {
            "src/ca.pem.txt": "",
            "python_modules/certifi/cacert.pem": "",
            "python_modules/shop/.env.example": "KEY=\n",
        },
    )
    assert not list(strays.check(bundle))
