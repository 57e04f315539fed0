"""The judgement of an update finds each kind of loss."""

from dataclasses import replace

import pytest

from updates.judgement import Tree, Update

OLD = {"README.md": b"old\n", "tools/a": b"a\nb\nc\n", "tools/b": b"b\n", "tools/c": b"c\n"}
MINE = {"README.md": b"mine\n", "tools/a": b"a\nmine\nmine\nc\n", "tools/b": b"b\n", "x": b"x\n"}
NEW = {"README.md": b"new\n", "tools/a": b"new\na\nb\nc\n", "tools/b": b"new\n", "tools/c": b"n\n"}
AFTER = {**MINE, "tools/a": b"new\na\nmine\nmine\nc\n", "tools/b": b"new\n"}
GOOD = Update(OLD, MINE, NEW, AFTER, frozenset())

CONFLICT = b"new\na\n<<<<<<< before updating\nmine\nmine\n=======\nb\n>>>>>>> after updating\nc\n"


def test_a_good_update_has_no_fault() -> None:
    assert GOOD.faults() == []
    assert GOOD.lost() == []


def test_a_visible_conflict_is_no_fault() -> None:
    conflict = replace(GOOD, after={**AFTER, "tools/a": CONFLICT}, unmerged=frozenset({"tools/a"}))
    assert conflict.faults() == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        ({"tools/a": b"new\na\nmine\nc\n"}, "tools/a: b'mine' is lost"),
        ({"tools/a": CONFLICT}, "unmerged without markers, or marked and not unmerged"),
        ({"tools/a": b"a\nmine\nmine\nc\n"}, "b'new' of the new version did not arrive"),
        ({"tools/a": b"new\na\nmine\nmine\nb\nc\n"}, "b'b' was taken out and came back"),
        ({"tools/a.rej": b"rejected\n"}, "left behind"),
        ({"tools/b": b"b\n"}, "it is not as a new project has it"),
        ({"tools/c": b"n\n"}, "was deleted and came back"),
        ({"README.md": b"new\nmine\n"}, "is the user's and was changed"),
        ({"x": b"x\ny\n"}, "was added by the user and was changed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_found(damage: Tree, fault: str) -> None:
    assert any(fault in found for found in replace(GOOD, after={**AFTER, **damage}).faults())


def test_a_file_that_is_gone_is_lost() -> None:
    after = {name: content for name, content in AFTER.items() if name != "x"}
    assert "x: b'x' is lost" in replace(GOOD, after=after).faults()
