"""Every report tells the same findings, and none can be abused by what it quotes."""

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from preflight.inspections import CONFIG, SECRET, body, hostile, inspection, of_secret, project
from preflight.runner import commands
from projects import TEMPLATE, clean_environment
from tools.preflight import reports
from tools.preflight.__main__ import FORMATS, main
from tools.preflight.finding import Place, found
from tools.preflight.inspection import Inspection, Status
from tools.preflight.reports import rendered

RENDERERS: dict[str, Callable[[Inspection], str]] = {
    name: partial(rendered, name) for name in reports.FORMATS
}

every_format = pytest.mark.parametrize("name", RENDERERS)


@every_format
def test_every_format_tells_each_finding(name: str, broken: Inspection) -> None:
    report = RENDERERS[name](broken)
    for finding in broken.findings:
        assert finding.code in report
        assert finding.message.split()[0] in report


@every_format
def test_nothing_that_a_report_prints_controls_a_terminal(name: str, tmp_path: Path) -> None:
    report = RENDERERS[name](hostile(tmp_path))
    report.encode()  # Half surrogates would raise.
    assert {mark for mark in report if unicodedata.category(mark) in ("Cc", "Cf", "Cs")} == {"\n"}


@every_format
def test_a_secret_is_in_no_report(name: str, tmp_path: Path) -> None:
    assert SECRET not in RENDERERS[name](of_secret(tmp_path))


@every_format
@pytest.mark.parametrize("status", [2, 3])
def test_every_format_can_tell_that_there_was_nothing_to_look_at(
    name: str, status: Status, unread: Inspection
) -> None:
    assert "PF004" in RENDERERS[name](replace(unread, status=status))


@every_format
def test_a_source_line_outside_the_repository_is_not_read(name: str, tmp_path: Path) -> None:
    root = project(tmp_path / "repository")
    (tmp_path / "outside.py").write_text("something_private = 1\n")
    finding = found("PF207", Place("../../../outside.py", 1), target="x", message="m", fix="f")
    assert "something_private" not in RENDERERS[name](inspection(root, [finding]))


# The command


GOOD = b"""\
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("Hello")
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A flat project of a date that needs no vendored SDK, with its upload in the file `body`."""
    root = tmp_path / "small"
    root.mkdir()
    config = CONFIG.replace("worker/entry.py", "src/main.py").replace("2026-10-01", "2026-01-01")
    (root / "wrangler.toml").write_text(config.replace('base_dir = "backend"\n', ""))
    (root / "src").mkdir()
    upload(root, GOOD)
    return root


def upload(root: Path, main: bytes) -> None:
    """Write the entry, and the upload that wrangler would make of it."""
    (root / "src/main.py").write_bytes(main)
    (root / "body").write_bytes(body({"main.py": main}, "main.py"))


Command = Callable[..., tuple[int, str]]


@pytest.fixture
def command(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Exit status and standard output of a preflight of `small`, with these options."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    def command(*options: str) -> tuple[int, str]:
        arguments = ["preflight", "--project", str(small), "--bundle", str(small / "body")]
        monkeypatch.setattr(sys, "argv", [*arguments, *options])
        return main(), capsys.readouterr().out

    return command


def break_config(root: Path) -> None:
    (root / "wrangler.toml").write_text("main = ")


def break_body(root: Path) -> None:
    (root / "body").write_bytes(b"\x00noise")


def break_module(root: Path) -> None:
    upload(root, b"import a_package_that_is_missing\n" + GOOD)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [(None, 0), (break_module, 1), (break_config, 2), (break_body, 3)],
)
def test_the_format_never_changes_the_exit_status(
    small: Path, command: Command, spoil: Callable[[Path], None] | None, expected: int
) -> None:
    if spoil:
        spoil(small)
    for name in FORMATS:
        status, report = command("--format", name)
        assert status == expected, report
    files = {"--html": small / "page.html", "--sarif": small / "x.sarif"}
    assert command(*(f"{option}={file}" for option, file in files.items()))[0] == expected
    assert "<h1>" in files["--html"].read_text()
    assert json.loads(files["--sarif"].read_text())["version"] == "2.1.0"


def test_under_actions_findings_are_annotated_and_summed_up(
    small: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_module(small)
    summary = small / "summary.md"
    summary.write_text("Of a step before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    status, report = command()
    assert status == 1
    assert commands(report)
    written = summary.read_text()
    assert written.startswith("Of a step before\n## ")
    assert command("--format", "text")[0] == 1
    assert summary.read_text() == written


def preflight(root: Path) -> list[str]:
    """The command line of a preflight as text."""
    options = ["--project", str(root), "--bundle", str(root / "body"), "--format", "text"]
    return [sys.executable, "-m", "tools.preflight", *options]


def test_a_pipe_that_knows_only_ascii_gets_a_report(small: Path) -> None:
    (small / "wrangler.toml").write_text("main = ['é']\n")
    done = subprocess.run(
        preflight(small),
        cwd=TEMPLATE,
        env={**clean_environment(), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert rb"['\xe9']" in done.stdout


def test_a_terminal_gets_colours(small: Path) -> None:
    pty = pytest.importorskip("pty")
    break_module(small)
    ours, terminal = pty.openpty()
    running = subprocess.Popen(
        preflight(small),
        cwd=TEMPLATE,
        env={**clean_environment(), "TERM": "xterm-256color"},
        stdout=terminal,
    )
    os.close(terminal)
    printed = b""
    while chunk := _read(ours):
        printed += chunk
    os.close(ours)
    assert running.wait() == 1
    assert b"\x1b[1;31merror" in printed


def _read(terminal: int) -> bytes:
    """What comes next; nothing after the other side was closed, which Linux calls an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
