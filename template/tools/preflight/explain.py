"""`preflight explain`: what a code means and what to do about it."""

import sys
from difflib import get_close_matches

from tools.preflight.codes import CODES, page


def main(code: str | None) -> int:
    """Print the page of a code, or the list of all; the exit status."""
    if code is None:
        for number, known in CODES.items():
            print(f"{number}  {known.severity:<8} {known.title}")
        return 0
    wanted = code.strip().upper()
    if wanted not in CODES:
        print(f"error: there is no code {code!r}. {_near(wanted)}", file=sys.stderr)
        return 2
    print(page(wanted).rstrip())
    return 0


def _near(wanted: str) -> str:
    """Codes that may have been meant: by number, or by the name that programs show."""
    names = {known.name.upper(): number for number, known in CODES.items()}
    close = get_close_matches(wanted, [*CODES, *names], n=3)
    if close:
        meant = dict.fromkeys(names.get(match, match) for match in close)
        return f"Did you mean {' or '.join(f'{it} ({CODES[it].title})' for it in meant)}?"
    return "`preflight explain` lists them all."
