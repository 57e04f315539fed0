"""Rendered projects on a real local Workers runtime."""

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from conftest import Render
from projects import (
    Answers,
    attempt,
    combinations,
    edit,
    name_of,
    processes_naming,
    uv,
    uv_run,
)
from tools.runtime import node, snapshot
from tools.runtime.deployment import Deployment
from tools.runtime.errors import ToolError
from tools.runtime.project import Project
from tools.runtime.server import Service
from tools.runtime.upload import dry_run, read

pytestmark = pytest.mark.slow


# Any two of API style, database and delivery meet in one of these.
PAIRS = [
    {"api_style": "fastapi", "database": "d1", "delivery": "hybrid"},
    {"api_style": "fastapi", "database": "none", "delivery": "wrangler"},
    {"api_style": "fastapi", "database": "d1", "delivery": "wheel"},
    {"api_style": "workers", "database": "none", "delivery": "hybrid"},
    {"api_style": "workers", "database": "d1", "delivery": "wrangler"},
    {"api_style": "workers", "database": "none", "delivery": "wheel"},
]


# `make test-all` asks for all twelve.
ALL = combinations("api_style", "database", "delivery")
SAMPLE = ALL if "EVERY_PROJECT" in os.environ else PAIRS


def each(projects: list[Answers]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("answers", projects, ids=name_of)


@pytest.fixture(scope="module")
def deployment(install: Render) -> Iterator[Deployment]:
    """The project of the suggested answers, deployed."""
    with Deployment(Project(install({}))) as deployment:
        yield deployment


@each(SAMPLE)
def test_a_rendered_project_passes_its_tests_on_the_runtime(
    install: Render, answers: Answers
) -> None:
    output = uv_run(install(answers), "poe", "test")
    assert output.count(" passed in ") == 2, output
    assert "skipped" not in output


@each(SAMPLE)
def test_preflight_finds_nothing_in_a_rendered_project(install: Render, answers: Answers) -> None:
    output = uv_run(install(answers), "poe", "preflight", "--format", "json")
    report, _ = json.JSONDecoder().raw_decode(output, output.index("{"))
    assert [found for found in report["findings"] if found["severity"] != "info"] == []


# The delivery decides on no Python file: test_render.py proves it.
@each([answers for answers in PAIRS if answers["delivery"] != "wheel"])
def test_lint_passes_a_rendered_project(install: Render, answers: Answers) -> None:
    uv_run(install(answers), "poe", "lint")


def test_a_violated_layer_fails_the_lint(install: Render) -> None:
    project = install({"api_style": "workers", "database": "none"})
    planted = project / "backend/src/domain/links/planted.py"
    planted.write_text("from src.infrastructure import clock\n\n__all__ = ['clock']\n")
    try:
        status, output = attempt(project, uv(), "run", "lint-imports")
    finally:
        planted.unlink()
    assert status == 1
    assert "src.domain.links.planted -> src.infrastructure.clock" in output


def test_a_second_setup_has_nothing_to_do(install: Render) -> None:
    project = install({"api_style": "workers", "database": "none"})
    times = {path: path.stat().st_mtime_ns for path in (project / "python_modules").rglob("*.py")}
    started = time.monotonic()
    uv_run(project, "poe", "setup")
    assert time.monotonic() - started < 5
    assert times
    assert {path: path.stat().st_mtime_ns for path in times} == times


@pytest.mark.parametrize("style", ["fastapi", "workers"])
def test_a_plain_main_in_src_dies_for_want_of_a_module_named_src(
    install_copy: Render, style: str
) -> None:
    """The failure this template exists for, so that what it wires is known to fix something."""
    project = install_copy({"api_style": style})
    (project / "backend/src").rename(project / "src")
    shutil.rmtree(project / "worker")
    edit(project / "wrangler.toml", 'main = "worker/entry.py"', 'main = "src/main.py"')
    edit(project / "wrangler.toml", 'base_dir = "backend"\n', "")

    with pytest.raises(ToolError, match="No module named 'src'"):
        Deployment(Project(project))


def test_data_survives_a_restart(deployment: Deployment) -> None:
    link = {"url": "https://example.com/", "slug": "kept"}
    assert httpx.post(f"{deployment.url}/links", json=link, timeout=60).status_code == 201
    deployment.restart()
    followed = httpx.get(f"{deployment.url}/kept", timeout=60)
    assert followed.headers["location"] == link["url"]


def test_what_is_deployed_is_the_upload_byte_for_byte(
    deployment: Deployment, tmp_path: Path
) -> None:
    project, folder = deployment.service.project, deployment.service.folder
    dry_run(project, tmp_path / "project")
    command = ["deploy", "--dry-run", "--outfile", str(tmp_path / "deployed")]
    node.wrangler(project, command, cwd=folder)

    expected, deployed = read(tmp_path / "project"), read(tmp_path / "deployed")
    assert deployed.duplicates == ()
    assert deployed.main_module == expected.main_module
    assert {name: module.content for name, module in deployed.modules.items()} == {
        name: module.content for name, module in expected.modules.items()
    }


def test_each_deployment_has_databases_of_its_own_with_all_migrations(
    deployment: Deployment,
) -> None:
    link = {"url": "https://example.com/", "slug": "own"}
    assert httpx.post(f"{deployment.url}/links", json=link, timeout=60).status_code == 201
    project = deployment.service.project
    added = project.root / "migrations/0002_add_a_link.sql"
    added.write_text(
        "INSERT INTO links (slug, url, visits, created_at)"
        " VALUES ('added', 'https://example.com/', 0, '2026-01-01T00:00:00+00:00');\n"
    )
    try:
        with Deployment(project) as other:
            answers = [httpx.get(f"{other.url}/{slug}", timeout=60) for slug in ("own", "added")]
    finally:
        added.unlink()
    assert [answer.status_code for answer in answers] == [404, 302]


def test_an_upload_starts_from_the_snapshot_that_setup_took(deployment: Deployment) -> None:
    taken = snapshot.find(Service.of(deployment.service.project))
    assert taken is not None
    # Not merely some snapshot: the cache may hold one that another run made of this upload.
    assert snapshot.find(deployment.service) == taken


def test_a_memory_snapshot_changes_no_answer(deployment: Deployment) -> None:
    with_snapshot = answers_of(deployment)
    with Deployment(deployment.service.project, snapshots=False) as plain:
        assert answers_of(plain) == with_snapshot
    assert [status for status, _, _ in with_snapshot] == [200, 201, 409, 422, 302, 404, 405]


def answers_of(deployment: Deployment) -> list[tuple[int, dict[str, str], str]]:
    """Status, headers and text of some answers, less what differs from one time to the next."""
    link = {"url": "https://example.com/", "slug": "same"}
    requests = [
        ("GET", "/health", None),
        ("POST", "/links", link),
        ("POST", "/links", link),
        ("POST", "/links", {"url": "ftp://example.com/"}),
        ("GET", "/same", None),
        ("GET", "/nothing", None),
        ("DELETE", "/links", None),
    ]
    seen = []
    with httpx.Client(base_url=deployment.url, timeout=60) as client:
        for method, path, body in requests:
            response = client.request(method, path, json=body)
            headers = {name: value for name, value in response.headers.items() if name != "date"}
            text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+", "TIME", response.text)
            seen.append((response.status_code, headers, text))
    return seen


@each([answers for answers in PAIRS if answers["delivery"] != "wrangler"])
def test_pywrangler_takes_what_was_vendored(install: Render, answers: Answers) -> None:
    output = uv_run(install(answers), "pywrangler", "deploy", "--dry-run")
    assert "--dry-run: exiting now." in output


def test_a_deployment_leaves_no_process_and_no_file(install: Render) -> None:
    project = install({"api_style": "workers", "database": "none"})
    with Deployment(Project(project)):
        assert list(processes_naming(project))
    assert list(processes_naming(project)) == []
    assert list(Project(project).scratch.glob("upload-*")) == []
