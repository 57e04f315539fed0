"""The text of the pull request for an update."""

from collections.abc import Iterator, Sequence

from tools.template.branch import Updated
from tools.template.crossing import Crossing

# GitHub takes 65,536 characters.
LIMIT = 60_000


def title(crossing: Crossing) -> str:
    return f"Update the template from {crossing.old} to {crossing.new}"


def body(crossing: Crossing, updated: Updated, failed: Sequence[str]) -> str:
    """What is wrong comes first, then what the versions crossed bring.

    `failed` are the checks that did; with conflicts none is run.
    """
    text = "\n".join(_lines(crossing, updated, failed))
    if len(text) > LIMIT:
        text = f"{text[:LIMIT]}\n\nThe rest is in the changelog of the template."
    return f"{text}\n"


def _lines(crossing: Crossing, updated: Updated, failed: Sequence[str]) -> Iterator[str]:
    merged = updated.merged
    if merged.conflicts:
        yield "**This cannot be merged as it is.** Both sides changed the same lines of:"
        yield ""
        yield from (f"- `{name}`" for name in merged.conflicts)
        yield ""
        yield (
            "The markers `<<<<<<< before updating` and `>>>>>>> after updating` stand in them. "
            f"Check out `{updated.branch}`, settle each, run `uv lock`, and push. The checks were "
            "not run."
        )
    elif failed:
        commands = ", ".join(f"`uv run poe {check}`" for check in failed)
        yield f"**These fail on this branch:** {commands}. The log of the workflow says why."
    else:
        yield "Setup, lint, tests and preflight passed on this branch, as far as they are tasks."
    yield ""
    yield f"{len(merged.changed)} files change; what is yours does not: see the diff."
    yield ""
    yield crossing.changelog or f"The template's changelog has no section for {crossing.new}."
