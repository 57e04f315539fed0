"""Whatever is done to a project, the preflight does not break down, and it passes no project that
a Worker cannot import."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import Render
from preflight.bodies import bundled
from preflight.mutations import EDITS, STRAYS, Mutation
from projects import upload_of, working_copy
from tools.preflight.inspection import inspect
from tools.preflight.wiring import load
from tools.runtime.deployment import Deployment
from tools.runtime.errors import ToolError
from tools.runtime.project import Project
from tools.runtime.upload import Upload, read

# How many of the projects that pass are started; `make test-all` asks for more.
STARTS = int(os.environ.get("PREFLIGHT_MUTATIONS", "6"))
EXAMPLES = max(60, 3 * STARTS)

# A start takes some seconds, and one that fails is tried twice.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 40 * STARTS)]

IMPORT_ERROR = r"(?:ModuleNotFound|Import|Syntax|Indentation|Tab)Error: .*"

MUTATIONS = st.lists(
    st.builds(Mutation, st.sampled_from(EDITS), st.integers(0, 9999), st.integers(0, 9999)),
    min_size=1,
    max_size=3,
)


@dataclass(frozen=True)
class Original:
    """A healthy project with its upload, and a folder for its mutants."""

    project: Path
    upload: Upload
    folder: Path

    def mutant(self, mutations: list[Mutation]) -> tuple[list[str], Path, Path] | None:
        """What was done, the project, and the body of its upload; None when there is none."""
        project, body = self.folder / "mutant", self.folder / "body"
        shutil.rmtree(project, ignore_errors=True)
        working_copy(self.project, project)
        if sum(mutation.one for mutation in mutations) % 6:
            # import-linter runs for a second, and these edits are not about layers.
            pyproject = project / "pyproject.toml"
            pyproject.write_text(pyproject.read_text().partition("[tool.importlinter]")[0])
        done = [did for mutation in mutations if (did := mutation.apply(project))]
        # wrangler refuses a project without its entry.
        if not done or not (project / load(project, None).main).is_file():
            return None
        body.write_bytes(bundled(project, self.upload, also=STRAYS))
        return done, project, body


@pytest.fixture(scope="module")
def original(install: Render, tmp_path_factory: pytest.TempPathFactory) -> Original:
    """Without a wheel to build and with few vendored modules, so that many can be tried."""
    project = install({"api_style": "workers", "delivery": "wrangler"})
    folder = tmp_path_factory.mktemp("mutants")
    return Original(project, upload_of(project, folder / "original"), folder)


@pytest.fixture(scope="module")
def passed(original: Original) -> dict[str, list[Mutation]]:
    """The mutants that the preflight passes, by what was done to them."""
    found: dict[str, list[Mutation]] = {}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(MUTATIONS)
    def explore(mutations: list[Mutation]) -> None:
        if mutant := original.mutant(mutations):
            done, project, body = mutant
            inspection = inspect(project, body=body)
            assert inspection.status in (0, 1), inspection.findings
            if inspection.status == 0:
                found["; ".join(done)] = mutations

    explore()
    return found


def test_what_is_written_for_a_mutant_is_what_wrangler_writes(
    original: Original, tmp_path: Path
) -> None:
    (tmp_path / "body").write_bytes(bundled(original.project, original.upload))
    written = read(tmp_path / "body")
    assert written.main_module == original.upload.main_module
    assert {name: module.content for name, module in written.modules.items()} == {
        name: module.content for name, module in original.upload.modules.items()
    }


def test_the_preflight_survives_all_mutations(passed: dict[str, list[Mutation]]) -> None:
    assert 0 < len(passed) < EXAMPLES


def test_a_mutant_that_passes_can_be_imported_by_the_runtime(
    original: Original, passed: dict[str, list[Mutation]]
) -> None:
    chosen = list(passed)[:: max(1, len(passed) // STARTS)][:STARTS]
    for what in chosen:
        mutant = original.mutant(passed[what])
        assert mutant
        failure = import_failure(original.project, mutant[2])
        assert failure is None, f"{what}: the preflight passes, workerd says {failure}"


def import_failure(project: Path, body: Path) -> str | None:
    """Why the runtime cannot import the modules of an upload; None when it can."""
    try:
        with Deployment(Project(project), body=body):
            return None
    except ToolError as error:
        found = re.search(IMPORT_ERROR, str(error))
        return found[0] if found else None
