"""The runtime and the preflight still treat each approach as docs/strategies.md says."""

from dataclasses import replace
from pathlib import Path

import pytest

from conftest import Render
from strategies import guide
from strategies.approaches import APPROACHES, Approach
from strategies.laboratory import observe
from strategies.observation import Facts
from strategies.service import beside_tests

pytestmark = pytest.mark.slow

# A `dev` for each would take minutes: one that shows edits and the one that does not.
EDITED = ("template-hybrid", "both-routes")

each_approach = pytest.mark.parametrize("approach", APPROACHES, ids=lambda one: one.name)


@each_approach
def test_an_approach_does_what_the_guide_says(
    install: Render, tmp_path: Path, approach: Approach
) -> None:
    base = beside_tests(install({}), tmp_path / "base")
    project = approach.prepare(install, tmp_path / "project")
    edits = approach.name in EDITED
    facts = observe(project, base, runs=0, edits=edits).facts
    known = guide.kept().observations[approach.name].facts
    assert facts == (known if edits else replace(known, edits="not tried"))


def test_the_preflight_predicts_each_outcome() -> None:
    observations = guide.kept().observations
    assert observations.keys() == {approach.name for approach in APPROACHES}
    assert [name for name, observed in observations.items() if not observed.facts.predicted] == []


def test_each_form_that_works_starts_and_each_number_of_the_document_is_there() -> None:
    facts = {name: observed.facts for name, observed in guide.kept().observations.items()}
    working = [approach for approach in APPROACHES if not approach.written]
    assert all(facts[approach.name].starts for approach in working)
    assert {approach.number for approach in working} == {"1", "2", "3", "4", "hybrid"}
    assert {approach.number for approach in APPROACHES if approach.written} > {"1", "2", "3", "4"}


def test_the_guide_is_what_the_run_says() -> None:
    assert guide.GUIDE.read_text() == guide.text(guide.kept())


def test_a_verdict_that_is_not_the_runtimes_is_noticed() -> None:
    facts = guide.kept().observations["nothing"].facts
    assert not replace(facts, starts=True).predicted
    assert not replace(facts, status=0, codes=()).predicted


def test_a_start_with_copies_is_not_sound() -> None:
    facts: Facts = guide.kept().observations["template-hybrid"].facts
    assert facts.sound
    assert not replace(facts, duplicates=True).sound
    assert not replace(facts, edits="not shown").sound
