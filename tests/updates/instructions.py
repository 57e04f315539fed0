"""The commands of docs/updating.md, as they are written there."""

import re
from pathlib import Path

from projects import run
from updates.ownership import UPDATING

FIRST = "# Updating a project"
BEFORE = "## Before an update"
AFTERWARDS = "## After an update"
INTERRUPTED = "## When an update was interrupted"
DRIFT = "## What you changed of the template's files"
LINE_ENDS = "## Line ends"
# A test runs the commands below each of these.
HEADINGS = [FIRST, BEFORE, AFTERWARDS, INTERRUPTED, DRIFT, LINE_ENDS]


def commands(heading: str) -> str:
    """The one block of commands below a heading.

    Raises:
        KeyError: there is none.
    """
    return blocks()[heading]


def blocks() -> dict[str, str]:
    """Headings that have a block of commands below them, and the block."""
    parts = re.split(r"(?m)^(#+ .+)$", UPDATING.read_text())[1:]
    return {
        heading: found[1]
        for heading, text in zip(parts[::2], parts[1::2], strict=True)
        if (found := re.search(r"(?s)```sh\n(.*?)```", text))
    }


def follow(project: Path, heading: str) -> str:
    """Do as the documentation says; every command must succeed."""
    return run(project, "sh", "-e", "-c", commands(heading))
