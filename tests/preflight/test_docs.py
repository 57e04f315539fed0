"""The pages of the codes and docs/preflight.md say what the code does."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from projects import ROOT, attempt, preflight
from tools.preflight.codes import CODES, PAGES, page
from tools.preflight.settings import Ignore, Settings

# Of an example in a page: an indented block.
IGNORE = re.compile(r"^    \[\[tool\.preflight\.ignore\]\]\n(?:    \S.*\n)+", re.MULTILINE)


def test_there_is_a_page_for_each_code_and_no_other() -> None:
    assert {path.stem for path in PAGES.iterdir()} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_page_has_the_title_of_its_code_and_fits_a_terminal(code: str) -> None:
    title, blank, *lines = page(code).splitlines()
    assert title == f"# {code}: {CODES[code].title}"
    assert blank == ""
    assert 5 <= len(lines) <= 30
    assert max(map(len, lines)) <= 100
    assert set(re.findall(r"PF\d+", "\n".join(lines))) <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_an_ignore_in_a_page_can_be_used_as_it_stands(code: str) -> None:
    for example in IGNORE.findall(page(code)):
        (table,) = tomllib.loads(example)["tool"]["preflight"]["ignore"]
        assert Ignore.of(table).code in CODES
        assert Ignore.of(table).reason


def test_the_settings_in_the_document_are_the_defaults() -> None:
    document = (ROOT / "docs/preflight.md").read_text()
    (example,) = re.findall(r"```toml\n(.*?)```", document, re.DOTALL)
    table = tomllib.loads(example)["tool"]["preflight"]
    ignores = table.pop("ignore")
    assert Settings.of(table) == Settings()
    assert {key for ignore in ignores for key in ignore} == set(Ignore.__dataclass_fields__)


def test_the_tables_of_the_document_are_up_to_date() -> None:
    script = ROOT / "scripts/preflight_docs.py"
    status, output = attempt(ROOT, sys.executable, str(script), "--check")
    assert status == 0, output


def test_explain_takes_a_code_in_any_case_and_lists_all_without(tmp_path: Path) -> None:
    status, output = preflight(tmp_path, "explain", "pf103")
    assert status == 0
    assert output == page("PF103")
    status, output = preflight(tmp_path, "explain")
    assert status == 0
    assert [line.split()[0] for line in output.splitlines()] == list(CODES)


@pytest.mark.parametrize(
    ("written", "meant"), [("PF1033", "PF103"), ("both-route", "PF103"), ("xyz", "lists them all")]
)
def test_an_unknown_code_is_an_error_with_what_was_meant(
    tmp_path: Path, written: str, meant: str
) -> None:
    status, output = preflight(tmp_path, "explain", written)
    assert status == 2
    assert output.startswith(f"error: there is no code '{written}'. ")
    assert meant in output
