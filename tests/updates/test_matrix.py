"""Versions x answers x kinds of edits: what the user wrote survives, and the wiring arrives."""

import itertools
import os
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from projects import Answers, name_of
from test_deployed import PAIRS
from updates.conftest import Edited
from updates.counts import Record
from updates.edits import KINDS
from updates.judgement import Update
from updates.releases import VERSIONS

pytestmark = pytest.mark.slow

# `make test-all` asks for all, and for more of the drawn ones.
WHOLE = "WHOLE_UPDATE_MATRIX" in os.environ
DRAWN = int(os.environ.get("UPDATE_EDITS", "2"))

SETS: list[Answers] = [
    {**answers, "ci": ci}
    for answers, ci in zip(PAIRS, itertools.cycle(["github", "none"]), strict=False)
]
MATRIX = [[version, answers, [kind]] for version in VERSIONS for answers in SETS for kind in KINDS]
# Each version, each set of answers and each kind, in as few updates as that takes.
TOGETHER = [
    ["answer"],
    ["delete", "rename"],
    ["reformat", "crlf"],
    ["edit-theirs", "edit-templates"],
    ["add", "dependency"],
    ["nothing"],
]
NEWEST_FIRST = itertools.cycle(reversed(VERSIONS))
SAMPLE = [list(case) for case in zip(NEWEST_FIRST, SETS, TOGETHER, strict=False)]


def name(value: object) -> str:
    match value:
        case dict():
            return name_of(value)
        case list():
            return "+".join(value)
        case _:
            return str(value)


@pytest.mark.parametrize(("version", "answers", "kinds"), MATRIX if WHOLE else SAMPLE, ids=name)
def test_an_update_keeps_what_the_user_did_and_brings_what_is_new(
    edited_and_updated: Edited,
    record: Record,
    tmp_path: Path,
    version: str,
    answers: Answers,
    kinds: list[str],
) -> None:
    random = Random(f"{version} {name_of(answers)} {kinds}")
    project = tmp_path / "project"
    result = edited_and_updated(version, answers, kinds, random, project)
    record(version, answers, kinds, result)
    assert result.faults() == []
    assert_wired(project, result)
    if kinds == ["nothing"]:
        assert result.unmerged == frozenset()


@pytest.mark.timeout(300 + 60 * DRAWN)
@settings(
    max_examples=DRAWN,
    deadline=None,
    # Each example takes seconds: it is printed as it was drawn.
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    version=st.sampled_from(VERSIONS),
    answers=st.sampled_from(SETS),
    kinds=st.permutations(list(KINDS)).flatmap(
        lambda kinds: st.integers(0, len(kinds) - 2).map(lambda less: kinds[less:])
    ),
    random=st.randoms(use_true_random=False),
)
def test_drawn_edits_survive_together(
    edited_and_updated: Edited,
    record: Record,
    tmp_path_factory: pytest.TempPathFactory,
    version: str,
    answers: Answers,
    kinds: list[str],
    random: Random,
) -> None:
    project = tmp_path_factory.mktemp("drawn") / "project"
    result = edited_and_updated(version, answers, kinds, random, project)
    record(version, answers, kinds, result)
    assert result.faults() == []
    assert_wired(project, result)


def assert_wired(project: Path, result: Update) -> None:
    """The wiring of the newest version is there, or its file is a visible conflict."""
    if "wrangler.toml" in result.unmerged:
        return
    config: dict[str, Any] = tomllib.loads((project / "wrangler.toml").read_text())
    fresh: dict[str, Any] = tomllib.loads(result.new["wrangler.toml"].decode())
    for key in ("main", "base_dir", "build", "compatibility_date"):
        assert config.get(key) == fresh.get(key), key
    assert config["main"] == "worker/entry.py"
    assert config.get("base_dir", "backend") == "backend"
    assert "upload" not in config.get("build", {})
