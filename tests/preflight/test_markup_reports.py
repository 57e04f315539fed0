"""Markdown and the page quote without markup, and the page's drawings show what is there."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from preflight.inspections import HOSTILE, MODULES, hostile, inspection, project
from tools.preflight.finding import found
from tools.preflight.inspection import Inspection
from tools.preflight.reports import markdown, page
from tools.preflight.reports.html.layers import layers_of
from tools.preflight.reports.html.treemap import Box, squarify


class Tags(HTMLParser):
    """The tags and the text of a document."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(report: str) -> Tags:
    return Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(report))


# As reports show them.
SHOWN = [
    name.encode("unicode_escape").decode() if not name.isprintable() else name for name in HOSTILE
]


def test_markdown_quotes_without_markup(tmp_path: Path) -> None:
    document = rendered(markdown.render(hostile(tmp_path)))
    assert set(document.tags) <= {
        *("h2", "p", "strong", "code", "br", "details", "summary"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
    findings, groups = 1 + len(HOSTILE), 1 + len(("src", "entry.py", "vendored", "total"))
    assert document.tags.count("tr") == findings + groups
    assert {name for name, _ in document.attributes} <= {"style"}
    for name in SHOWN:
        if "\\n" not in name:
            assert f"The module {name} is missing." in document.text


def test_markdown_fits_into_the_summary_of_a_job(broken: Inspection) -> None:
    many = tuple(
        replace(broken.findings[0], target=str(at), message="|" * 900) for at in range(900)
    )
    report = markdown.render(replace(broken, findings=many))
    assert len(report.encode()) < 2**20
    assert re.search(r"\| \d+ more", report)
    assert "KiB gzip</summary>" in report


def test_a_treemap_divides_its_box_by_the_sizes() -> None:
    sizes = [500.0, 300, 100, 50, 25, 24, 1]
    box = Box(10, 20, 800, 400)
    boxes = squarify(sizes, box)
    for size, one in zip(sizes, boxes, strict=True):
        assert one.width * one.height == pytest.approx(size * 320)
        assert one.left >= 10 - 1e-6
        assert one.left + one.width <= 810 + 1e-6
        assert one.top >= 20 - 1e-6
        assert one.top + one.height <= 420 + 1e-6
    for at, one in enumerate(boxes):
        for other in boxes[at + 1 :]:
            wide = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
            high = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
            assert min(wide, high) < 1e-6
    assert max(one.width / one.height for one in boxes[:3]) < 3


def test_layers_are_what_imports_what(tmp_path: Path) -> None:
    bundle = inspection(project(tmp_path), []).bundle
    assert bundle
    layers = layers_of(bundle)
    assert layers.imports == {
        ("entry", "src.main"): 1,
        ("src.main", "src.bootstrap"): 1,
        ("src.main", "src.domain"): 1,
        ("src.bootstrap", "src.application"): 1,
        ("src.bootstrap", "src.infrastructure"): 1,
        ("src.application", "src.domain"): 1,
        ("src.infrastructure", "src.domain"): 1,
    }
    assert layers.heights == {
        "entry": 4,
        "src.main": 3,
        "src.bootstrap": 2,
        "src.application": 1,
        "src.infrastructure": 1,
        "src.domain": 0,
    }


def test_layers_of_a_cycle_are_equally_high(tmp_path: Path) -> None:
    modules = {**MODULES, "src/domain/link.py": "import src.application.service\n"}
    bundle = inspection(project(tmp_path), [], modules=modules).bundle
    assert bundle
    layers = layers_of(bundle)
    assert layers.in_cycle("src.domain", "src.application")
    assert not layers.in_cycle("src.bootstrap", "src.application")
    assert layers.heights["src.domain"] == layers.heights["src.application"] == 0


def test_layers_of_flat_modules_are_the_modules(tmp_path: Path) -> None:
    modules = {"entry.py": "import a\n", "a.py": "import b\n", "b.py": "", "c.py": ""}
    bundle = inspection(project(tmp_path), [], modules=modules).bundle
    assert bundle
    assert layers_of(bundle).heights == {"entry": 2, "a": 1, "b": 0, "c": 0}


def test_the_page_of_a_large_service_stays_small(tmp_path: Path) -> None:
    modules = {f"m{at}.py": f"import m{at * 7 % 3000}\n" * (1 + at % 30) for at in range(3000)}
    findings = [found("PF201", "m1.py", target="x", message="m", fix="f")] * 2000
    large = inspection(project(tmp_path), findings, modules={**modules, "entry.py": "import m0\n"})
    assert large.bundle
    assert layers_of(large.bundle).left_out > 2900
    report = page.render(large)
    assert "1,900 errors more" in report
    assert len(report) < 700_000


def test_the_page_quotes_without_markup(tmp_path: Path) -> None:
    report = page.render(hostile(tmp_path))
    document = Tags(report)
    assert not {"script", "img", "link", "iframe", "bold"} & set(document.tags)
    assert not [name for name, _ in document.attributes if name.startswith("on")]
    for name in SHOWN:
        if "\\n" not in name:
            assert f"The module {name} is missing." in document.text
    links = [value for name, value in document.attributes if name in ("href", "src")]
    assert all((value or "").startswith("#") for value in links)
