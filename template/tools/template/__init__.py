"""What this project has from its template: what was changed of it since, and what an update brings.

`python -m tools.template COMMAND`; see __main__.py. Copier renders and merges, git compares.
"""
