"""Modules of the tree in the upload: what the planted faults do not show."""

from pathlib import Path

import pytest

from preflight.bundles import CONFIG, ENTRY, bundle_of
from tools.preflight.bundle import Bundle
from tools.preflight.checks import entry, presence
from tools.preflight.finding import Finding

PACKAGE = '[tool.setuptools]\npackage-dir = { "" = "src" }\n'
PACKAGES = "[tool.setuptools.packages.find]\ninclude = ['shop*']\n"


def only(bundle: Bundle) -> Finding:
    (finding,) = presence.check(bundle)
    return finding


def test_an_entry_in_a_package_is_worth_a_remark(tmp_path: Path) -> None:
    config = CONFIG.replace("src/entry.py", "src/shop/entry.py") + 'base_dir = "src"\n'
    files = {"src/shop/entry.py": ENTRY, "src/entry.txt": ""}
    bundle = bundle_of(tmp_path, files, config=config)
    (tmp_path / "src/entry.py").unlink()
    finding = next(finding for finding in presence.check(bundle) if finding.code == "PF107")
    assert (finding.severity, finding.target) == ("info", "shop.entry")


def test_data_that_the_code_does_not_name_is_one_remark_for_each_kind(tmp_path: Path) -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/a.json": "{}",
        "src/shop/b.json": "{}",
        "src/shop/types.pyi": "",
        "src/readme.json": "{}",
    }
    finding = only(bundle_of(tmp_path, files))
    assert (finding.code, finding.severity) == ("PF108", "info")
    assert finding.place.path == "src/shop/a.json"
    assert "1 more" in finding.message
    assert "src" not in finding.fix.split("globs")[1]


def test_data_that_the_code_names_is_missed(tmp_path: Path) -> None:
    files = {"src/prices.json": "{}", "src/shop.py": 'PRICES = "data/prices.json"\n'}
    finding = only(bundle_of(tmp_path, files))
    assert (finding.severity, finding.place.path) == ("warning", "src/prices.json")


def test_another_package_of_the_name_is_no_copy(tmp_path: Path) -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/cart.py": "MINE = 1\n",
        "python_modules/shop/__init__.py": "",
        "python_modules/shop/cart.py": "THEIRS = 1\n",
    }
    finding = only(bundle_of(tmp_path, files))
    assert (finding.code, finding.place.path) == ("PF112", "src/shop")


def test_a_copy_by_wheel_needs_no_declaration(tmp_path: Path) -> None:
    files = {
        "src/shop/cart.py": "MINE = 1\n",
        "python_modules/shop/cart.py": "MINE = 1\n",
    }
    finding = only(bundle_of(tmp_path, files))
    assert (finding.code, finding.place.path) == ("PF103", "python_modules/shop")


def test_a_namespace_may_be_shared_with_a_vendored_package(tmp_path: Path) -> None:
    files = {
        "src/company/shop/__init__.py": "",
        "python_modules/company/tools/__init__.py": "",
    }
    assert not list(presence.check(bundle_of(tmp_path, files)))


def test_tests_that_the_wheel_leaves_out_are_not_missed(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": PACKAGES + PACKAGE.replace("src", "lib"),
        "lib/shop/__init__.py": "",
        "lib/shop/cart.py": "",
        "lib/shop/tests/test_cart.py": "",
        "python_modules/shop/__init__.py": "",
        "python_modules/shop/cart.py": "",
    }
    assert not list(presence.check(bundle_of(tmp_path, files)))


def test_a_module_that_the_wheel_leaves_out_is_missed(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": PACKAGES + PACKAGE.replace("src", "lib"),
        "lib/shop/__init__.py": "",
        "lib/shop/cart.py": "",
        "python_modules/shop/__init__.py": "",
    }
    finding = only(bundle_of(tmp_path, files))
    assert (finding.code, finding.place.path) == ("PF101", "lib/shop/cart.py")
    assert "[tool.setuptools.packages.find]" in finding.fix


def test_a_package_that_the_worker_does_not_use_is_not_missed(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": PACKAGES + PACKAGE.replace("src", "lib"),
        "lib/shop/__init__.py": "",
    }
    assert not list(presence.check(bundle_of(tmp_path, files)))


def test_without_additional_modules_the_setting_is_to_blame(tmp_path: Path) -> None:
    config = CONFIG + "find_additional_modules = false\n"
    files = {"src/entry.py": f"import shop\n{ENTRY}", "src/shop.py": ""}
    bundle = bundle_of(tmp_path, files, config=config)
    del bundle.upload.modules["shop.py"]  # type: ignore[attr-defined]
    finding = only(bundle)
    assert (finding.code, finding.place.line) == ("PF101", 5)


@pytest.mark.parametrize(
    "code",
    [
        "from shop import *\n",
        "from shop import Default\n",
        "import shop\n\n\nclass Default(shop.Default): ...\n",
        "from shop import make\n\nDefault = make()\n",
        "from shop import make\n\n\nclass Default(make()): ...\n",
        "globals().update(Default=object)\n",
        "from shop import Room\n",
        "from workers.entrypoints import WorkerEntrypoint as W\n\n\nclass Default(W): ...\n",
        "class Broken(\n",
    ],
)
def test_handlers_that_are_there_or_may_be_are_not_missed(tmp_path: Path, code: str) -> None:
    shop = (
        "import workers\nfrom workers import DurableObject as Base\n\n\n"
        "class Default(workers.WorkerEntrypoint): ...\n\n\nclass Room(Base): ...\n\n\n"
        "def make(): ...\n"
    )
    assert not list(
        presence.check(bundle_of(tmp_path, {"src/entry.py": code, "src/shop.py": shop}))
    )


def test_a_base_class_may_come_by_a_relative_import(tmp_path: Path) -> None:
    files = {
        "src/entry.py": "from shop.worker import Default\n",
        "src/shop/worker.py": "from .base import Base\n\n\nclass Default(Base): ...\n",
        "src/shop/base.py": ENTRY.replace("Default", "Base"),
    }
    assert not list(presence.check(bundle_of(tmp_path, files)))


def test_a_class_of_no_kind_is_missed_through_relative_imports(tmp_path: Path) -> None:
    files = {
        "src/entry.py": "from shop.worker import Default\n",
        "src/shop/worker.py": "from .base import Base\n\n\nclass Default(Base): ...\n",
        "src/shop/base.py": "class Base: ...\n",
    }
    finding = only(bundle_of(tmp_path, files))
    assert (finding.code, finding.place.path, finding.place.line) == (
        "PF109",
        "src/shop/worker.py",
        4,
    )


@pytest.mark.parametrize(
    ("date", "flags", "reported"),
    [
        ("2025-08-13", "", False),
        ("2025-08-14", "", True),
        ("2025-08-14", ', "disable_python_no_global_handlers"', False),
        ("2025-08-13", ', "python_no_global_handlers"', True),
    ],
)
def test_handler_functions_go_by_date_and_flags(
    tmp_path: Path, date: str, flags: str, reported: bool
) -> None:
    config = CONFIG.replace("2026-11-01", date).replace('"]', f'"{flags}]')
    files = {"src/entry.py": "def on_fetch(request): ...\n"}
    bundle = bundle_of(tmp_path, files, config=config)
    assert [finding.code for finding in presence.check(bundle)] == ["PF109"] * reported


def test_only_named_entrypoints_are_worth_a_remark(tmp_path: Path) -> None:
    files = {"src/entry.py": ENTRY.replace("Default", "Prices")}
    finding = only(bundle_of(tmp_path, files))
    assert (finding.code, finding.severity, finding.target) == ("PF109", "info", "Prices")


def test_the_sdk_of_an_old_date_hides_a_module(tmp_path: Path) -> None:
    config = CONFIG.replace("2026-11-01", "2026-01-01")
    finding = only(bundle_of(tmp_path, {"src/asgi.py": "APP = 1\n"}, config=config))
    assert (finding.code, finding.place.path) == ("PF113", "src/asgi.py")


@pytest.mark.parametrize(
    ("name", "exclude", "clashes"),
    [
        ("entry.py", "", True),
        ("entry.py", "entry.py", False),
        ("entry.py", "other.py", True),
        ("entry/__init__.py", "", True),
        ("entry/words.py", "", False),
    ],
)
def test_an_uploaded_module_clashes_with_the_entry(
    tmp_path: Path, name: str, exclude: str, clashes: bool
) -> None:
    config = f'{CONFIG}[python_modules]\nexclude = ["{exclude}"]\n'
    bundle = bundle_of(tmp_path, {f"python_modules/{name}": "X = 1\n"}, config=config)
    found = entry.entry_name_clash(bundle.wiring)
    assert [finding.code for finding in found] == ["PF115"] * clashes
