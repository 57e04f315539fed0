"""Measures a rendered project against the official tools; `python -m bench` is what to run.

projects      renders and sets up what is measured
processes     starts, times and ends the servers; nothing waits for ever
sides         our command, `wrangler dev` and `pywrangler dev`
starts        command to first answer, warm and cold; where that time goes
edits         save to new answer
uploads       start of a deployed upload, by delivery and size; KiB uploaded
layers        the layered service against one file, through `wrangler dev`
bare_workerd  the same with `workerd bench`: no proxy, no HTTP client
upkeep        `copier copy`, `copier update`, `poe setup`
results       what a measurement yields
report        docs/performance.md and its picture
"""
