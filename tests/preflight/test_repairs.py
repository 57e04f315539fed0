"""Edits of configuration files: the values change as they should, and nothing else does."""

import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pyjson5
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.preflight.repairs.draft import CannotWrite, Draft, NotRepaired, write
from tools.preflight.repairs.edits import (
    Add,
    Drop,
    Edit,
    KeyPath,
    Remove,
    Set,
    applied,
    changes_nothing,
    look_up,
    simplified,
)

TOML = [
    """\
# The Worker.
name = "links"  # as deployed
main = "worker/entry.py"   # entry
base_dir = '.'
compatibility_flags = [
    "nodejs_compat", # needed
    # for now
    "experimental",
    'python_workers_development'
]

# Not wanted.
[[rules]]
type = "PythonModule" # no
globs = ["**/*.py"]

# Package data.
[[rules]]
type = "Data"
globs = ["src/**/*.sql",
         "src/**/*.json"] # two kinds
fallthrough = true

# Vendored.
[python_modules]
exclude = ["**/*.pth"]

# Old.
[build.upload]
format = "modules"

# Variables.
[vars]
LOG_LEVEL = "INFO"
PYTHONPATH = "src" # here
TEXT = \"\"\"
[not.a.table]
# not a comment
\"\"\"

[env.develop]
compatibility_flags = []
[env.develop.vars]
PYTHONPATH = "z"
# The end.
""",
    """\
name = "links"
compatibility_flags = ["experimental", "python_workers"] # flags
rules = [{type="PythonModule", globs=["**/*.py"]}, {type="Data", globs=["a"]}]
vars = {LOG_LEVEL="INFO", PYTHONPATH="y"}
build.command = "make"
build.upload.format = "modules"
[env.develop]
vars.PYTHONPATH = "x"
rules = [
  { type = "PythonModule", globs = ["**/*.py"] }, # gone
  { type = "Data", globs = ["a"] } # stays
]""",
    """\
[tool.setuptools]
package-dir = { "" = "backend" }

[tool.ruff]
line-length = 100

[tool.setuptools.packages.find]
include = ["src"]

# Ours.
[tool.preflight]
max_bytes = 1

# One.
[[tool.preflight.ignore]]
code = "PF101"
reason = "x"

# Two.
[[tool.preflight.ignore]]
code = "PF102"
reason = "y"
# Checks.
[tool.mypy]
strict = true
""",
]
JSON = [
    """\
// The Worker.
{
  "name": "links", // as deployed
  "main": "worker/entry.py",
  /* flags */
  "compatibility_flags": [
    "nodejs_compat", // needed
    // for now
    "experimental" /* yes */, // really
    "python_workers_development" // the last
  ],
  "vars": {"LOG_LEVEL": "INFO", "PYTHONPATH": "src"},
  "rules": [
    { "type": "PythonModule", "globs": ["**/*.py"] }, // gone
    { "type": "Data", "globs": ["a/**"], "fallthrough": true }
  ],
  "build": {
    // old
    "upload": {
      "format": "modules",
    },
  },
  "env": {
    "develop": {
      "vars": {
        "PYTHONPATH": "x // no comment"
      },
      "rules": []
    }
  }, // environments
}
""",
    '{"name":"links","compatibility_flags":["experimental","a"],"rules":[],"vars":{"A":"}"}}',
    '{\n\t"name": "x"\n\t, "compatibility_flags": [ "experimental"\n\t  , "b" ]\n'
    '\t/* none */ , "vars": {\n\t}\n}',
]


def paths(values: Any, path: KeyPath = ()) -> list[KeyPath]:
    """The paths to these values and to all in them."""
    found = [path]
    if isinstance(values, dict | list):
        for key in values if isinstance(values, dict) else range(len(values)):
            found += paths(values[key], (*path, key))
    return found


@st.composite
def edits(draw: st.DrawFn, values: Any) -> Edit:
    """Something that a repair could do to these values."""
    path = draw(st.sampled_from(paths(values)))
    value = look_up(values, path)
    rule = {"type": "Data", "globs": ["new/**"], "fallthrough": True}

    def pick(*choices: Edit) -> Edit:
        return draw(st.sampled_from(choices))

    match value:
        case [*items] if items:
            item = rule if isinstance(items[0], dict) else "new/**"
            return pick(Add(path, item), *(Remove(path, old) for old in items))
        case []:
            return pick(Add(path, rule), Add(path, "new"))
        case dict():
            scalars = [key for key, inner in value.items() if isinstance(inner, str)]
            after = draw(st.sampled_from([None, *scalars]))
            added: list[Edit] = [Set((*path, "new"), "x", after), Add((*path, "news"), "x")]
            if not any(isinstance(key, int) for key in path):
                added += [Add((*path, "tables"), rule), Set((*path, "deep", "er"), True)]
            return pick(*added)
    if isinstance(path[-1], str):
        return pick(Set(path, "changed"), Drop(path))
    return Remove(path[:-1], value)


def comments(text: str) -> list[str]:
    """Comments on lines of their own; one line of a text only looks like one."""
    lines = re.findall(r"^\s*(?:#|//).*$", text, re.MULTILINE)
    return [line for line in lines if line != "# not a comment"]


@given(data=st.data())
def test_an_edit_changes_the_values_it_should_and_keeps_what_it_does_not_touch(
    data: st.DataObject,
) -> None:
    kind, texts, parse = data.draw(
        st.sampled_from([("toml", TOML, tomllib.loads), ("jsonc", JSON, pyjson5.decode)])
    )
    text = data.draw(st.sampled_from(texts))
    draft = Draft(Path(f"wrangler.{kind}"), text, text)
    for _ in range(data.draw(st.integers(1, 3))):
        edit = data.draw(edits(draft.values))
        expected = (
            draft.values
            if changes_nothing(edit, draft.values)
            else applied(simplified(edit, draft.values), draft.values)
        )
        try:
            edited = draft.edited(edit)
        except NotRepaired:
            continue
        assert parse(edited.text) == expected
        gone = set(draft.text.splitlines()) - set(edited.text.splitlines())
        added = set(edited.text.splitlines()) - set(draft.text.splitlines())
        # An edit is about one place; a table or an object that goes takes its lines along.
        assert len(added) <= 5, added
        if not isinstance(edit, Drop | Remove):
            assert comments(edited.text) == comments(draft.text)
            assert len(gone) <= 4, gone
        draft = edited


@pytest.mark.parametrize("text", TOML + JSON)
def test_what_repairs_do_is_never_refused_in_usual_files(text: str) -> None:
    suffix = "jsonc" if text in JSON else "toml"
    draft = Draft(Path(f"wrangler.{suffix}"), text, text)
    rule = {"type": "PythonModule", "globs": ["**/*.py"]}
    data = {"type": "Data", "globs": ["src/**/*.yaml"], "fallthrough": True}
    wanted: list[Edit] = [
        Add(("compatibility_flags",), "python_workers"),
        Remove(("compatibility_flags",), "experimental"),
        Remove(("compatibility_flags",), "python_workers_development"),
        Remove(("rules",), rule),
        Add(("rules",), data),
        Drop(("build", "upload")),
        Drop(("vars", "PYTHONPATH")),
        Drop(("env", "develop", "vars", "PYTHONPATH")),
        Set(("base_dir",), "backend", "main"),
        Remove(("python_modules", "exclude"), "**/*.pth"),
        Add(("tool", "setuptools", "package-data", "*"), "*.yaml"),
        Add(("tool", "setuptools", "packages", "find", "include"), "src.*"),
        Remove(("tool", "preflight", "ignore"), {"code": "PF101", "reason": "x"}),
        Remove(("tool", "preflight", "ignore"), {"code": "PF102", "reason": "y"}),
    ]
    for edit in wanted:
        edited = draft.edited(edit)
        assert edited.edited(edit) == edited, edit
        draft = edited
    # One comment is inside of [build.upload], which is gone.
    assert [line for line in comments(text) if "old" not in line] == [
        line for line in comments(draft.text) if "old" not in line
    ]


def test_a_comment_before_the_next_table_survives_the_table_above_it() -> None:
    text = "[a]\nx = 1\n\n# About b.\n[b]\ny = 2\n"
    draft = Draft(Path("a.toml"), text, text).edited(Drop(("a",)))
    assert draft.text == "# About b.\n[b]\ny = 2\n"


def test_a_new_key_stands_behind_its_neighbour_not_before_the_next_table() -> None:
    text = 'main = "a.py" # entry\n\n# About b.\n[b]\ny = 2\n'
    draft = Draft(Path("a.toml"), text, text).edited(Set(("base_dir",), "src", "main"))
    assert draft.text == 'main = "a.py" # entry\nbase_dir = "src"\n\n# About b.\n[b]\ny = 2\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'b = [\r\n  "x",\r\n]\r\n', b'b = [\r\n  "x",\r\n  "y",\r\n]\r\n'),
        # Most lines decide about the new one.
        (b'b = [\n  "x",\r\n]\r\n', b'b = [\n  "x",\r\n  "y",\r\n]\r\n'),
        (b'b = [\n  "x",\n]\r\n', b'b = [\n  "x",\n  "y",\n]\r\n'),
        # A byte order mark, and no end of the last line.
        (
            b'\xef\xbb\xbfb = [ # \xc3\xa4\r\n  "x",\r\n]',
            b'\xef\xbb\xbfb = [ # \xc3\xa4\r\n  "x",\r\n  "y",\r\n]',
        ),
    ],
)
def test_lines_that_were_there_end_as_they_did(tmp_path: Path, before: bytes, after: bytes) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(before)
    write([Draft.of(file).edited(Add(("b",), "y"))])
    assert file.read_bytes() == after


def test_a_link_stays_a_link_and_permissions_stay(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = tmp_path / "real/a.toml"
    real.write_text("a = 1\n")
    real.chmod(0o600)
    link = tmp_path / "a.toml"
    link.symlink_to(real)
    write([Draft.of(link).edited(Set(("a",), 2))])
    assert link.is_symlink()
    assert real.read_text() == "a = 2\n"
    assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("failing", ["mkstemp", "replace"])
def test_a_disk_that_fails_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    files = [tmp_path / "a.toml", tmp_path / "b.toml"]
    for file in files:
        file.write_text("a = 1\n")
    ready = [Draft.of(file).edited(Set(("a",), 2)) for file in files]

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "the disk")

    monkeypatch.setattr(tempfile if failing == "mkstemp" else os, failing, fail)
    with pytest.raises(CannotWrite, match="Nothing was written"):
        write(ready)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.toml", "b.toml"]
    assert [file.read_text() for file in files] == ["a = 1\n", "a = 1\n"]
