"""The laboratory: each approach to the `src` namespace, on a real local Workers runtime.

service       the service that each approach is tried on, as existing repositories lay it out
approaches    what each approach changes in it, and what was claimed of it
observation   what is asked of a tried approach, and how that is judged
laboratory    tries one: dry run, preflight, deployment, edit
guide         docs/strategies.md, from what was observed

`python -m strategies` tries them all and writes the guide; `make strategies` is what to run.
"""
