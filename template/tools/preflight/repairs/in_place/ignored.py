""".gitignore: what the tools make is not committed."""

from collections.abc import Iterator

from tools.preflight.repairs.draft import Draft
from tools.preflight.repairs.edits import Write
from tools.preflight.repairs.subject import Subject

# Each with a file that lies in it.
MADE = {
    ".venv-workers/": ".venv-workers/x",
    ".wrangler/": ".wrangler/x",
    "/build/": "build/x",
    "node_modules/": "tools/node/node_modules/x",
    "/python_modules/": "python_modules/x",
}


def edits(subject: Subject) -> Iterator[tuple[Draft, Write]]:
    """Add what the file does not cover yet; without one, git is not in use here."""
    # Imported here: it takes longer than all the rest, and most repairs are others.
    from pathspec import GitIgnoreSpec

    draft = subject.file(".gitignore")
    if draft is None:
        return
    spec = GitIgnoreSpec.from_lines(draft.text.splitlines())
    missing = [pattern for pattern, file in MADE.items() if not spec.match_file(file)]
    if missing:
        lines = draft.text.removesuffix("\n").split("\n") if draft.text else []
        text = "\n".join([*lines, *missing, ""])
        yield draft, Write(text, f"added {', '.join(missing)}")
