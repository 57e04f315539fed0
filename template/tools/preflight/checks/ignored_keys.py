"""Settings of the wrangler config that wrangler does not know, and so ignores with a warning."""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from tools.preflight.finding import Finding, found
from tools.preflight.wiring import Wiring
from tools.runtime.node import TOOLS_ROOT

# What older versions read, for when no wrangler is at hand to say what it knows.
FORMER: dict[str, Any] = {
    "": ("legacy_env", "type", "upload", "usage_model", "webpack_config", "zone_id"),
    "build": ("upload",),
    "python_modules": ("include",),
}


def check(wiring: Wiring) -> Iterator[Finding]:
    """A finding for each unknown key: at the top, in the environment, or in a table of either."""
    schema = _schema(wiring)
    yield from _unknown(wiring, (), wiring.config.values, schema, "RawConfig")
    environments = wiring.config.values.get("env", {})
    if wiring.env:
        keys = ("env", wiring.env)
        yield from _unknown(wiring, keys, environments[wiring.env], schema, "RawEnvironment")


def _schema(wiring: Wiring) -> Mapping[str, Any]:
    """The definitions in the schema that wrangler brings along; empty without wrangler."""
    for folder in (wiring.project.node_modules, TOOLS_ROOT / "node_modules"):
        try:
            text = (folder / "wrangler" / "config-schema.json").read_text(encoding="utf-8")
            definitions: Mapping[str, Any] = json.loads(text)["definitions"]
        except (OSError, ValueError, LookupError):
            continue
        return definitions
    return {}


def _unknown(
    wiring: Wiring,
    keys: tuple[str, ...],
    table: Mapping[str, Any],
    schema: Mapping[str, Any],
    definition: str,
) -> Iterator[Finding]:
    known: Mapping[str, Any] = schema.get(definition, {}).get("properties", {})
    for key, value in table.items():
        if _is_unknown(key, known, FORMER[""]):
            yield _finding(wiring, keys, key, known)
        elif isinstance(value, Mapping):
            inner = _properties(known.get(key, {}), schema)
            for name in value:
                if _is_unknown(name, inner, FORMER.get(key, ())):
                    yield _finding(wiring, (*keys, key), name, inner, known)


def _is_unknown(key: str, known: Mapping[str, Any], former: tuple[str, ...]) -> bool:
    return key not in known if known else key in former


def _properties(definition: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The keys that a table may have; empty when it may have any."""
    reference = definition.get("$ref", "").removeprefix("#/definitions/")
    definition = schema.get(reference, definition)
    closed = definition.get("additionalProperties") is False
    properties: Mapping[str, Any] = definition.get("properties", {}) if closed else {}
    return properties


def _finding(
    wiring: Wiring,
    keys: tuple[str, ...],
    key: str,
    known: Mapping[str, Any],
    above: Mapping[str, Any] | None = None,
) -> Finding:
    dotted = ".".join((*keys, key))
    config = wiring.config.file.name
    if dotted.endswith("build.upload"):
        message = (
            "wrangler 4 has no build.upload: nothing that it lists is included in the upload or "
            "left out of it."
        )
        fix = (
            f"Delete {dotted} from {config}. Every .py file below base_dir is uploaded; `rules` "
            "add files of other kinds, and `exclude` of python_modules leaves out vendored ones."
        )
    else:
        message = f"wrangler knows no setting {dotted} and ignores it."
        fix = f"{_instead(keys, key, known, above or {})} in {config}."
    return found("PF701", wiring.place(*keys, key), target=dotted, message=message, fix=fix)


def _instead(
    keys: tuple[str, ...], key: str, known: Mapping[str, Any], above: Mapping[str, Any]
) -> str:
    table = ".".join(keys)
    if key in above:
        return f"Move {key} out of {table}, above the first table,"
    if close := get_close_matches(key, known, n=1, cutoff=0.8):
        return f"Correct {key} to {close[0]}, or delete it,"
    return f"Delete {key}" + (f" from {table}" if table else "")
