"""The checks, a module for each family of codes; every one takes a bundle and yields findings.

wiring        PF0xx and PF7xx that need nothing but the project's files
presence      PF1xx  each module of the tree is in the upload, as it is in the tree
  entry              the entry is the right module and handles something
  copies             each module is there once
  shadowing          each is found under its name, and nobody else's
  dropped_data       files that code reads are there too
imports       PF2xx  every import resolves on the Worker
  syntax             the Worker's Python can parse each module
  unusable           nothing is called that always fails there
  search_path        nothing relies on a changed `sys.path`
strays        PF3xx  nothing else is uploaded
  secrets            least of all a secret in the text of a file
size          PF4xx  the platform's limit and the project's own budget
wheel         PF5xx  the wheel could take over: it carries the same code
architecture  PF6xx  the layers, and chains of imports too deep for the runtime
platform      PF7xx  vendored packages and code fit the Worker's runtime
"""
