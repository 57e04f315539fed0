"""From saving a file under backend/src to the first answer that shows the edit."""

import re
import time
from pathlib import Path

from bench import sides
from bench.processes import limit
from bench.results import Comparison

GOAL = 0.3
TEXT = """\
A file under `backend/src` is saved while the server runs; the clock stops when `GET /health` shows
the edit. Ours: `uv run poe dev`, the other: `wrangler dev`."""
EDITED = Path("backend", "src", "infrastructure", "d1.py")
ENGINE = re.compile(r'engine = "[^"]*"')


def compare(style: str, our_project: Path, official_project: Path, *, runs: int) -> Comparison:
    """Both servers run all the time; each is edited in turn."""
    ours: list[float] = []
    official: list[float] = []
    originals = {
        folder: (folder / EDITED).read_text() for folder in (our_project, official_project)
    }
    try:
        with (
            sides.ours(our_project) as our_server,
            sides.wrangler_dev(official_project) as official_server,
        ):
            our_server.seconds_to_answer()
            official_server.seconds_to_answer()
            for turn in range(runs):
                for folder, server, times in (
                    (our_project, our_server, ours),
                    (official_project, official_server, official),
                ):
                    # The watchers of both settle, so that no earlier edit counts for this one.
                    time.sleep(1)
                    name = f"d1-{turn}-{time.time_ns():x}"
                    edited = ENGINE.sub(f'engine = "{name}"', originals[folder])
                    with limit(120):
                        saved = time.monotonic()
                        (folder / EDITED).write_text(edited)
                        times.append(server.seconds_to_answer(name, since=saved))
    finally:
        for folder, text in originals.items():
            (folder / EDITED).write_text(text)
    return Comparison(f"{style}, save to new answer", ours, official, goal=GOAL)
