"""The safe repairs of configuration files, by code of the finding that asks for one.

subject, draft     what a repair looks at; a file with the edits made so far
edits              changes in terms of settings: add, remove, set, drop
toml_text          the same on the text of a TOML file, and
json_text          on that of a wrangler.jsonc; comments, order and quoting stay
everything else    the repairs, a module for each part of the configuration
"""
