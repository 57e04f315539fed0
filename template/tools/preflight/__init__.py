"""The bundle check: is what wrangler would upload what the source tree holds, and will it start?

`python -m tools.preflight --help` shows the options. It looks at the body of the upload itself:

wiring        the project's configuration files, read before anything is bundled
settings      `[tool.preflight]`: budgets and ignores
bundle        an upload with the project it was made from
layout        what `import` finds in the upload
facts         what a module imports and defines
resolution    which modules an import statement loads, or why it fails
start_order   what the Worker imports when it starts
stdlib        what the runtime brings along and what it lacks
checks        the families of checks, each yielding findings
finding       the record that every check returns; `codes` lists the codes, `pages` explain them
ignores       findings left out for a reason
inspection    runs all checks on one project
reports       text, JSON, GitHub annotations, SARIF, Markdown and an HTML page
fix           repairs what is safe, by way of `repairs`
runtime_proof starts the upload on the local runtime
"""
