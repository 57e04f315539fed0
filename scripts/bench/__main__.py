"""`python -m bench`: measure everything, print it, and write docs/performance.md.

`--only PART...` measures these parts again and leaves the others as they were measured last;
with `--runs` below 5 nothing is written.
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

from bench import edits, layers, preflight, report, starts, upkeep, uploads
from bench.projects import STYLES, WORK, render, set_up
from bench.results import Measurement, Section

RUNS = 5
SIZES = (10, 100, 1000)
PREFLIGHT_SIZES = (100, 2000, 5000)


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
            "preflight": self.preflight,
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

    def preflight(self) -> list[Section]:
        installed = self.project("fastapi")
        return preflight.measure(installed, sizes=PREFLIGHT_SIZES, runs=self.runs)

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
    began = time.monotonic()
    failed: list[str] = []
    parts = bench.parts()
    for name, measure in parts.items():
        if options.only and name not in options.only:
            continue
        print(f"== {name} ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
        started, load = time.monotonic(), os.getloadavg()[0]
        try:
            found = measure()
        except Exception as error:
            traceback.print_exc()
            failed.append(f"{name}: {type(error).__name__}: {str(error).splitlines()[0]}")
            continue
        show(found)
        if options.runs >= RUNS:
            # After each part, so that a run that is interrupted leaves what it has.
            minutes = (time.monotonic() - started) / 60
            loads = (load, os.getloadavg()[0])
            report.keep(name, report.Part.now(found, minutes=minutes, loads=loads))
            report.write([*parts])
    for line in failed:
        print(f"not measured: {line}", file=sys.stderr)
    return 1 if failed else 0


def show(sections: Sequence[Section]) -> None:
    for section in sections:
        print("\n".join(report.section_lines(section)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
