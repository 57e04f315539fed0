"""The page in a real browser: Debian's chromium, which .ci/run installs."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from preflight.inspections import hostile, inspection, project
from tools.preflight.finding import Place, found
from tools.preflight.reports import page

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium: apt-get install chromium"),
]

# The ratio of luminances that the Web Content Accessibility Guidelines 2.2 ask for, level AA.
LEAST_CONTRAST = 4.5

# The colours of each text and of what is behind it.
COLOURS = """() => [...document.querySelectorAll('*')]
  .filter(element => element.checkVisibility() && [...element.childNodes].some(
    node => node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
  .filter(element => !element.closest('head, svg'))
  .map(element => {
    let behind = element;
    while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') {
      behind = behind.parentElement;
    }
    const colour = behind ? getComputedStyle(behind).backgroundColor : 'rgb(255, 255, 255)';
    return [element.outerHTML.slice(0, 80), getComputedStyle(element).color, colour];
  })"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # CI runs as root, for whom chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The page of a service with an error, a warning and an info."""
    findings = [
        found(
            "PF201",
            Place("backend/src/main.py", 1, 6, 19),
            target="src.bootstrap",
            message="src.bootstrap is imported at start but missing.",
            fix="Create backend/src/bootstrap.py.",
        ),
        found("PF701", Place("wrangler.toml", 3), target="x", message="Ignored.", fix="Delete it."),
        found("PF107", "worker/entry.py", target="entry", message="In src.", fix="Move it."),
    ]
    suppressed = [found("PF305", "x.py", target="x", message="A test.", fix="Move it.")]
    inspected = inspection(project(tmp_path / "project"), findings, suppressed=suppressed)
    return _written(tmp_path, page.render(inspected))


def _written(folder: Path, html: str) -> Path:
    file = folder / "page.html"
    file.write_text(html, encoding="utf-8")
    return file


def opened(browser: Browser, file: Path, **options: Any) -> tuple[Page, list[str]]:
    """The page, and a list of what it asks for and complains about; it should stay empty."""
    tab = browser.new_page(**options)
    trouble: list[str] = []
    tab.on("request", lambda request: trouble.append(request.url))
    tab.on("console", lambda message: trouble.append(message.text))
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    tab.goto(file.as_uri())
    assert trouble.pop(0) == file.as_uri()
    return tab, trouble


def test_the_page_shows_verdict_findings_and_source(browser: Browser, report: Path) -> None:
    tab, trouble = opened(browser, report)
    expect(tab.get_by_text("Failed", exact=True)).to_be_in_viewport()
    expect(tab.get_by_text("1 error, 1 warning, 1 info", exact=True)).to_be_in_viewport()
    expect(tab.get_by_role("article")).to_have_count(3)
    for code in ("PF201", "PF701", "PF107"):
        expect(tab.get_by_role("heading", name=code)).to_be_visible()
    expect(tab.locator("mark").first).to_have_text("src.bootstrap")
    expect(tab.get_by_text("A test.")).to_be_hidden()
    tab.get_by_text("1 finding left out by ignores").click()
    expect(tab.get_by_text("A test.")).to_be_visible()
    expect(tab.get_by_role("img", name="Layers")).to_be_visible()
    assert trouble == []


def test_the_page_asks_the_network_for_nothing(browser: Browser, tmp_path: Path) -> None:
    """Not even when what it quotes tries to."""
    tab, trouble = opened(browser, _written(tmp_path, page.render(hostile(tmp_path / "x"))))
    tab.wait_for_load_state("networkidle")
    assert trouble == []
    policy = tab.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy
    assert policy.startswith("default-src 'none'")
    tab.evaluate(
        "document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.1:9/x.png'}))"
    )
    tab.wait_for_timeout(200)
    # Chromium reports the request as one it has refused to make.
    assert [line for line in trouble if "Content Security Policy" in line]


def test_every_package_of_the_map_is_reached_by_tab(browser: Browser, report: Path) -> None:
    tab, _ = opened(browser, report)
    reached = []
    for _ in range(40):
        tab.keyboard.press("Tab")
        reached.append(
            tab.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.id")
        )
    assert reached[0] == "#findings", "the first link skips to the findings"
    cells = tab.locator(".map > a").evaluate_all(
        "cells => cells.map(cell => cell.getAttribute('href'))"
    )
    assert cells == ["#package-0", "#package-1", "#package-2"]
    assert [href for href in reached if href in cells][:3] == cells


def test_a_package_leads_to_the_table_of_its_modules(browser: Browser, report: Path) -> None:
    tab, _ = opened(browser, report)
    module = tab.get_by_role("cell", name="src/domain/link.py")
    expect(module).to_be_hidden()
    tab.get_by_role("link", name=re.compile(r"^src: 6 modules, .* has errors$")).press("Enter")
    expect(module).to_be_visible()


def test_the_map_is_as_large_as_its_parts(browser: Browser, report: Path) -> None:
    tab, _ = opened(browser, report)
    boxes = [cell.bounding_box() for cell in tab.locator(".map > a").all()]
    areas = [box["width"] * box["height"] for box in boxes if box]
    whole = tab.locator(".map").bounding_box()
    assert whole
    assert sum(areas) == pytest.approx(whole["width"] * whole["height"], rel=0.02)
    # vendored is all but a few of the bytes.
    assert areas[0] > 0.9 * sum(areas)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(browser: Browser, report: Path, scheme: str) -> None:
    tab, _ = opened(browser, report, color_scheme=scheme)
    for details in tab.locator("summary").all():
        details.click()
    behind = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(behind) < 0.1) == (scheme == "dark")
    texts = tab.evaluate(COLOURS)
    assert len(texts) > 40
    for element, colour, background in texts:
        assert contrast(colour, background) >= LEAST_CONTRAST, (element, colour, background)


@pytest.mark.parametrize("width", [320, 1600])
def test_the_page_fits_its_window(browser: Browser, report: Path, width: int) -> None:
    tab, _ = opened(browser, report, viewport={"width": width, "height": 700})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (int(value) / 255 for value in re.findall(r"\d+", colour)[:3])
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
