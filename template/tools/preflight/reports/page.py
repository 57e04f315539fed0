"""For a look: one self-contained page with the findings, a map of the upload and the layers.

It holds no script and asks the network for nothing; its Content-Security-Policy says so too.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template

from tools.preflight.bundle import Bundle
from tools.preflight.codes import CODES
from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.reports import summary
from tools.preflight.reports.html import drawing, upload_map
from tools.preflight.reports.html.layers import layers_of
from tools.preflight.reports.source import Excerpt, Sources
from tools.preflight.reports.text import location
from tools.preflight.reports.visible import visible, visible_lines
from tools.preflight.settings import Settings

FRAME = Path(__file__).parent / "html"

# Of each severity; a page with more is no longer read.
MOST_FINDINGS = 100

NOTHING = "<p>There was nothing to look at.</p>\n"


def render(inspection: Inspection) -> str:
    bundle = inspection.bundle
    frame = Template((FRAME / "page.html").read_text(encoding="utf-8"))
    return frame.substitute(
        style=(FRAME / "page.css").read_text(encoding="utf-8"),
        project=_text(inspection.root.name),
        outcome="bad" if inspection.status else "good",
        verdict=summary.verdict(inspection).capitalize(),
        counts=summary.counts_in_words(inspection),
        environment=f", environment {_text(inspection.env)}" if inspection.env else "",
        facts=_facts(inspection, bundle) if bundle else "",
        findings="".join(_findings(inspection)),
        upload=_upload(inspection, bundle) if bundle else NOTHING,
        layers=_layers(bundle) if bundle else NOTHING,
        times=summary.times(inspection),
    )


def _facts(inspection: Inspection, bundle: Bundle) -> str:
    assert inspection.composition, "an inspected upload has one"
    total = inspection.composition.total
    settings = bundle.wiring.settings
    facts = {
        "Size, of the platform's limit": _meter(total.bytes, settings.max_bytes, settings),
        "Size as gzip, of the budget": _meter(total.gzip_bytes, settings.max_gzip_bytes, settings),
        "Entry": f"<code>{_text(bundle.wiring.main)}</code>",
        "Python": ".".join(map(str, bundle.wiring.python)),
    }
    if wheel := summary.wheel(inspection):
        facts["Wheel"] = wheel
    described = "".join(f"<div><dt>{name}<dd>{fact}</div>\n" for name, fact in facts.items())
    return f"<dl>\n{described}</dl>\n"


def _meter(size: int, limit: int, settings: Settings) -> str:
    words = f"{summary.kib(size)} KiB of {summary.kib(limit)} KiB"
    return (
        f'<meter max="{limit}" high="{limit * settings.warn_percent // 100}" value="{size}">'
        f"</meter><br>{words}"
    )


def _findings(inspection: Inspection) -> Iterator[str]:
    sources = Sources(inspection)
    for severity in summary.SEVERITIES:
        findings = [finding for finding in inspection.findings if finding.severity == severity]
        for finding in findings[:MOST_FINDINGS]:
            yield _finding(finding, sources.excerpt(finding))
        if more := len(findings[MOST_FINDINGS:]):
            yield f"<p>{summary.number(more, severity)} more.</p>\n"
    if not inspection.findings:
        yield "<p>Nothing found.</p>\n"
    if left_out := summary.suppressed(inspection):
        yield f"<details><summary>{left_out}</summary>\n"
        for finding in inspection.suppressed[:MOST_FINDINGS]:
            yield _finding(finding, None)
        yield "</details>\n"
    if inspection.findings:
        code = inspection.findings[0].code
        yield f'<p class="faint">More about a code: <code>preflight explain {code}</code></p>\n'


def _finding(finding: Finding, excerpt: Excerpt | None) -> str:
    quoted = ""
    if excerpt:
        quoted = (
            f"<pre><small>{excerpt.line} | </small>{escape(excerpt.before)}"
            f"<mark>{escape(excerpt.marked)}</mark>{escape(excerpt.after)}</pre>\n"
        )
    return (
        f'<article class="finding {finding.severity}">\n'
        f'<h3><span class="badge {finding.severity}">{finding.severity} {finding.code}</span> '
        f"{escape(CODES[finding.code].title)}</h3>\n"
        f"<p><code>{escape(location(finding.place))}</code></p>\n{quoted}"
        f"<p>{_lines(finding.message)}</p>\n<p><b>Fix:</b> {_lines(finding.fix)}</p>\n</article>\n"
    )


def _upload(inspection: Inspection, bundle: Bundle) -> str:
    packages = upload_map.packages_of(bundle, inspection)
    return (
        '<p class="faint">Each area is as large as its part of the upload.'
        '<span class="key own"></span> the service\'s own <span class="key"></span> vendored '
        '<span class="key error"></span> has an error <span class="key warning"></span> has a '
        f"warning</p>\n{upload_map.draw(packages)}\n<h3>Modules</h3>\n{upload_map.tables(packages)}"
    )


def _layers(bundle: Bundle) -> str:
    layers = layers_of(bundle)
    drawn = drawing.draw(layers)
    if not drawn:
        return "<p>The service has no modules that import each other.</p>\n"
    left_out = (
        f" {summary.number(layers.left_out, 'layer')} with fewer imports left out."
        if layers.left_out
        else ""
    )
    return (
        '<p class="faint">What imports stands above what it imports. A broken line is part of a '
        f'cycle.{left_out}</p>\n<div class="scroll" tabindex="0">{drawn}</div>\n'
        f"<details><summary>The same as a table</summary>\n{drawing.table(layers)}</details>\n"
    )


def _text(text: str) -> str:
    return escape(visible(text))


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in visible_lines(text))
