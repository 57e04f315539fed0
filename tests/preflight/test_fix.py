"""`preflight --fix` on rendered projects that somebody broke: what comes back is what was there."""

import json
import os
import re
import stat
from pathlib import Path

import pytest

from conftest import Render
from preflight.corpus import WITH_LIBRARIES, Edit, append, both, replace, write
from projects import preflight, tree
from tools.preflight.finding import Finding
from tools.preflight.inspection import inspect

pytestmark = pytest.mark.slow

CONFIG = "wrangler.toml"
PYPROJECT = "pyproject.toml"

PYTHON_RULE = '[[rules]]\ntype = "PythonModule"\nglobs = ["src/**/*.py"]\n\n'
DEAD_UPLOAD = '\n[build.upload]\nformat = "modules"\ninclude = ["src/**"]\n'
STALE_IGNORE = '\n[[tool.preflight.ignore]]\ncode = "PF305"\nreason = "The manual was deleted."\n'
EXPIRED_IGNORE = (
    '\n[[tool.preflight.ignore]]\ncode = "PF305"\nreason = "For a week."\nuntil = 2020-01-31\n'
)

# Each breaks one thing that a repair puts back as it was, to the byte.
BREAKS: dict[str, Edit] = {
    "PF702": replace(CONFIG, "# Package data", f"{PYTHON_RULE}# Package data"),
    "PF704": replace(CONFIG, '["python_workers"]', "[]"),
    "PF712": replace(CONFIG, '["python_workers"]', '["python_workers", "experimental"]'),
    "PF701": append(CONFIG, DEAD_UPLOAD),
    "PF210": replace(CONFIG, "[vars]\n", '[vars]\nPYTHONPATH = "src" # the packages\n'),
    "PF708": replace(CONFIG, '    "**/*.pyc",\n', '    "**/*.pyc",\n    "*.pth", # not needed\n'),
    "PF202": replace(CONFIG, '    "**/*.pyc",\n', '    "**/*.pyc",\n    "starlette/**",\n'),
    "PF101": replace(CONFIG, 'base_dir = "backend"\n', ""),
    "PF703": replace(CONFIG, 'base_dir = "backend"', 'base_dir = "."'),
    "PF501": replace(PYPROJECT, 'include = ["src", "src.*"]', 'include = ["src"]'),
    "PF003": append(PYPROJECT, STALE_IGNORE),
    "PF006": append(PYPROJECT, EXPIRED_IGNORE),
}

# Without packages and a wheel that would only take time, but where they are what is broken.
SMALLEST = {"api_style": "workers", "delivery": "wrangler"}
WITH_A_WHEEL = {"api_style": "workers", "delivery": "hybrid"}
NEEDED = {"PF202": WITH_LIBRARIES, "PF501": WITH_A_WHEEL}


def serious(project: Path) -> list[Finding]:
    return [finding for finding in inspect(project).findings if finding.severity != "info"]


def files(project: Path) -> dict[str, bytes]:
    """All that a repair could touch, and all that it must not."""
    return {
        **{name: (project / name).read_bytes() for name in (CONFIG, PYPROJECT)},
        **{
            f"{folder}/{name}": content
            for folder in ("backend", "worker", "tests")
            for name, content in tree(project / folder).items()
        },
    }


@pytest.mark.parametrize("code", BREAKS)
def test_what_is_repaired_is_as_it_was_before_it_was_broken(
    install_copy: Render, code: str
) -> None:
    project = install_copy(SMALLEST | NEEDED.get(code, {}))
    healthy = files(project)
    BREAKS[code](project)

    status, output = preflight(project, "--fix")

    assert status == 0, output
    assert files(project) == healthy, output
    # One repair can be what several findings ask for.
    assert re.search(rf"^  \S+: .* \(.*{code}.*\)$", output, re.MULTILINE)


def test_all_at_once_takes_several_rounds_and_a_second_run_changes_nothing(
    install_copy: Render,
) -> None:
    project = install_copy({})
    healthy = files(project)
    both(*(BREAKS[code] for code in BREAKS if code not in ("PF704", "PF101")))(project)

    status, output = preflight(project, "--fix")

    assert status == 0, output
    assert files(project) == healthy, output
    status, output = preflight(project, "--fix")
    assert status == 0, output
    assert "Nothing to repair." in output
    assert files(project) == healthy


def test_a_dry_run_shows_the_diff_and_changes_no_byte(install_copy: Render) -> None:
    project = install_copy(SMALLEST)
    BREAKS["PF712"](project)
    broken = files(project)
    times = {name: (project / name).stat().st_mtime_ns for name in (CONFIG, PYPROJECT)}

    status, output = preflight(project, "--fix", "--dry-run")

    assert status == 1
    assert '-compatibility_flags = ["python_workers", "experimental"]' in output
    assert '+compatibility_flags = ["python_workers"]' in output
    assert files(project) == broken
    assert {name: (project / name).stat().st_mtime_ns for name in times} == times


def test_line_endings_and_permissions_stay(install_copy: Render) -> None:
    project = install_copy(WITH_A_WHEEL)
    for name in (CONFIG, PYPROJECT):
        file = project / name
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
        file.chmod(0o640)
    healthy = files(project)
    for name, old, new in [
        (CONFIG, b'base_dir = "backend"\r\n', b""),
        (CONFIG, b'["python_workers"]', b'["python_workers", "experimental"]'),
        (PYPROJECT, b'include = ["src", "src.*"]', b'include = ["src"]'),
    ]:
        file = project / name
        assert old in file.read_bytes()
        file.write_bytes(file.read_bytes().replace(old, new))

    status, output = preflight(project, "--fix")

    assert status == 0, output
    assert files(project) == healthy
    for name in (CONFIG, PYPROJECT):
        assert stat.S_IMODE((project / name).stat().st_mode) == 0o640


def test_a_read_only_file_is_an_error_and_nothing_is_changed(install_copy: Render) -> None:
    project = install_copy(WITH_A_WHEEL)
    both(BREAKS["PF712"], BREAKS["PF501"])(project)
    broken = files(project)
    (project / PYPROJECT).chmod(0o444)

    status, output = preflight(project, "--fix")

    assert status == 2
    assert "pyproject.toml is read-only, so nothing was written." in output
    assert files(project) == broken
    assert not [name for name in os.listdir(project) if name.startswith((".wrangler.", ".pyproj"))]


def test_a_data_file_that_code_reads_is_uploaded_and_carried_by_the_wheel_unless_it_is_a_key(
    install_copy: Render,
) -> None:
    project = install_copy(WITH_A_WHEEL)
    both(
        write("backend/src/core/words.yaml", "- a\n"),
        write("backend/src/core/client.key", "a key\n"),
        append("backend/src/core/config/settings.py", 'FILES = ("words.yaml", "client.key")\n'),
    )(project)

    status, output = preflight(project, "--fix")

    assert status == 0, output
    assert "a file called client.key usually holds secrets, so none is uploaded" in output
    left = {(finding.code, finding.target) for finding in serious(project)}
    assert left == {("PF108", "src/core/client.key")}
    assert '"src/**/*.txt", "src/**/*.yaml"]' in (project / CONFIG).read_text()
    assert (
        '"*" = ["*.html", "*.json", "*.sql", "*.toml", "*.txt", "*.yaml"]'
        in (project / PYPROJECT).read_text()
    )


JSONC = """\
// The Worker.
{
  "name": "short-links", // as deployed
  "main": "worker/entry.py",
  "base_dir": "backend",
  /* 3.14 */
  "compatibility_date": "2026-11-01",
  "compatibility_flags": ["python_workers"],
  "rules": [
    // package data
    { "type": "Data", "globs": ["src/**/*.json", "src/**/*.sql"], "fallthrough": true }
  ],
  "python_modules": {
    "exclude": [
      "**/*.pyc", // compiled
      "**/*.pyi"
    ]
  },
  "vars": {
    "LOG_LEVEL": "INFO"
  }
}
"""


def test_a_jsonc_config_keeps_its_comments(install_copy: Render) -> None:
    project = install_copy(SMALLEST)
    (project / CONFIG).unlink()
    config = project / "wrangler.jsonc"
    broken = JSONC
    for old, new in [
        ('  "base_dir": "backend",\n', ""),
        ('["python_workers"]', '["python_workers", "experimental"]'),
        (
            "    // package data\n",
            '    { "type": "PythonModule", "globs": ["**/*.py"] }, // code\n    // package data\n',
        ),
        ('      "**/*.pyi"\n', '      "**/*.pyi", // types\n      "*.pth" // why not\n'),
        ('    "LOG_LEVEL": "INFO"\n', '    "LOG_LEVEL": "INFO",\n    "PYTHONPATH": "src"\n'),
    ]:
        assert old in broken
        broken = broken.replace(old, new)
    config.write_text(broken)

    status, output = preflight(project, "--fix")

    assert status == 0, output
    # The comma before the last item goes with it, the comment behind that comma stays.
    expected = JSONC.replace('"**/*.pyi"\n', '"**/*.pyi" // types\n')
    assert config.read_text() == expected
    assert serious(project) == []


def test_the_setting_of_an_environment_is_repaired_there(install_copy: Render) -> None:
    project = install_copy(SMALLEST)
    replace(
        CONFIG,
        "[env.develop.vars]\n",
        "[env.develop]\ncompatibility_flags = [] # ours\n\n[env.develop.vars]\n",
    )(project)

    status, output = preflight(project, "--env", "develop", "--fix")

    assert status == 0, output
    text = (project / CONFIG).read_text()
    assert 'compatibility_flags = ["python_workers"] # ours\n' in text
    assert 'compatibility_flags = ["python_workers"]\n' in text


def test_a_module_root_is_not_narrowed_when_an_import_would_be_lost(install_copy: Render) -> None:
    project = install_copy(SMALLEST)
    both(
        BREAKS["PF703"],
        write("shared.py", "NAME = 1\n"),
        append("worker/entry.py", "import shared\n"),
    )(project)
    broken = files(project)

    status, output = preflight(project, "--fix")

    assert status == 1
    assert "worker/entry.py imports shared, which is not in backend" in output
    assert files(project) == broken


def test_the_format_stays_what_it_was_asked_to_be(install_copy: Render) -> None:
    project = install_copy(SMALLEST)
    BREAKS["PF712"](project)
    status, output = preflight(project, "--fix", "--dry-run", "--format", "json")
    assert status == 1
    document = json.loads(output[output.index("\n{") :])
    assert document["findings"]
