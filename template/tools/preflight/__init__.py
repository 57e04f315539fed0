"""The bundle check: is what wrangler would upload what the source tree holds, and nothing else?

`python -m tools.preflight --help` shows the options. It looks at the body of the upload itself:

project      the source tree, the wiring and the settings
finding      the record that every check returns
presence     each module of `src` is in the upload once, as it is in the tree
strays       nothing else is in it, least of all secrets
size         the platform's limit and the project's own budget
wheel        the wheel could take over: it carries the same `src`
composition  what the upload is made of
inspection   runs all of them on one upload
report       prints the result, as text or as JSON
"""
