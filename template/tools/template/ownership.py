"""Whose a file of the project is: the template's, its user's, or nobody's."""

# Merged by each update.
TEMPLATES = (
    "tools",
    ".github",
    "worker/entry.py",
    "wrangler.toml",
    "pyproject.toml",
    "package.json",
    "package-lock.json",
    ".gitignore",
)
# Written once, by the first copy.
USERS = ("backend/src", "src", "tests", "migrations", "README.md")
# Made from the others, each time anew.
GENERATED = ("uv.lock", "python_modules", "node_modules", ".venv", ".venv-workers", "build")


def is_templates(name: str) -> bool:
    """Whether the template owns the file of this name, relative to the project."""
    return is_below(name, TEMPLATES)


def why_not_templates(name: str) -> str:
    """Why a file is not the template's, as a sentence."""
    if is_below(name, USERS):
        return (
            f"{name} is yours: the template writes it once, and no update touches it. An older "
            "state is in git."
        )
    if is_below(name, GENERATED):
        return f"{name} is generated, and no part of the template. `uv run poe setup` makes it."
    if name == ".copier-answers.yml":
        return f"{name} is written by Copier. An older state is in git."
    return (
        f"{name} is no file of the template: it was here before, it is yours, or the answers leave "
        "it out."
    )


def is_below(name: str, places: tuple[str, ...]) -> bool:
    """Whether the name is one of these files, or lies in one of these folders."""
    return any(name == place or name.startswith(f"{place}/") for place in places)
