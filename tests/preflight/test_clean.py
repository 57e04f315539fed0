"""Healthy projects get no finding above info, and they do start."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from conftest import Render
from preflight.clean import Clean, handlers, importing, layouts, wired
from projects import tree, upload_of
from tools.preflight.inspection import Inspection, inspect
from tools.runtime import node
from tools.runtime.deployment import Deployment
from tools.runtime.project import Project
from tools.runtime.upload import dry_run

pytestmark = pytest.mark.slow

PROJECTS = (*layouts.ALL, *wired.ALL, *handlers.ALL, *importing.ALL)

# Starting all takes minutes: these stand for the rest, with modules, data and names of each kind.
STARTED = (
    layouts.NAMESPACE_PACKAGES,
    wired.DATA_RULES,
    handlers.DURABLE_OBJECT,
    importing.GUARDED,
)

# The project whose wrangler and runtime the hand-made ones are checked and started with.
TOOLS = {"api_style": "workers", "database": "none"}

Vendored = Mapping[str, Path]


@pytest.fixture(scope="module")
def vendored(install: Render, tmp_path_factory: pytest.TempPathFactory) -> Vendored:
    """Folders of vendored packages, by what `Clean.packages` says."""
    workers = install(TOOLS)
    # Only what is uploaded of the SDK: then the memory snapshot of that project fits.
    folder = tmp_path_factory.mktemp("vendored")
    for name, module in upload_of(workers, folder / "body").modules.items():
        if name.startswith("python_modules/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(module.content)
    return {
        "workers": folder / "python_modules",
        "fastapi": install({}) / "python_modules",
    }


@pytest.fixture
def written(
    install: Render,
    vendored: Vendored,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[Clean, Path, Path]:
    """A hand-made project, the folder of its wrangler config, and the body of its upload."""
    monkeypatch.setattr(node, "TOOLS_ROOT", install(TOOLS))
    project: Clean = request.param
    root = project.write(tmp_path / "project", vendored[project.packages])
    before = tree(tmp_path / "project")
    dry_run(Project(root), tmp_path / "body", env=project.env)
    after = tree(tmp_path / "project")
    assert after.keys() - before.keys() == set(project.generated)
    assert {name: after[name] for name in before} == before
    return project, root, tmp_path / "body"


def of(projects: tuple[Clean, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "written", projects, ids=lambda project: project.name, indirect=True
    )


@of(PROJECTS)
def test_a_healthy_project_gets_no_finding_above_info(written: tuple[Clean, Path, Path]) -> None:
    project, root, body = written
    inspection = inspect(root, project.env, body)
    assert above_info(inspection) == []
    assert inspection.status == 0


def above_info(inspection: Inspection) -> list[object]:
    return [finding for finding in inspection.findings if finding.severity != "info"]


@of(STARTED)
def test_a_healthy_project_starts(written: tuple[Clean, Path, Path]) -> None:
    project, root, body = written
    with Deployment(Project(root), body=body) as deployment:
        assert httpx.get(deployment.url, timeout=60).text == project.answer


def test_the_corpus_is_of_many_styles() -> None:
    assert len({project.name for project in PROJECTS}) == len(PROJECTS) >= 16
