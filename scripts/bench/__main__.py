"""`python -m bench`: measure everything, print it, and write docs/performance.md.

`--only PART...` and `--runs N` are for trying things out; they print and write nothing.
"""

import argparse
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

# Set for this program by the Makefile; a rendered project has tools of its own.
os.environ.pop("PYTHONPATH", None)
os.environ.pop("VIRTUAL_ENV", None)

from bench import edits, layers, report, starts, upkeep, uploads
from bench.projects import STYLES, WORK, render, set_up
from bench.results import Measurement, Section

RUNS = 5
SIZES = (10, 100, 1000)


class Bench:
    """The parts of the benchmark, on projects that are rendered once."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.measurements: list[Measurement] = []
        self._projects: dict[str, Path] = {}

    def parts(self) -> dict[str, Callable[[], list[Section]]]:
        return {
            "size": lambda: [uploads.compare_sizes(self.project("fastapi"))],
            "warm": self.warm,
            "edits": self.edits,
            "profile": self.profile,
            "layers": self.layers,
            "uploads": self.uploads,
            "cold": self.cold,
            "upkeep": self.upkeep,
        }

    def project(self, style: str, delivery: str = "hybrid", *, copy: str = "ours") -> Path:
        """A rendered project that is set up; `copy` tells two of the same answers apart."""
        name = f"{style}-{delivery}-{copy}"
        if name not in self._projects:
            folder = render(WORK / name, api_style=style, delivery=delivery)
            self._projects[name] = set_up(folder)
        return self._projects[name]

    def pair(self, style: str) -> tuple[Path, Path]:
        """One project for us and one for the official tools, both with their D1 migrated."""
        pair = self.project(style), self.project(style, copy="official")
        for folder in pair:
            starts.migrate(folder)
        return pair

    def warm(self) -> list[Section]:
        rows = [
            row
            for style in STYLES
            for row in starts.compare(style, *self.pair(style), runs=self.runs)
        ]
        return [Section("Command to first answer, warm", starts.TEXT, rows)]

    def edits(self) -> list[Section]:
        rows = [edits.compare(style, *self.pair(style), runs=self.runs) for style in STYLES]
        return [Section("Save to new answer", edits.TEXT, rows)]

    def profile(self) -> list[Section]:
        return [starts.profile(*self.pair("fastapi"), runs=min(self.runs, 3))]

    def layers(self) -> list[Section]:
        requests = 60 if self.runs >= RUNS else 10
        return [
            layers.compare(
                style, self.project(style), rounds=self.runs, requests=requests, runs=2 * self.runs
            )
            for style in STYLES
        ]

    def uploads(self) -> list[Section]:
        projects = self.project("fastapi"), self.project("fastapi", "wheel")
        return [uploads.compare(*projects, sizes=SIZES, runs=self.runs)]

    def cold(self) -> list[Section]:
        section, setups = starts.compare_cold(runs=self.runs)
        self.measurements.append(Measurement("`poe setup`, every cache empty", setups))
        return [section]

    def upkeep(self) -> list[Section]:
        warm = starts.warm_setup(self.project("fastapi"), runs=self.runs)
        rows = [*upkeep.measure(runs=self.runs), warm, *self.measurements]
        if self.runs >= RUNS:
            rows.append(upkeep.test_suite())
        return [Section("Copying, updating, setting up", "", measurements=rows)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--only", nargs="+", metavar="PART")
    options = parser.parse_args()
    # As an exception, so that every server is ended on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench(options.runs)
    started = time.monotonic()
    load = os.getloadavg()[0]
    sections: list[Section] = []
    failed: list[str] = []
    parts = {
        name: measure
        for name, measure in bench.parts().items()
        if not options.only or name in options.only
    }
    for done, (name, measure) in enumerate(parts.items(), start=1):
        print(f"== {name} ({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)
        try:
            found = measure()
        except Exception as error:
            traceback.print_exc()
            failed.append(f"{name}: {type(error).__name__}: {str(error).splitlines()[0]}")
        else:
            sections += found
            show(found)
        if not options.only and options.runs >= RUNS:
            # After each part, so that a run that is interrupted leaves what it has.
            pending = [f"{left}: the run was interrupted before it" for left in [*parts][done:]]
            minutes = (time.monotonic() - started) / 60
            loads = (load, os.getloadavg()[0])
            report.write(sections, [*failed, *pending], minutes=minutes, loads=loads)
    for line in failed:
        print(f"not measured: {line}", file=sys.stderr)
    return 1 if failed else 0


def show(sections: Sequence[Section]) -> None:
    for section in sections:
        print("\n".join(report.section_lines(section)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
