"""The wrangler config in each of its formats, valid or not."""

import json
import re
from pathlib import Path

import pytest

from tools.preflight.inspection import inspect
from tools.runtime.config import ConfigError, read_config

TOML = """\
# main = "commented.py"
main = "src/entry.py"   # main = 2
compatibility_flags = [
    "python_workers", # , "other"
    "base_dir = 1",
]
python_modules = { exclude = ["**/*.pyi"], "quoted key" = 1 }

[vars]
text = \"\"\"
base_dir = "no"
[env]
\"\"\"
literal = 'a # b'
"dotted.name" . inner = 1

[[rules]]
type = "Text"

[[rules]]
type = "Data"
globs = [ "**/*.sql" ]

[env.production]
vars = { A = 1, B = [ { c = 2 },
  { d = 3 } ] }
[env."my-env".vars]
A = 1
"""

JSONC = """\
{
  // "main": "commented.py",
  "main": "src/entry.py", "base_dir": "src" /* "x": 1 */,
  "vars": {
    "text": "\\"base_dir\\": 1, // no",
    "list": [1, {"deep": true}, [{"deeper": null}]],
  },
  "rules": [
    {"type": "Text",
     "globs": ["**/*.md"]},
    {"type": "Data", "globs": []},
  ],
  "env": {
    "my-env": {"vars": {"A": 1}},
    "production": {
      "vars": {}
    }
  }
}
"""


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("main", 2),
        ("compatibility_flags", 3),
        ("python_modules", 7),
        ("python_modules exclude", 7),
        ("vars", 9),
        ("vars text", 10),
        ("vars literal", 14),
        ("rules", 17),
        ("rules type", 18),
        ("rules globs", 22),
        ("env production", 24),
        ("env production vars B", 25),
        ("env production vars B c", 25),
        ("env production vars B d", 26),
        ("env my-env vars A", 28),
        ("base_dir", None),
        ("env", None),
        ("type", None),
        ("vars base_dir", None),
    ],
)
def test_a_line_of_toml_is_found(tmp_path: Path, keys: str, line: int | None) -> None:
    (tmp_path / "wrangler.toml").write_text(TOML)
    assert read_config(tmp_path).line_of(*keys.split()) == line


def test_quoted_and_dotted_keys_of_toml_are_found(tmp_path: Path) -> None:
    (tmp_path / "wrangler.toml").write_text(TOML)
    config = read_config(tmp_path)
    assert config.line_of("python_modules", "quoted key") == 7
    assert config.line_of("vars", "dotted.name", "inner") == 15


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("main", 3),
        ("base_dir", 3),
        ("vars text", 5),
        ("vars list", 6),
        ("vars list deep", 6),
        ("vars list deeper", 6),
        ("rules type", 9),
        ("rules globs", 10),
        ("env my-env vars A", 14),
        ("env production vars", 16),
        ("x", None),
        ("type", None),
    ],
)
@pytest.mark.parametrize("name", ["wrangler.jsonc", "wrangler.json"])
def test_a_line_of_json_is_found(tmp_path: Path, name: str, keys: str, line: int | None) -> None:
    (tmp_path / name).write_text(JSONC)
    assert read_config(tmp_path).line_of(*keys.split()) == line


def test_the_formats_say_the_same(tmp_path: Path) -> None:
    for name, text in {
        "wrangler.toml": 'main = "a.py"\n[vars]\nB = [1, true]\n',
        "wrangler.jsonc": '{"main": "a.py", "vars": {"B": [1, true,]}, /* end */}',
        "wrangler.json": '{"main": "a.py", "vars": {"B": [1, true]}}',
    }.items():
        folder = tmp_path / name.replace(".", "-")
        folder.mkdir()
        (folder / name).write_text(text)
        assert read_config(folder).values == {"main": "a.py", "vars": {"B": [1, True]}}


def test_the_first_of_several_configs_is_used_as_by_wrangler(tmp_path: Path) -> None:
    names = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"]
    for name in names:
        entry = json.dumps(f"{name}.py")
        (tmp_path / name).write_text(
            f"main = {entry}\n" if name.endswith("toml") else f'{{"main": {entry}}}'
        )
    for at, name in enumerate(names):
        config = read_config(tmp_path)
        assert config.file == tmp_path / name
        assert config.values["main"] == f"{name}.py"
        assert config.others == tuple(tmp_path / other for other in names[at + 1 :])
        (tmp_path / name).unlink()
    with pytest.raises(ConfigError, match="does not exist"):
        read_config(tmp_path)


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "wrangler.toml").write_text('main = "a.py"\n', encoding="utf-8-sig")
    assert read_config(tmp_path).values["main"] == "a.py"


INVALID = {
    'main = "a.py"\nbase_dir = \n': 2,
    'main = "a.py"\n[rules\n': 2,
    'main = "a.py"\nmain = "b.py"\n': 2,
    'main = "a.py"\n\n\n"x"': 4,
    "main = 5\n": 1,
    '\nmain = "a.py"\nbase_dir = 7\n': 3,
    'rules = "x"\n': 1,
    "rules = [1]\n": 1,
    "[[rules]]\nglobs = 1\n": 2,
    '[[rules]]\ntype = "Text"\nglobs = ["a", 1]\n': 3,
    'compatibility_flags = "x"\n': 1,
    "compatibility_date = 2026-11-01\n": 1,
    "build = 3\n": 1,
    "[build]\ncommand = ['make']\n": 2,
    "[build]\nwatch_dir = [1]\n": 2,
    "[python_modules]\nexclude = 1\n": 2,
    "python_modules = { exclude = [1] }\n": 1,
    "vars = []\n": 1,
    "env = 3\n": 1,
    "[env]\nproduction = 3\n": 2,
    "[env.production]\nmain = 1\n": 2,
    "[env.production.build]\ncommand = 1\n": 2,
    "d1_databases = 5\n": 1,
    "[[d1_databases]]\nbinding = 1\n": 2,
}


@pytest.mark.parametrize(("text", "line"), INVALID.items())
def test_an_invalid_toml_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "wrangler.toml").write_text(text)
    assert_refused(tmp_path, "wrangler.toml", line)


@pytest.mark.parametrize(
    ("text", "line"),
    {
        "": 1,
        "[1]": 1,
        '{"main": "a.py"\n"base_dir": "b"}': 2,
        '{\n"main": tru\n}': 2,
        '{"main": "é",\n"a": "\n"}': 2,
        '{"main": "a.py"}\n}': 2,
        '{\n"main": null}': 2,
        '{"vars": {},\n"rules": {}}': 2,
        '{"env": {"a": {},\n"b": {"base_dir":\n1}}}': 2,
        "[" * 100: 1,
    }.items(),
)
def test_an_invalid_json_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "wrangler.jsonc").write_text(text)
    assert_refused(tmp_path, "wrangler.jsonc", line)


def test_a_config_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "wrangler.toml").write_bytes('main = "a.py"\nname = "é"\n'.encode("latin-1"))
    assert_refused(tmp_path, "wrangler.toml", 2)


def assert_refused(project: Path, name: str, line: int) -> None:
    """It is one finding in one sentence, and the exit status is that of a configuration error."""
    inspection = inspect(project)
    assert inspection.status == 2
    (finding,) = inspection.findings
    assert finding.code == "PF002"
    assert (finding.place.path, finding.place.line) == (name, line)
    assert re.fullmatch(r"[^\n]{10,200}\.", finding.message), finding.message
    assert re.fullmatch(r"[^\n]{8,200}\.", finding.fix), finding.fix
