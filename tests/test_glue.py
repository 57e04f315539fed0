"""Pyodide's JavaScript is adapted as a whole or not at all."""

import json
import re
from pathlib import Path

import pytest

from conftest import Render
from tools.runtime.errors import ToolError
from tools.runtime.glue import FOOTER, HEADER, SUBSTITUTIONS, Substitution, adapt

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pyodide(install: Render) -> Path:
    return install({"api_style": "workers", "database": "none"}) / "node_modules/pyodide"


@pytest.fixture(scope="module")
def glue(pyodide: Path) -> str:
    return (pyodide / "pyodide.asm.mjs").read_text()


def test_the_locked_pyodide_can_be_adapted(pyodide: Path, glue: str) -> None:
    version = json.loads((pyodide / "package.json").read_text())["version"]
    adapted = adapt(glue, version=version)
    assert adapted.startswith(HEADER)
    assert adapted.endswith(FOOTER)
    assert "new WebAssembly.Module(" not in adapted
    assert not re.search(r"(?<![\w.$])eval\(", adapted.removeprefix(HEADER))


@pytest.mark.parametrize("substitution", SUBSTITUTIONS, ids=lambda each: each.name)
def test_one_place_less_or_more_stops_the_build(glue: str, substitution: Substitution) -> None:
    found = re.search(substitution.pattern, glue, re.DOTALL)
    assert found
    # A second function of the same name needs what follows the first, too.
    more = glue.replace(found[0], f"{found[0]};{found[0]}", 1)
    less = glue[: found.start()] + glue[found.end() :]
    if substitution.name == "loadLibData":
        more = glue + found[0] + "function getExports(){}"
    for changed, count in ((less, substitution.count - 1), (more, substitution.count + 1)):
        with pytest.raises(ToolError) as refusal:
            adapt(changed, version="999.0.1")
        assert "pyodide 999.0.1" in str(refusal.value)
        assert f"found {count} places for {substitution.name}" in str(refusal.value)
