"""What a Worker imports when it starts."""

from pathlib import Path

from preflight.bundles import ENTRY, bundle_of
from tools.preflight.bundle import Bundle
from tools.preflight.checks import imports
from tools.preflight.codes import Severity
from tools.preflight.stopwatch import Stopwatch


def reported(bundle: Bundle) -> set[tuple[str, Severity, str]]:
    findings = imports.check(bundle, Stopwatch())
    return {(finding.code, finding.severity, finding.place.path) for finding in findings}


def with_entry(statement: str) -> dict[str, str]:
    return {"src/entry.py": f"{statement}\n{ENTRY}"}


def test_a_module_that_its_package_imports_is_imported_at_start(tmp_path: Path) -> None:
    files = {
        **with_entry("import shop"),
        "src/shop/__init__.py": "from . import cart\n",
        "src/shop/cart.py": "import nothing\n",
    }
    assert reported(bundle_of(tmp_path, files)) == {("PF202", "error", "src/shop/cart.py")}


def test_a_module_that_a_function_imports_may_be_needed(tmp_path: Path) -> None:
    files = {
        **with_entry("def late():\n    import shop\n\n"),
        "src/shop.py": "import nothing\n",
    }
    assert reported(bundle_of(tmp_path, files)) == {("PF202", "warning", "src/shop.py")}


def test_a_module_that_nothing_imports_is_for_other_occasions(tmp_path: Path) -> None:
    files = {"src/local.py": "import nothing\n", "src/other.py": "if x:\n    import local\n"}
    assert reported(bundle_of(tmp_path, files)) == {("PF202", "info", "src/local.py")}


def test_a_package_that_is_wanted_under_a_condition_is_no_fault(tmp_path: Path) -> None:
    files = with_entry("import os\n\nif os.environ.get('DEBUG'):\n    import nothing\n\n")
    assert reported(bundle_of(tmp_path, files)) == {("PF202", "info", "src/entry.py")}


def test_a_module_that_imports_a_name_of_itself_has_it_too_late(tmp_path: Path) -> None:
    files = {**with_entry("import shop"), "src/shop.py": "from shop import name\n\nname = 1\n"}
    assert reported(bundle_of(tmp_path, files)) == {("PF212", "error", "src/shop.py")}
    fine = {"src/shop.py": "name = 1\n\nfrom shop import name as same\n"}
    assert reported(bundle_of(tmp_path, fine)) == set()
