"""Reading the body of an upload, whole or not."""

import json
from pathlib import Path

import pytest

from tools.runtime.errors import ToolError
from tools.runtime.upload import read

METADATA = {"main_module": "entry.py", "bindings": []}


def body(*parts: tuple[str, str, bytes]) -> bytes:
    """A body as wrangler writes it."""
    written = b"".join(
        b"--limit\r\n"
        + f'Content-Disposition: form-data; name="{name}"; filename="{name}"\r\n'.encode()
        + f"Content-Type: {kind}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, kind, content in parts
    )
    return written + b"--limit--"


WHOLE = body(
    ("metadata", "application/json", json.dumps(METADATA).encode()),
    ("entry.py", "text/x-python", b"a = 1\r\n--limi\r\n"),
    ("src/data.bin", "application/octet-stream", bytes(range(256))),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "the-body"


def test_modules_arrive_byte_for_byte(file: Path) -> None:
    file.write_bytes(WHOLE)
    upload = read(file)
    assert upload.main_module == "entry.py"
    assert upload.modules["entry.py"].content == b"a = 1\r\n--limi\r\n"
    assert upload.modules["src/data.bin"].content == bytes(range(256))
    assert upload.modules["src/data.bin"].content_type == "application/octet-stream"
    assert upload.duplicates == ()


def test_a_name_that_comes_twice_is_reported(file: Path) -> None:
    twice = ("src/a.py", "text/x-python", b"")
    file.write_bytes(body(("metadata", "application/json", b'{"main_module": "a"}'), twice, twice))
    assert read(file).duplicates == ("src/a.py",)


def test_a_body_of_more_modules_than_parsers_take_by_default_is_read(file: Path) -> None:
    many = [(f"m{number}.py", "text/x-python", b"") for number in range(2000)]
    file.write_bytes(body(("metadata", "application/json", b'{"main_module": "m0.py"}'), *many))
    assert len(read(file).modules) == 2000


def test_a_body_cut_short_anywhere_is_refused_naming_the_file(file: Path) -> None:
    for length in range(len(WHOLE)):
        file.write_bytes(WHOLE[:length])
        with pytest.raises(ToolError, match="the-body"):
            read(file)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"--",
        b"--\r\n",
        b"\r\n\r\n",
        b"\x00" * 100,
        b"<html>no upload</html>",
        b"--limit\r\n--limit--",
        b"--limit--",
        b'--limit\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{"main\r\n--limit--',
        body(("entry.py", "text/x-python", b"")),
        body(("metadata", "application/json", b"{}")),
        body(("metadata", "application/json", b"[]")),
        body(("metadata", "application/json", b"null")),
        body(("metadata", "application/json", b'"main_module"')),
        body(("metadata", "application/json", b"\xff")),
    ],
)
def test_what_is_no_upload_is_refused_naming_the_file(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ToolError, match="the-body"):
        read(file)
