"""Limits, and growth against recorded sizes."""

import json
from pathlib import Path

import pytest

from preflight.bundles import bundle_of
from tools.preflight import baseline
from tools.preflight.checks import size
from tools.preflight.composition import compose
from tools.preflight.finding import Finding


def check(root: Path, files: dict[str, str]) -> list[Finding]:
    bundle = bundle_of(root, files)
    return list(size.check(bundle, compose(bundle)))


def test_recorded_sizes_are_written_in_order_and_read_again(tmp_path: Path) -> None:
    composition = compose(bundle_of(tmp_path, {"src/zoo.py": "Z = 1\n", "src/app.py": "A = 1\n"}))
    text = baseline.record(tmp_path, composition).read_text()
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
    recorded = baseline.read(tmp_path)
    assert recorded
    assert recorded.total == composition.total.bytes
    assert recorded.packages["zoo.py"] == 6


def test_what_did_not_grow_beyond_the_limit_is_no_finding(tmp_path: Path) -> None:
    files = {"src/app.py": "A" * 1000}
    baseline.record(tmp_path, compose(bundle_of(tmp_path, files)))
    assert not check(tmp_path, {"src/app.py": "A" * 1090})


def test_growth_names_the_ten_packages_that_grew_most(tmp_path: Path) -> None:
    before = {f"src/p{at:02}.py": "#" * 10 for at in range(12)}
    baseline.record(tmp_path, compose(bundle_of(tmp_path, before)))
    after = {f"src/p{at:02}.py": "#" * 100 * at for at in range(12)}
    (finding,) = check(tmp_path, {**after, "src/new.py": "#" * 5000})
    assert finding.code == "PF404"
    assert "What grew: new.py +4.9 KiB (new), p11.py +1.1 KiB, p10.py" in finding.message
    assert "p03.py" in finding.message
    assert "p02.py" not in finding.message
    assert "--record-baseline" in finding.fix


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"version": 2, "total": 1, "packages": {}}',
        '{"version": 1, "total": "1", "packages": {}}',
        '{"version": 1, "total": 1, "packages": []}',
        '{"version": 1, "total": 1, "packages": {"a": -1}}',
        "[" * 100_000,
    ],
)
def test_a_broken_baseline_is_a_finding(tmp_path: Path, text: str) -> None:
    (finding,) = check(tmp_path, {baseline.FILE: text})
    assert (finding.code, finding.place.path) == ("PF002", baseline.FILE)


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("max_bytes = 200", "PF401"),
        ("max_gzip_bytes = 100", "PF402"),
        ("max_bytes = 1600", "PF403"),
    ],
)
def test_a_limit_names_its_setting_and_the_largest_parts(
    tmp_path: Path, setting: str, code: str
) -> None:
    files = {
        "pyproject.toml": f"[tool.preflight]\n{setting}\n",
        "src/app.py": "# A long comment.\n" * 70,
    }
    (finding,) = check(tmp_path, files)
    assert (finding.code, finding.place.line) == (code, 2)
    assert "app.py (1.2 KiB)" in finding.message
