"""`python -m strategies`: try every approach and write docs/strategies.md from it."""

import argparse
import difflib
import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

# Set for this program by the Makefile; a rendered project has tools of its own.
os.environ.pop("PYTHONPATH", None)
os.environ.pop("VIRTUAL_ENV", None)

from bench.projects import ROOT, render, set_up

from projects import tree
from strategies import guide
from strategies.approaches import APPROACHES, Approach
from strategies.laboratory import observe
from strategies.observation import Observation
from strategies.service import beside_tests

WORK = ROOT / "build" / "strategies"
RUNS = 3
# A rewrite of every import would fill pages.
RECIPE_LINES = 60


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m strategies", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="print these, write nothing")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"of each measurement ({RUNS})")
    options = parser.parse_args()
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    installed: dict[str, Path] = {}

    def install(answers: dict[str, str]) -> Path:
        name = answers.get("delivery", "hybrid")
        if name not in installed:
            installed[name] = set_up(render(WORK / f"installed-{name}", **answers))
        return installed[name]

    base = beside_tests(install({}), WORK / "base")
    observations: dict[str, Observation] = {}
    recipes: dict[str, str] = {}
    for approach in APPROACHES:
        if options.only and approach.name not in options.only:
            continue
        project = approach.prepare(install, WORK / approach.name)
        recipes[approach.name] = recipe(approach, base, project)
        observed = observe(project, base, runs=options.runs, edits=True)
        observations[approach.name] = observed
        print(f"{approach.name}: {observed}", flush=True)
        shutil.rmtree(project)
        shutil.rmtree(project.with_name(f"{project.name}-scratch"))
    wrong = [name for name, observed in observations.items() if not observed.facts.predicted]
    for name in wrong:
        print(f"The preflight's verdict on {name} is not the runtime's.", file=sys.stderr)
    if not options.only:
        when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        guide.keep(guide.Run(when, guide.versions(), observations, recipes))
        guide.write(guide.kept())
    return 1 if wrong else 0


def recipe(approach: Approach, base: Path, project: Path) -> str:
    """The difference to the service without the approach, of what a person would edit."""
    names = ["worker", "wrangler.toml"]
    # With the module root, all of `src` moves.
    names += ["src"] if approach.layout == "beside tests" else []
    # Where wrangler delivers and nothing else, no packaging is needed.
    names += ["pyproject.toml"] if approach.answers.get("delivery") != "wrangler" else []
    before, after = (_edited_by_hand(folder, names) for folder in (base, project))
    lines = [
        line
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
        for line in difflib.unified_diff(
            before.get(name, "").splitlines(),
            after.get(name, "").splitlines(),
            name if name in before else "/dev/null",
            name if name in after else "/dev/null",
            lineterm="",
            n=1,
        )
    ]
    return "\n".join(lines) if len(lines) <= RECIPE_LINES else ""


def _edited_by_hand(project: Path, names: Sequence[str]) -> dict[str, str]:
    return {
        name: content.decode()
        for name, content in tree(project).items()
        if name.split("/")[0] in names
    }


if __name__ == "__main__":
    sys.exit(main())
