"""What stands in two places because neither can read the other is the same in both."""

import re
import tomllib

from conftest import Render
from projects import TEMPLATE
from tools.preflight.repairs.in_place import pyproject, wrangler_config

SCRIPT = TEMPLATE / "tools/{% if adopted %}adopt.py{% endif %}"
# Of the group `dev`: what tests and lint of the example need, and not the tools.
OF_THE_EXAMPLE = {"httpx", "mypy", "pytest", "pytest-asyncio"}


def name(requirement: str) -> str:
    return re.split("[=~]", requirement)[0]


def test_an_adopted_repository_gets_the_tools_that_a_rendered_one_has(render: Render) -> None:
    rendered = tomllib.loads((render({}) / "pyproject.toml").read_text())
    tools = [
        requirement
        for requirement in rendered["dependency-groups"]["dev"]
        if name(requirement) not in OF_THE_EXAMPLE
    ]
    assert list(pyproject.TOOLS) == tools
    assert pyproject.WORKER in rendered["project"]["dependencies"]
    assert rendered["project"]["requires-python"] == pyproject.PYTHON


def test_the_script_of_the_first_step_names_the_same_versions() -> None:
    listed = re.findall(r'^#     "(.*)",$', SCRIPT.read_text(), re.MULTILINE)
    assert listed
    assert set(listed) <= set(pyproject.TOOLS)


def test_the_date_is_that_of_a_rendered_project(render: Render) -> None:
    rendered = tomllib.loads((render({}) / "wrangler.toml").read_text())
    assert rendered["compatibility_date"] == wrangler_config.DATE
