"""Adapt Pyodide's JavaScript glue (`pyodide.asm.mjs`) to what workerd allows.

The file is written for a browser. workerd forbids code generation and some sources of time
and entropy, and offers replacements in `pyodide-internal:builtin_wrappers`, a module inside
the workerd binary. Every substitution is counted: a Pyodide release whose glue looks different
must stop the build, not produce a bundle that fails at the first import of a native package.
"""

import re
from dataclasses import dataclass

from tools.runtime.errors import ToolError

HEADER = """\
import {
  getRandomValues,
  monotonicDateNow,
  newWasmModule,
  patchedLoadLibData,
  wasmInstantiate,
} from "pyodide-internal:builtin_wrappers";
function evalIsForbidden() {
  throw new Error("eval() is not available on Workers");
}
"""

# workerd imports the factory by name; Pyodide exports it only as the default.
FOOTER = "\nexport { _createPyodideModule };\n"


@dataclass(frozen=True)
class Substitution:
    """One counted replacement; `pattern` and `replacement` are as for `re.subn`."""

    name: str
    pattern: str
    replacement: str
    count: int


SUBSTITUTIONS = (
    Substitution("WebAssembly.Module", r"new WebAssembly\.Module\(", "newWasmModule(", 4),
    Substitution("WebAssembly.instantiate", r"WebAssembly\.instantiate\(", "wasmInstantiate(", 2),
    Substitution(
        "crypto.getRandomValues",
        r"crypto\.getRandomValues\(",
        "getRandomValues(Module,",
        1,
    ),
    Substitution(
        "loadLibData",
        r"function loadLibData\(\)\{.*?\}(?=function getExports\(\))",
        "function loadLibData(){"
        "var libData=patchedLoadLibData(Module,libName,flags.rpath);"
        "return flags.loadAsync?Promise.resolve(libData):libData}",
        1,
    ),
    Substitution(
        "getMemory",
        r"(?<![\w.$])getMemory\(metadata\.",
        "Module.getMemoryPatched(Module,libName,metadata.",
        1,
    ),
    # Two changes of a folder within one millisecond would leave Python's import system with a
    # stale listing of it.
    Substitution("Date.now", r"Date\.now\b", "monotonicDateNow", 22),
    Substitution("eval", r"(?<![\w.$])eval\(", "evalIsForbidden(", 6),
)


def adapt(source: str, *, version: str) -> str:
    """Return the glue as workerd can load it.

    Raises:
        ToolError: a substitution does not apply as often as it does in the Pyodide release
            these were written for; `version` is named in the message.
    """
    for substitution in SUBSTITUTIONS:
        source, found = re.subn(
            substitution.pattern, substitution.replacement, source, flags=re.DOTALL
        )
        if found != substitution.count:
            raise ToolError(
                f"pyodide {version} cannot be adapted to workerd: found {found} places for "
                f"{substitution.name}, expected {substitution.count}. Pin the pyodide version in "
                "package.json that tools/runtime/glue.py was written for (314.0.6)."
            )
    return HEADER + source + FOOTER
