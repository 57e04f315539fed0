"""Bodies of uploads that are none, and what wrangler or the shell make of a failure.

The preflight says in a sentence what is wrong, and never breaks down.
"""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Render
from preflight.bodies import BOUNDARY, form
from preflight.bundles import CONFIG
from preflight.malformed import (
    METADATA,
    PARTS,
    PYTHON,
    WHOLE,
    as_it_is,
    codes,
    refused,
    told,
    with_body,
    write,
)
from projects import preflight
from tools.preflight.inspection import inspect
from tools.runtime import node
from tools.runtime.upload import Module, read


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project")


def test_the_project_that_is_spoilt_here_is_a_healthy_one(project: Path) -> None:
    assert with_body(project, WHOLE).status == 0
    assert as_it_is(project).findings == ()


def test_a_body_that_is_cut_short(project: Path) -> None:
    for length in range(0, len(WHOLE) - 4, 7):
        refused(with_body(project, WHOLE[:length]), "the-body")


def test_binary_noise(project: Path) -> None:
    noise = random.Random(0)
    for size in (1, 2, 3, 10, 100, 10_000, 1_000_000):
        refused(with_body(project, noise.randbytes(size)), "the-body")


def test_single_bytes_that_are_damaged(project: Path) -> None:
    at_random = random.Random(1)
    for _ in range(80):
        body = bytearray(WHOLE)
        body[at_random.randrange(len(body))] = at_random.randrange(256)
        with_body(project, bytes(body))


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "/",
        "/etc/passwd",
        "../outside.py",
        "a/../../outside.py",
        "a\0b.py",
        "two\nlines.py",
        "ends\r\n",
        "\x1b[31mred.py",
        "x" * 100_000,
    ],
)
def test_names_that_no_module_has(project: Path, name: str) -> None:
    refused(with_body(project, form({**PARTS, name: Module(b"", PYTHON)}, METADATA)), "the-body")


@pytest.mark.parametrize(
    "name",
    [
        "x" * 4000 + ".py",
        "a/" * 2000 + "b.py",
        "python_modules/" + "a/" * 2000 + "__init__.py",
        "with space.py",
        "with-dash.py",
        'with"quote.py',
        "with%25percent.py",
        "with\\backslash.py",
        "ünïcödé.py",
        "\u202egnp.py",
        "1.py",
        ".py",
        "__init__.py",
        "a..py",
        "a//b.py",
        "./a.py",
        "class.py",
        "no-suffix",
        "python_modules/",
        "python_modules/.py",
        "python_modules/x.dist-info/RECORD",
        "python_modules/x.so",
        "python_modules/broken.pth",
    ],
)
def test_names_that_are_only_odd(project: Path, name: str) -> None:
    assert with_body(project, form({**PARTS, name: Module(b"\xff", PYTHON)}, METADATA)).bundle


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--",
        b"--\r\n",
        b"\r\n",
        b"--a\n",
        b"--a\r\n--a--",
        WHOLE.replace(b"\r\n", b"\n"),
        WHOLE[2:],
        WHOLE.replace(BOUNDARY, b"other", 1),
        WHOLE.replace(b"form-data", b"attachment"),
        WHOLE.replace(b"; name=", b"; title="),
        WHOLE.replace(b"Content-Type:", b"Content-Type"),
        WHOLE.replace(b"Content-Type:", b"Content-Length: 1\r\nX:"),
        b"<html>",
        b"PK\x03\x04",
    ],
)
def test_what_is_no_form_of_modules(project: Path, body: bytes) -> None:
    refused(with_body(project, body), "the-body")


@pytest.mark.parametrize(
    "metadata",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"main_module": "entry.py"',
        None,
        [],
        "entry.py",
        {},
        {"main_module": None},
        {"main_module": 5},
        {"main_module": ["entry.py"]},
    ],
)
def test_metadata_that_names_no_main_module(project: Path, metadata: object) -> None:
    refused(with_body(project, form(PARTS, metadata)), "the-body")


@pytest.mark.parametrize(
    "metadata",
    [
        {"main_module": ""},
        {"main_module": "other.py"},
        {"main_module": "../entry.py"},
        {"main_module": "greeting.py"},
        {"main_module": "entry"},
    ],
)
def test_metadata_that_names_another_main_module(project: Path, metadata: object) -> None:
    inspection = with_body(project, form(PARTS, metadata))
    assert inspection.status == 1
    assert "PF106" in codes(inspection)


@pytest.mark.parametrize("value", [None, 5, "x", [5], {"a": 5}])
@pytest.mark.parametrize("key", ["bindings", "compatibility_date", "compatibility_flags"])
def test_metadata_of_the_wrong_kinds(project: Path, key: str, value: object) -> None:
    with_body(project, form(PARTS, {**METADATA, key: value}))


def test_an_upload_of_nothing_but_metadata(project: Path) -> None:
    inspection = with_body(project, form({}, METADATA))
    assert inspection.status == 1
    assert codes(inspection) == {"PF001"}


def test_an_upload_of_javascript(project: Path) -> None:
    parts = {"index.js": Module(b"export default {}", "application/javascript+module")}
    inspection = with_body(project, form(parts, {**METADATA, "main_module": "index.js"}))
    assert inspection.status == 1
    assert codes(inspection) == {"PF001"}


def test_a_body_that_is_no_file(project: Path) -> None:
    refused(told(inspect(project, body=project / "nothing")), "nothing", "No such file")
    refused(told(inspect(project, body=project)), "directory")


@pytest.mark.parametrize(
    ("spoil", "status", "words"),
    [
        (lambda root: (root / "wrangler.toml").unlink(), 2, "does not exist"),
        (lambda root: (root / "wrangler.toml").write_text("main = 5\n"), 2, "wrangler.toml:1"),
        (lambda root: shutil.rmtree(root), 2, "does not exist"),
        (lambda root: (root.parent / "the-body").write_bytes(WHOLE[:-9]), 3, "cut short"),
        (lambda root: (root / "src/greeting.py").write_bytes(b"\xff\0"), 1, "PF"),
    ],
)
def test_the_exit_status_comes_without_a_traceback(
    project: Path, spoil: Callable[[Path], object], status: int, words: str
) -> None:
    (project.parent / "the-body").write_bytes(WHOLE)
    spoil(project)
    got, output = preflight(project, "--bundle", str(project.parent / "the-body"))
    assert got == status, output
    assert "Traceback" not in output
    assert words in output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda root: (root / "src/dead.py").symlink_to("nothing"), "dead.py"),
        (lambda root: (root / "src/entry.py").unlink(), "src/entry.py"),
        (lambda root: (root / "src/two\nlines.py").write_text(""), "lines.py"),
        (
            lambda root: (root / "wrangler.toml").write_text(
                CONFIG + '[build]\ncommand = "echo did not work; exit 4"\n'
            ),
            "did not work",
        ),
        (
            lambda root: (root / "wrangler.toml").write_text(CONFIG.replace('"service"', "5")),
            "name",
        ),
    ],
    ids=["dead-link", "no-entry", "line-break-in-a-name", "failed-build", "invalid-for-wrangler"],
)
def test_what_wrangler_refuses(
    project: Path,
    install: Render,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], object],
    word: str,
) -> None:
    tools = install({"api_style": "workers", "database": "none"})
    monkeypatch.setattr(node, "TOOLS_ROOT", tools)
    spoil(project)
    inspection = told(inspect(project))
    assert inspection.status in (1, 2, 3)
    assert word in "".join(f"{found.place.path} {found.message}" for found in inspection.findings)


def test_reading_is_fast(tmp_path: Path) -> None:
    parts = {f"python_modules/m{at}.py": Module(b"x = 1\n" * 5000, PYTHON) for at in range(300)}
    (tmp_path / "body").write_bytes(form(parts, METADATA))
    assert (tmp_path / "body").stat().st_size > 9_000_000
    assert read(tmp_path / "body").modules == parts
