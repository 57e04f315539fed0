"""A real Workers runtime on this machine, made from PyPI and npm packages alone.

`python -m tools.runtime --help` lists the commands; docs of each step are in its module:

project     what is where, and what the wrangler config says
config      reads that config, in each of its formats
lines       tells which line of it sets what
shape       tells what in it is of the wrong kind
node        Node.js and wrangler from the project's own locked packages
vendor      python_modules: the Worker's dependencies for the Worker's Python
glue        adapts Pyodide's JavaScript to workerd
bundle      packs Pyodide into the bundle file that workerd loads
snapshot    starts Python from its memory after the third-party imports
start       starts a service with its snapshot, or without
changes     notices what needs a new start
cache       what all projects on this machine share
supervisor  ends a server with whoever started it
server      starts `wrangler dev` and makes sure that it ends
upload      reads the body that `wrangler deploy` would send
deployment  serves such an upload, with its bindings
wheel       the wheel that carries the same `src`
"""
