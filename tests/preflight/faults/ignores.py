"""Ignores that hide nothing, or no longer."""

from preflight.corpus import Fault, Report, append, both, delete, replace, write

PYPROJECT = "pyproject.toml"
STALE = '\n[[tool.preflight.ignore]]\ncode = "PF301"\nreason = "scripts move out soon"\n'
ENDED = f"{STALE}until = 2026-01-31\n"

FAULTS: list[Fault] = [
    Fault(
        "stale-ignore",
        "What an ignore left out was corrected, and the ignore stayed.",
        append(PYPROJECT, STALE),
        (Report("PF003", PYPROJECT, "[[tool.preflight.ignore]]"),),
        replace(PYPROJECT, STALE, ""),
    ),
    Fault(
        "expired-ignore",
        "What an ignore left out until a day is still there on the next.",
        both(append(PYPROJECT, ENDED), write("backend/seed.py", "print('seed')\n")),
        (
            Report("PF006", PYPROJECT, "[[tool.preflight.ignore]]"),
            Report("PF301", "backend/seed.py"),
        ),
        both(replace(PYPROJECT, ENDED, ""), delete("backend/seed.py")),
    ),
]
