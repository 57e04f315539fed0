"""Pack the npm package `pyodide` into the bundle file that workerd loads.

workerd checks released bundles against hashes built into it and fetches them from a host that
a closed network does not reach. Its development version is read from a folder instead and is
not checked; the flags for that are in `server.py`.
"""

import json
from pathlib import Path

from tools.runtime.glue import adapt

FILE_NAME = "pyodide_dev.capnp.bin"
SCHEMA = Path(__file__).with_name("bundle.capnp")


def build(pyodide: Path, destination: Path) -> None:
    """Write the bundle made of the npm package in `pyodide` to the file `destination`.

    Raises:
        ToolError: this Pyodide release cannot be adapted.
    """
    # Imported here: only the build needs it, and it takes longer than starting a server.
    import capnp

    version = json.loads((pyodide / "package.json").read_text())["version"]
    glue = adapt((pyodide / "pyodide.asm.mjs").read_text(), version=version)
    contents = {
        "pyodide.asm": {"src": glue.encode()},
        "pyodide.asm.wasm": {"wasm": (pyodide / "pyodide.asm.wasm").read_bytes()},
        "python_stdlib.zip": {"data": (pyodide / "python_stdlib.zip").read_bytes()},
    }
    schema = capnp.load(str(SCHEMA))
    message = schema.Bundle.new_message(
        modules=[
            {"name": f"pyodideRuntime-internal:{name}", "type": "internal", **body}
            for name, body in contents.items()
        ]
    )
    with destination.open("wb") as file:
        message.write(file)
