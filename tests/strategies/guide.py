"""docs/strategies.md, and the raw numbers beside it, from what was observed."""

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from projects import ROOT
from strategies.approaches import APPROACHES, Approach
from strategies.observation import Facts, Measured, Observation

GUIDE = ROOT / "docs" / "strategies.md"
DATA = ROOT / "docs" / "strategies.json"

# What a deploy may cost more than before, by the design document.
ALLOWED_SECONDS = 30


@dataclass(frozen=True)
class Run:
    """All observations of one run, by the name of the approach, and where and when it was."""

    when: str
    versions: str
    observations: Mapping[str, Observation]
    recipes: Mapping[str, str]


def versions() -> str:
    """The tools and the machine that a run depends on."""
    lock = json.loads((ROOT / "template" / "package-lock.json").read_text())["packages"]
    tools = [
        f"{name} {lock[f'node_modules/{name}']['version']}"
        for name in ("wrangler", "workerd", "pyodide")
    ]
    return ", ".join([*tools, f"Python {platform.python_version()} on {platform.system()}"])


def keep(run: Run) -> None:
    """Write a run's raw numbers to docs/strategies.json."""
    DATA.write_text(json.dumps(asdict(run), indent=1) + "\n")


def kept() -> Run:
    """The run that was written last."""
    values: dict[str, Any] = json.loads(DATA.read_text())
    observations = {
        name: Observation(
            Facts(**{**row["facts"], "codes": tuple(row["facts"]["codes"])}),
            Measured(**row["measured"]),
        )
        for name, row in values["observations"].items()
    }
    return Run(values["when"], values["versions"], observations, values["recipes"])


def text(run: Run) -> str:
    """The guide."""
    lines = [
        *_head(run),
        *_choice(run),
        *_comparison(run),
        *_claims(run),
        *_measurements(run),
        *_recipes(run),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _head(run: Run) -> Iterator[str]:
    yield "# `No module named 'src'`: which way out"
    yield ""
    yield "Written by `make strategies`; run it again instead of editing this. Each row was tried"
    yield f"on {run.when}: the same layered FastAPI service on D1, deployed to a real workerd and"
    yield "asked for a page that comes through every layer. The raw numbers are in"
    yield f"[{DATA.name}]({DATA.name}). With {run.versions}."
    yield ""
    yield "Your code says `from src.core.config.settings import Settings`. It works on your laptop,"
    yield "and as a Python Worker it dies with `ModuleNotFoundError: No module named 'src'`. The"
    yield "reason is one rule: wrangler names each module relative to the *module root*, which is"
    yield 'the folder of `main` unless `base_dir` names another. With `main = "src/main.py"` your'
    yield "settings are uploaded as `core/config/settings.py`, and there is no `src`."
    yield ""


def _choice(run: Run) -> Iterator[str]:
    yield "## Choose"
    yield ""
    yield "1. **A new service, or `src` may move** into a folder that holds nothing else: the"
    yield "   template's hybrid, or by hand the module root. No import changes."
    yield "2. **`src` has to stay** beside tests and configuration: staging, which is what the"
    yield "   template does for existing repositories. No import changes, nothing added to `src`."
    yield "3. **wrangler's route fails you**: the wheel. In a project of this template it is one"
    yield "   answer away: `uvx copier update --data delivery=wheel`."
    yield "4. **Neither configuration nor a build step may change**: the anchor, with its price."
    yield ""
    yield "The others below start with something wrong, or do not start."
    yield ""


def _comparison(run: Run) -> Iterator[str]:
    yield "## All of them, best first"
    yield ""
    yield "*Edits* are files of `src` that had to be changed or added. *Preflight* is what"
    yield "`poe preflight` says before any deploy; its verdict was the runtime's in each row."
    yield ""
    yield "| approach | starts | edits | `src.main` | copies | strays | edit in `dev` | preflight |"
    yield "|---|---|---:|---|---|---|---|---|"
    for approach, facts in _rows(run):
        verdict = "passes" if facts.status == 0 else f"refuses: {', '.join(facts.codes)}"
        cells = [
            approach.title,
            "yes" if facts.starts else "**no**",
            str(facts.changed),
            facts.main if facts.starts else "-",
            _yes(facts.duplicates),
            _yes(facts.strays),
            facts.edits if facts.starts else "-",
            verdict,
        ]
        yield _row(cells)
    yield ""


def _claims(run: Run) -> Iterator[str]:
    yield "## The design document, claim by claim"
    yield ""
    yield "| # | approach | what it says | on the runtime | what it comes to |"
    yield "|---|---|---|---|---|"
    for approach, facts in _rows(run):
        cells = [
            approach.number,
            approach.title,
            approach.claim,
            _judged(approach, facts),
            approach.advice,
        ]
        yield _row(cells)
    yield ""


def _judged(approach: Approach, facts: Facts) -> str:
    outcome = "it starts" if facts.starts else f"it does not start: `{facts.error}`"
    if facts.starts and not facts.sound:
        outcome += ", and is not sound"
    if approach.claims_start is None:
        return f"Now known: {outcome}"
    return f"{'Confirmed' if approach.claims_start == facts.starts else 'Refuted'}: {outcome}"


def _measurements(run: Run) -> Iterator[str]:
    yield "## Measured"
    yield ""
    yield "Medians of all runs, in one session on one machine: compare rows, not machines. *Start*"
    yield "is from starting the deployed upload, with its memory snapshot, to its first answer;"
    yield "*edit* from saving a file to the new answer in `wrangler dev`; *deploy* is the time of"
    yield "`wrangler deploy --dry-run` beyond that of the service with nothing done, taken in turn."
    yield f"The design document allows {ALLOWED_SECONDS} s."
    yield ""
    yield "| approach | modules | KiB | gzip KiB | start s | edit s | deploy s |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for approach in APPROACHES:
        measured = run.observations[approach.name].measured
        if not measured.modules:
            continue
        deploy = f"{median(measured.dry_run) - median(measured.before):+.1f}"
        cells = [
            approach.title,
            f"{measured.modules:,}",
            f"{measured.kib:,.0f}",
            f"{measured.gzip_kib:,.0f}",
            _seconds(measured.start),
            _seconds(measured.edit),
            deploy,
        ]
        yield _row(cells)
    yield ""


def _recipes(run: Run) -> Iterator[str]:
    yield "## What each one changes"
    yield ""
    yield 'Against a repository with `src/`, `tests/` and `main = "src/main.py"`. For the template'
    yield "and the module root, `src/` also moves to `backend/src/`."
    yield ""
    for approach in APPROACHES:
        if recipe := run.recipes.get(approach.name):
            yield f"### {approach.title}"
            yield ""
            yield "```diff"
            yield recipe.rstrip()
            yield "```"
            yield ""


def _rows(run: Run) -> Iterator[tuple[Approach, Facts]]:
    for approach in APPROACHES:
        yield approach, run.observations[approach.name].facts


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _yes(answer: bool) -> str:
    return "**yes**" if answer else "no"


def _seconds(times: Sequence[float]) -> str:
    return f"{median(times):.1f}" if times else "-"


def write(run: Run, guide: Path = GUIDE) -> None:
    """Write the guide."""
    guide.write_text(text(run))
