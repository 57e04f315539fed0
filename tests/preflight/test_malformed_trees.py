"""Source trees with anything in them."""

import os
import random
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from preflight.bodies import bundled
from preflight.bundles import CONFIG
from preflight.malformed import (
    METADATA,
    PARTS,
    WHOLE,
    as_it_is,
    refused,
    told,
    with_body,
    write,
)
from projects import preflight
from tools.preflight.inspection import inspect
from tools.runtime.upload import Upload


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write(tmp_path / "project")


def loops(root: Path) -> None:
    (root / "src/self").symlink_to("self")
    (root / "src/up").symlink_to("..")
    (root / "src/package").mkdir()
    (root / "src/package/again").symlink_to("../package")
    (root / "src/loop.py").symlink_to("loop.py")


def test_loops_of_links(project: Path) -> None:
    loops(project)
    assert as_it_is(project).status == 0


@pytest.mark.parametrize("key", ["base_dir", "main"])
def test_a_loop_of_links_in_the_config(project: Path, key: str) -> None:
    (project / "loop").symlink_to("loop")
    config = CONFIG.replace('"src/entry.py"', '"loop/entry.py"')
    if key == "base_dir":
        config = CONFIG + 'base_dir = "loop"\n'
    (project / "wrangler.toml").write_text(config)
    inspection = with_body(project, WHOLE)
    assert inspection.status == 2
    assert "loop of links" in inspection.findings[0].message
    assert inspection.findings[0].place.line


def test_a_loop_of_links_to_the_project(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    status, output = preflight(tmp_path / "loop")
    assert (status, "Traceback" in output) == (2, False)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: (root / "src/x.py").mkdir(),
        lambda root: (root / "src/greeting.pyc").write_bytes(b"\xff"),
        lambda root: (root / "src/dead.py").symlink_to("nothing"),
        lambda root: (root / "python_modules/dead.py").symlink_to("nothing"),
        lambda root: (root / "src" / os.fsdecode(b"\xff\xfe")).write_text(""),
        lambda root: (root / "node_modules").write_text("no folder"),
    ],
    ids=["folder-named-like-a-module", "pyc", "dead-link", "dead-vendored", "bytes", "no-folder"],
)
def test_odd_things_in_the_tree(project: Path, spoil: Callable[[Path], object]) -> None:
    spoil(project)
    as_it_is(project)


def test_a_folder_in_place_of_a_module(project: Path) -> None:
    (project / "src/greeting.py").unlink()
    (project / "src/greeting.py").mkdir()
    assert as_it_is(project).status == 1
    assert with_body(project, WHOLE).status == 1


def test_a_module_that_vanishes_behind_the_upload(project: Path) -> None:
    shutil.rmtree(project / "src")
    assert with_body(project, WHOLE).status == 1


@pytest.mark.parametrize("name", ["src/pipe.py", "src/package/pipe.txt", "src/entry.py"])
def test_a_pipe_ends_in_a_sentence_instead_of_never(project: Path, name: str) -> None:
    (project / name).unlink(missing_ok=True)
    (project / name).parent.mkdir(exist_ok=True)
    os.mkfifo(project / name)
    refused(told(inspect(project)), name, "wait for its content for ever")
    with_body(project, WHOLE)


def test_a_socket_ends_in_a_sentence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "src")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket.py")
        refused(told(inspect(project)), "socket.py")


def nested(depth: int, opening: str, closing: str) -> bytes:
    return f"x = {opening * depth}1{closing * depth}\n".encode()


SOURCES = {
    "nul": b"x = 1\0\n",
    "only-nul": b"\0" * 1000,
    "noise": random.Random(2).randbytes(5000),
    "latin-1": "name = 'é'\n".encode("latin-1"),
    "latin-1-declared": "# -*- coding: latin-1 -*-\nname = 'é'\n".encode("latin-1"),
    "unknown-coding": b"# coding: nonsense\nx = 1\n",
    "utf-16": "x = 1\n".encode("utf-16"),
    "bom": b"\xef\xbb\xbfx = 1\n",
    "bom-and-latin-1": b"\xef\xbb\xbf# coding: latin-1\nx = 1\n",
    "crlf": b"import greeting\r\nx = 1\r\n",
    "cr": b"import greeting\rx = 1\r",
    "form-feed": b"\x0cx = 1\n",
    "no-newline": b"x = 1",
    "brackets": nested(150, "(", ")"),
    "more-brackets": nested(5000, "[", "]"),
    "unclosed": b"(" * 100_000,
    "minus": nested(90_000, "-", ""),
    "not": nested(20_000, "not ", ""),
    "sum": b"x = 1" + b" + 1" * 50_000 + b"\n",
    "attributes": b"import greeting\nx = greeting" + b".text" * 50_000 + b"\n",
    "calls": b"x = f" + b"()" * 50_000 + b"\n",
    "elif": b"if 0:\n    pass\n" + b"elif x == 1:\n    import greeting\n" * 3000,
    "elif-not": b"if " + b"not " * 900 + b"x:\n    import greeting\n",
    "blocks": b"".join(b" " * depth + b"if x:\n" for depth in range(99)) + b" " * 99 + b"pass\n",
    "more-blocks": b"".join(b" " * depth + b"if x:\n" for depth in range(500)),
    "lambda": b"x = " + b"lambda: " * 900 + b"1\n",
    "decorators": b"@greeting.text\n" * 5000 + b"def f(): ...\n",
    "long-line": b"x = '" + b"a" * 3_000_000 + b"'\n",
    "blank": b"\n" * 1_000_000 + b"global x\n",
    "blank-global": b"def f():\n" + b" \n" * 200_000 + b" global x\n",
    "names": b"".join(b"name%d = %d\n" % (at, at) for at in range(30_000)),
    "import-of-nothing": b"from . import\n",
    "long-import": b"import " + b".".join([b"a"] * 20_000) + b"\n",
    "many-dots": b"from " + b"." * 10_000 + b"x import y\n",
    "odd-import": "import ünïcödé, \ufb00, \U0001d524reeting\n".encode(),
    "import-by-name": b"__import__(''); __import__('..x'); __import__('a b'); __import__('\\0')\n",
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("place", ["src/odd.py", "python_modules/odd.py"])
def test_sources_of_all_kinds(project: Path, place: str, name: str) -> None:
    (project / place).write_bytes(SOURCES[name])
    (project / "src/greeting.py").write_text("import odd\n\n\ndef text(): ...\n")
    inspection = with_body(
        project, bundled(project, Upload(PARTS, METADATA, ()), also=["python_modules/odd.py"])
    )
    assert inspection.bundle


def test_a_module_of_ten_megabytes(project: Path) -> None:
    table = b"".join(b'    ("row", %d, "%s"),\n' % (at, b"x" * 1000) for at in range(10_000))
    (project / "src/greeting.py").write_bytes(b"TABLE = [\n" + table + b"]\n\ndef text(): ...\n")
    inspection = as_it_is(project)
    assert inspection.status == 0
    assert inspection.seconds < 20
