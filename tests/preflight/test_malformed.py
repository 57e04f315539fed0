"""Whatever it is given, the preflight says in a sentence what is wrong, and never breaks down."""

import os
import random
import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Render
from preflight.bodies import BOUNDARY, bundled, form
from preflight.bundles import CONFIG, ENTRY, SDK
from projects import preflight
from tools.preflight.inspection import Inspection, inspect
from tools.preflight.reports import FORMATS, rendered
from tools.runtime import node
from tools.runtime.upload import Module, Upload, read

PYTHON = "text/x-python"
METADATA = {
    "main_module": "entry.py",
    "bindings": [],
    "compatibility_date": "2026-11-01",
    "compatibility_flags": ["python_workers"],
}
FILES = {
    "wrangler.toml": CONFIG,
    "src/entry.py": ENTRY.replace('"hello"', "greeting.text()").replace(
        "from", "import greeting\nfrom", 1
    ),
    "src/greeting.py": 'def text():\n    return "hello"\n',
    **SDK,
    "python_modules/_workers_sdk_patch_loader.pth": "import _workers_sdk_patch_loader\n",
    "python_modules/_workers_sdk_patch_loader.py": "",
}
PARTS = {
    name.removeprefix("src/"): Module(text.encode(), PYTHON)
    for name, text in FILES.items()
    if name != "wrangler.toml"
}
WHOLE = form(PARTS, METADATA)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def with_body(project: Path, body: bytes) -> Inspection:
    file = project.parent / "the-body"
    file.write_bytes(body)
    return told(inspect(project, body=file))


def as_it_is(project: Path) -> Inspection:
    """Inspect the upload of the project as its files are now."""
    return with_body(project, bundled(project, Upload(PARTS, METADATA, ())))


def told(inspection: Inspection) -> Inspection:
    """The inspection, if all it says can be read by people and by programs."""
    assert (inspection.status == 0) == all(
        finding.severity != "error" for finding in inspection.findings
    )
    for finding in inspection.findings:
        assert finding.place.path
        assert re.search(r"\w[^\n]+[.:]", finding.message), finding
        assert re.match(r"\S.+\.", finding.fix), finding
        assert "Traceback" not in finding.message
    for name in FORMATS:
        assert rendered(name, inspection)
    return inspection


def refused(inspection: Inspection, *words: str) -> None:
    """It could not be inspected, and one sentence says why and what to do."""
    assert inspection.status == 3
    (finding,) = inspection.findings
    assert finding.code == "PF004"
    for word in words:
        assert word in finding.message, finding
    assert re.search(r"\. \S.*\.$", finding.message, re.DOTALL), finding


def codes(inspection: Inspection) -> set[str]:
    return {finding.code for finding in inspection.findings if finding.severity != "info"}


def test_the_project_that_is_spoilt_here_is_a_healthy_one(project: Path) -> None:
    assert with_body(project, WHOLE).status == 0
    assert as_it_is(project).findings == ()


# Bodies


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
    assert {"PF001", "PF106"} & codes(inspection)


def test_a_body_that_is_no_file(project: Path) -> None:
    refused(told(inspect(project, body=project / "nothing")), "nothing", "No such file")
    refused(told(inspect(project, body=project)), "directory")


# Configuration; the wrangler config has its tests in test_config.py


@pytest.mark.parametrize(
    ("text", "line"),
    {
        "tool = 5\n": 1,
        "[tool]\nsetuptools = []\n": 2,
        "[tool.setuptools]\npackage-dir = 'src'\n": 2,
        "[tool.setuptools]\npackage-dir = { '' = 5 }\n": 2,
        "[tool.setuptools]\npackages = 'find:'\n": 2,
        "[tool.setuptools]\npackages = [1]\n": 2,
        "[tool.setuptools]\npackages.find = 3\n": 2,
        "[tool.setuptools.packages.find]\n\ninclude = 'src*'\n": 3,
        "[tool.setuptools.packages.find]\nwhere = [1]\n": 2,
        "[tool]\npreflight = 'strict'\n": 2,
        "[tool.preflight]\nmax_bytes = '1 MB'\n": 2,
        "[tool.preflight]\nmax_bytes = true\n": 2,
        "[tool.preflight]\nmax_bytes = -1\n": 2,
        "[tool.preflight]\nunknown = 1\n": 2,
        "[tool.preflight]\nignore = 'PF101'\n": 2,
        "[tool.preflight]\nignore = [1]\n": 2,
        "[[tool.preflight.ignore]]\ncode = 'PF101'\n": 1,
        "[[tool.preflight.ignore]]\ncode = 'PF999'\nreason = 'x'\n": 1,
        "[[tool.preflight.ignore]]\ncode = 'PF101'\nreason = 'x'\nuntil = 'soon'\n": 1,
        "[tool.setuptools]\npackage-data = 5\n": 2,
        "[tool]\nimportlinter = 1\n": 2,
        "project = 'x'\n": 1,
        "[project]\ndependencies = 'fastapi'\n": 2,
        "[project]\nname = 1\n": 2,
        "dependency-groups = []\n": 1,
        "build-system = 5\n": 1,
        "[build-system]\nbackend-path = 5\n": 2,
        "[project\n": 1,
        "[project]\nname = 'x'\nname = 'y'\n": 3,
        "x = [[[[": 1,
        "x = 1" + "0" * 5000: None,
    }.items(),
)
def test_a_pyproject_of_the_wrong_kinds(project: Path, text: str, line: int | None) -> None:
    (project / "pyproject.toml").write_text(text)
    inspection = told(inspect(project, body=project / "not read"))
    assert inspection.status == 2
    (finding,) = inspection.findings
    assert finding.code == "PF002"
    assert (finding.place.path, finding.place.line) == ("pyproject.toml", line)


@pytest.mark.parametrize(
    "text",
    [
        "[dependency-groups]\ndev = 5\n",
        "[project.optional-dependencies]\ndev = 5\n",
        "[tool.setuptools]\npy-modules = 5\n",
        "[tool.setuptools]\npackages = []\n",
        "[tool.setuptools.packages.find]\ninclude = ['']\nwhere = ['/']\n",
        "[tool.setuptools.package-dir]\n'' = '../..'\n",
        "[tool.setuptools.package-dir]\n'' = 'no/such'\n",
        "[tool.importlinter]\nroot_package = 5\ncontracts = 5\n",
        "[tool.importlinter]\nroot_package = 'nothing'\n",
        "[[tool.importlinter.contracts]]\ntype = 'nonsense'\n",
        "[tool.poe]\ntasks = 5\n",
        "[tool.uv]\nsources = 5\n",
        "[tool]\nuv = 5\n",
        "",
        "\ufeff[project]\nname = 'x'\n",
    ],
)
def test_a_pyproject_with_odd_values_elsewhere(project: Path, text: str) -> None:
    (project / "pyproject.toml").write_text(text)
    as_it_is(project)


@pytest.mark.parametrize(
    "text",
    [
        'base_dir = ""\n',
        'base_dir = "/"\n',
        'base_dir = "/nowhere"\n',
        'base_dir = "src/entry.py"\n',
        'base_dir = "../../../../../.."\n',
        "rules = [{}]\n",
        'rules = [{ type = "Text" }, { type = "nonsense", globs = [] }]\n',
        'rules = [{ type = "Data", globs = ["[", "***", "{a", "!", "", "\\\\"] }]\n',
        'python_modules = { exclude = ["[", "***", "{a", "!", "", "\\\\"] }\n',
        'python_modules = { exclude = ["**/*"] }\n',
        'compatibility_flags = ["", "python_workers", "no such flag"]\n',
        "vars = { PYTHONPATH = [1], A = { B = [{}] }, C = 2026-01-01 }\n",
        'd1_databases = [{}, { binding = "" }]\n',
        "durable_objects = 5\n",
        "triggers = 5\nqueues = []\nworkflows = {}\nassets = true\n",
        "find_additional_modules = 5\nno_bundle = []\n",
        "migrations = 5\nobservability = 5\nplacement = []\n",
    ],
)
def test_a_config_with_odd_values(project: Path, text: str) -> None:
    config = CONFIG if "flags" not in text else CONFIG.partition("compatibility_flags")[0]
    (project / "wrangler.toml").write_text(config + text)
    with_body(project, WHOLE)


@pytest.mark.parametrize("main", [".", "/", "src", "src/", "..", "src/../src/entry.py", "a\tb.py"])
def test_a_main_that_is_odd(project: Path, main: str) -> None:
    (project / "wrangler.toml").write_text(
        CONFIG.replace("src/entry.py", main.replace("\t", "\\t"))
    )
    with_body(project, WHOLE)


@pytest.mark.parametrize("date", ["", "x", "2026", "2026-13-45", "9999-99-99", "2026-11-01T00:00"])
def test_a_date_that_is_none(project: Path, date: str) -> None:
    (project / "wrangler.toml").write_text(CONFIG.replace("2026-11-01", date))
    with_body(project, WHOLE)


@pytest.mark.parametrize("name", ["pyproject.toml", "wrangler.toml"])
def test_a_configuration_that_is_no_text(project: Path, name: str) -> None:
    (project / name).write_bytes(b"\xff\xfe\x00")
    assert told(inspect(project)).status == 2
    (project / name).unlink()
    (project / name).mkdir()
    assert told(inspect(project)).status == 2


@pytest.mark.parametrize(
    "name",
    [
        ".copier-answers.yml",
        ".python-version",
        "README.md",
        "package.json",
        "pylock.toml",
        "requirements.txt",
        "uv.lock",
        ".gitignore",
        ".importlinter",
        "python_modules/.synced",
    ],
)
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"[" * 2000, b"version = 5\npackage = 1\n", None]
)
def test_other_files_that_hold_anything(project: Path, name: str, content: bytes | None) -> None:
    if content is None:
        (project / name).mkdir()
    else:
        (project / name).write_bytes(content)
    as_it_is(project)


# Trees


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


# The program itself


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
