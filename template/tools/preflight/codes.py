"""All codes. One that was released keeps its meaning and is never given to anything else.

Each has a page in `pages/`, which `preflight explain CODE` prints.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["error", "warning", "info"]

PAGES = Path(__file__).with_name("pages")


@dataclass(frozen=True)
class Code:
    """`name` is what programs show beside the number; `severity` is the usual one."""

    name: str
    severity: Severity
    title: str


CODES = {
    # Inspection
    "PF001": Code("nothing-inspected", "error", "The upload holds no Python module"),
    "PF002": Code("invalid-configuration", "error", "A configuration file cannot be used"),
    "PF003": Code("stale-ignore", "warning", "An ignore matches no finding"),
    "PF004": Code("not-inspected", "error", "The upload could not be inspected"),
    "PF005": Code("ignored-config", "warning", "A second wrangler config lies beside the first"),
    "PF006": Code("expired-ignore", "warning", "An ignore has passed its end date"),
    "PF007": Code("drifted-wiring", "warning", "The wiring is not the template's any more"),
    # Presence
    "PF101": Code("missing-module", "error", "A module of the tree is not in the upload"),
    "PF102": Code("unknown-module", "error", "A module of the upload is not in the tree"),
    "PF103": Code("both-routes", "error", "A module is in the upload by both routes"),
    "PF104": Code("duplicate-part", "error", "A name is in the upload more than once"),
    "PF105": Code("different-bytes", "error", "A module differs between upload and tree"),
    "PF106": Code("wrong-entry", "error", "The upload's main module is not the project's entry"),
    "PF107": Code("entry-in-package", "info", "The entry is a module of a package"),
    "PF108": Code("dropped-data", "warning", "A data file is not in the upload"),
    "PF109": Code("no-handler", "error", "The entry exports nothing that handles requests"),
    "PF110": Code("module-beside-package", "error", "A module and a package have the same name"),
    "PF111": Code("shadowed-by-stdlib", "error", "The standard library hides a module"),
    "PF112": Code("shadowed-by-vendored", "error", "A vendored package hides a module"),
    "PF113": Code("shadowed-by-runtime", "error", "The runtime hides a module"),
    "PF114": Code("case-clash", "warning", "Two names differ only by case"),
    "PF115": Code("entry-name-clash", "error", "A vendored module has the entry's name"),
    # Imports
    "PF201": Code("missing-first-party", "error", "An imported module of the project is missing"),
    "PF202": Code("missing-third-party", "error", "An imported package is not in the upload"),
    "PF203": Code("beyond-top-level", "error", "A relative import leaves its package"),
    "PF204": Code("relative-in-entry", "error", "The entry uses a relative import"),
    "PF205": Code("missing-name", "error", "An imported name is not defined"),
    "PF206": Code("imported-entry", "error", "The entry is imported under a name it does not have"),
    "PF207": Code("syntax", "error", "The Worker's Python cannot parse a module"),
    "PF208": Code("missing-stdlib", "error", "The runtime lacks a module of the standard library"),
    "PF209": Code("unusable-stdlib", "warning", "A module cannot work in a Worker"),
    "PF210": Code("path-trick", "warning", "A change of the module search path does nothing"),
    "PF211": Code("broken-vendored", "error", "A vendored package lacks something it imports"),
    "PF212": Code("circular-import", "error", "An import cycle needs a name too early"),
    # Strays and secrets
    "PF301": Code("stray", "error", "The upload holds something that is not the service's"),
    "PF302": Code("secret-file", "error", "The upload holds a file that usually has secrets"),
    "PF303": Code("secret-content", "error", "The upload holds what looks like a secret"),
    "PF304": Code("environment", "error", "The upload holds an environment, a cache or a build"),
    "PF305": Code("tests", "warning", "The upload holds tests or documentation"),
    # Size
    "PF401": Code("over-platform-limit", "error", "The upload is over the platform's limit"),
    "PF402": Code("over-budget", "error", "The upload is over the project's budget"),
    "PF403": Code("near-limit", "warning", "The upload is close to a limit"),
    "PF404": Code("growth", "warning", "The upload has grown against its baseline"),
    # Wheel
    "PF501": Code("wheel-lacks-file", "error", "The wheel lacks a file of the upload"),
    "PF502": Code("wheel-extra-file", "error", "The wheel holds a file the upload does not"),
    "PF503": Code("wheel-differs", "error", "The wheel holds another version of a file"),
    "PF504": Code("wheel-record", "error", "The wheel's RECORD does not match its contents"),
    "PF505": Code("source-only", "error", "A dependency has no wheel"),
    "PF506": Code("wheel-unbuildable", "error", "The wheel cannot be built"),
    # Architecture
    "PF601": Code("layer-violation", "error", "A layer imports from where it must not"),
    "PF602": Code("layer-cycle", "error", "Layers import each other"),
    "PF603": Code("deep-chain", "error", "A chain of imports is too deep for the runtime"),
    "PF604": Code("no-layers", "warning", "The layers could not be checked"),
    # Platform wiring
    "PF701": Code("ignored-key", "warning", "wrangler ignores a setting"),
    "PF702": Code("rule-type", "error", "wrangler rejects a rule"),
    "PF703": Code("wide-base-dir", "error", "The module root takes in the whole repository"),
    "PF704": Code("no-python-flag", "error", "The compatibility flag python_workers is missing"),
    "PF705": Code("other-python", "error", "A vendored package is for another Python"),
    "PF706": Code("not-wasm", "error", "A native module is not WebAssembly"),
    "PF707": Code("no-sdk", "error", "The Workers SDK is not vendored"),
    "PF708": Code("no-sdk-pth", "error", "The .pth file of the Workers SDK is missing"),
    "PF709": Code("requirements-txt", "error", "pywrangler refuses requirements.txt"),
    "PF710": Code("entropy-at-import", "error", "Randomness is used while importing"),
    "PF711": Code("network-at-import", "error", "The network is used while importing"),
    "PF712": Code("local-only-flag", "error", "A flag of the local runtime is in the config"),
    "PF713": Code("vendored-in-root", "error", "python_modules lies in the module root"),
    # Runtime proof
    "PF801": Code("does-not-start", "error", "The upload does not start on the local runtime"),
    "PF802": Code("not-healthy", "error", "The started upload does not answer well"),
}


def page(code: str) -> str:
    """The explanation of a code, as Markdown. Raises KeyError when there is no such code."""
    if code not in CODES:
        raise KeyError(code)
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")
