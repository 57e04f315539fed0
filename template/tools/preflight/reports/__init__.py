"""An inspection in the formats that people and programs read; all print the same findings."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tools.preflight.inspection import Inspection

# The module here that renders each format.
FORMATS = {
    "text": "text",
    "json": "json_document",
    "github": "github",
    "sarif": "sarif",
    "markdown": "markdown",
    "html": "page",
}


def rendered(name: str, inspection: "Inspection") -> str:
    """The inspection in a format; no other format's module is imported, since some take long."""
    report: str = import_module(f"{__name__}.{FORMATS[name]}").render(inspection)
    return report
