"""Write the tables of docs/preflight.md: the codes, and the faults that the tests plant.

`--check` writes nothing and ends with status 1 when the file is out of date.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "template"), str(ROOT / "tests")]

from preflight.faults import FAULTS  # noqa: E402
from tools.preflight.codes import CODES  # noqa: E402
from tools.preflight.fix import REPAIRS  # noqa: E402

FILE = ROOT / "docs" / "preflight.md"
PAGES = "../template/tools/preflight/pages"


def main() -> int:
    text = FILE.read_text(encoding="utf-8")
    written = _between(text, "codes", _codes())
    written = _between(written, "faults", _faults())
    if "--check" in sys.argv[1:]:
        if written != text:
            print(f"{FILE} is out of date: run `python scripts/preflight_docs.py`.")
        return int(written != text)
    FILE.write_text(written, encoding="utf-8")
    return 0


def _between(text: str, name: str, lines: Iterator[str]) -> str:
    """The text with these lines between the markers of that name."""
    pattern = rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)"
    table = "\n".join(lines) + "\n"
    replaced, count = re.subn(
        pattern, lambda found: found[1] + table + found[2], text, flags=re.DOTALL
    )
    assert count == 1, f"{FILE} has no markers for {name}"
    return replaced


def _codes() -> Iterator[str]:
    yield "| code | | usually | `--fix` |"
    yield "|---|---|---|---|"
    for number, code in CODES.items():
        repaired = "yes" if number in REPAIRS else ""
        yield f"| [{number}]({PAGES}/{number}.md) | {code.title} | {code.severity} | {repaired} |"


def _faults() -> Iterator[str]:
    yield f"{len(FAULTS)} faults.\n"
    yield "| fault | what somebody did | reported |"
    yield "|---|---|---|"
    for fault in FAULTS:
        codes = ", ".join(dict.fromkeys(report.code for report in fault.reports))
        yield f"| {fault.name} | {fault.does.replace('|', chr(92) + '|')} | {codes} |"


if __name__ == "__main__":
    sys.exit(main())
