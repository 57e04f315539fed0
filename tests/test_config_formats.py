"""A rendered project whose owner prefers wrangler.jsonc."""

import json
import tomllib
from pathlib import Path

import httpx
import pytest

from conftest import Render
from projects import edit, uv_run
from test_dev import dev, wait_for
from tools.runtime.deployment import Deployment
from tools.runtime.project import Project

pytestmark = pytest.mark.slow


@pytest.fixture
def project(install_copy: Render) -> Path:
    project = install_copy({"api_style": "workers"})
    values = tomllib.loads((project / "wrangler.toml").read_text())
    (project / "wrangler.toml").unlink()
    text = json.dumps(values, indent=2).replace("\n}", ",\n}")
    (project / "wrangler.jsonc").write_text(f"// The settings of the Worker.\n{text} /* end */\n")
    return project


def test_preflight_serve_and_dev_take_a_wrangler_jsonc(project: Path) -> None:
    uv_run(project, "poe", "preflight")
    with Deployment(Project(project)) as deployment:
        assert httpx.get(f"{deployment.url}/health", timeout=60).status_code == 200
    with dev(project) as (_, url):
        edit(project / "wrangler.jsonc", '"Short Links"', '"Long Links"')
        wait_for(url, '"name":"Long Links"', project / "dev.log")
    assert "wrangler.jsonc changed: starting again." in (project / "dev.log").read_text()
