"""What users do to a project between two updates, each kind drawn at random."""

import ast
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from projects import CHOICES, Answers, run
from updates.ownership import TEMPLATES, YOURS, files_of

# What the project cannot be served without.
NEEDED = (
    "wrangler.toml",
    "pyproject.toml",
    "package.json",
    "package-lock.json",
    "worker/",
    "tools/runtime/",
)

# Python and TOML take these in a comment; git and Copier must not take them for anything.
TEXTS = [
    "plain words",
    "Größe, naïve, 日本語, 🙂",
    "{{ jinja }} {% if %} {# no #}",
    "@@ -1,3 +1,4 @@",
    "--- a/wrangler.toml",
    "diff --git a/pyproject.toml b/pyproject.toml",
    "<<<<<<< HEAD",
    "a 'quote', a \"quote\", a \\ and a $HOME",
    "a tab\tand blanks at the end   ",
    "a no-break space\u00a0and a line separator \u2028",
]
CONTENTS = [
    b"no line break at the end",
    b"",
    bytes(range(256)),
    "Größe in Latin-1\n".encode("latin-1"),
    b"several\r\nline\nends\r\n",
    b"\n\n\n",
]


@dataclass
class Work:
    """A user at work on a project that was rendered with `answers`.

    `coming` are the files that the next version brings. What they answer anew is put into `data`.
    """

    project: Path
    answers: Answers
    coming: list[str]
    random: Random
    data: Answers = field(default_factory=dict)

    def some(
        self, owned: tuple[str, ...], *, less: tuple[str, ...] = (), most: int = 3
    ) -> list[str]:
        """A few of the files that are named here; none when there are none."""
        names = files_of(self.project, owned, less=less)
        return self.random.sample(names, min(len(names), self.random.randint(1, most)))

    def write_into(self, name: str) -> None:
        """Put a line of the user's somewhere into a file, and rewrite one of its comments."""
        file = self.project / name
        text = _read(file)
        if file.suffix == ".json":
            mine = f'  "mine": {json.dumps(self._text(), ensure_ascii=False)},'
            _write(file, text.replace("\n", f"\n{mine}\n", 1))
            return
        mark = "--" if file.suffix == ".sql" else "#"
        lines = text.split("\n")
        comments = [at for at, line in enumerate(lines) if line.startswith(f"{mark} ")]
        if comments:
            at = self.random.choice(comments)
            rewritten = [*lines[:at], f"{mark} {self._text()}", *lines[at + 1 :]]
            lines = rewritten if _parses(file, rewritten) else lines
        for at in [*self.random.sample(range(len(lines)), min(5, len(lines))), 0]:
            added = [*lines[:at], f"{mark} {self._text()}", *lines[at:]]
            # In an f-string it would be code.
            if _parses(file, added):
                break
        _write(file, "\n".join(added))

    def _text(self) -> str:
        return f"{self.random.choice(TEXTS)} {self.random.randrange(10**6)}"


def edit_what_is_theirs(work: Work) -> None:
    for name in work.some(YOURS):
        work.write_into(name)


def edit_what_is_the_templates(work: Work) -> None:
    some = {work.random.choice(["wrangler.toml", "pyproject.toml"]), *work.some(TEMPLATES)}
    for name in sorted(some):
        if (work.project / name).exists():
            work.write_into(name)


def delete(work: Work) -> None:
    for name in work.some(("tests/", "README.md")) + work.some(TEMPLATES, less=NEEDED):
        (work.project / name).unlink()


def rename(work: Work) -> None:
    for name in work.some(("tests/",)) + work.some(TEMPLATES, less=NEEDED):
        file = work.project / name
        file.rename(file.with_name(f"renamed_{file.name}"))


def add_files(work: Work) -> None:
    folders = [
        "",
        "backend/src/domain/links/",
        "tests/unit/",
        "migrations/",
        "tools/",
        "docs of ours/",
    ]
    for folder in work.random.sample(folders, 3):
        suffix = work.random.choice([".txt", ".bin", " größe.csv"])
        file = work.project / f"{folder}mine{suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(work.random.choice(CONTENTS))
    # The same file is added on both sides.
    for name in work.random.sample(work.coming, min(len(work.coming), 1)):
        file = work.project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, "# A file of the user's, where the next version has one.\n")


def add_a_dependency(work: Work) -> None:
    pyproject = work.project / "pyproject.toml"
    opening = work.random.choice(["\ndependencies = [", "\ndev = ["])
    _write(pyproject, _read(pyproject).replace(opening, f'{opening}\n    "idna~=3.10",'))


def reformat(work: Work) -> None:
    config = work.project / "ruff.of.the.user.toml"
    length = work.random.choice([60, 79, 120])
    config.write_text(f'line-length = {length}\n[format]\nquote-style = "single"\n')
    folders = [name for name in ("tools", "worker", "backend") if (work.project / name).exists()]
    run(
        work.project,
        *(sys.executable, "-m", "ruff", "format", "--no-cache", "--quiet"),
        *("--config", config.name, *folders),
    )
    config.unlink()
    package = work.project / "package.json"
    _write(package, json.dumps(json.loads(_read(package)), indent=4, ensure_ascii=False))


def turn_into_crlf(work: Work) -> None:
    some = {"wrangler.toml", *work.some(TEMPLATES, most=2), *work.some(YOURS, most=1)}
    for name in sorted(some):
        file = work.project / name
        content = file.read_bytes().replace(b"\r\n", b"\n")
        file.write_bytes(content.replace(b"\n", b"\r\n"))


def answer_anew(work: Work) -> None:
    """Change an answer on the way; not one that takes a file away that the user has edited."""
    others = [each for each in CHOICES["delivery"] if each != work.answers["delivery"]]
    work.data["delivery"] = work.random.choice(others)
    if work.answers["ci"] == "none":
        work.data["ci"] = work.random.choice(CHOICES["ci"])


def nothing(work: Work) -> None:
    """The user has not touched the project."""


KINDS: dict[str, Callable[[Work], None]] = {
    "edit-theirs": edit_what_is_theirs,
    "edit-templates": edit_what_is_the_templates,
    "delete": delete,
    "rename": rename,
    "add": add_files,
    "dependency": add_a_dependency,
    "reformat": reformat,
    "crlf": turn_into_crlf,
    "answer": answer_anew,
    "nothing": nothing,
}


def _parses(file: Path, lines: list[str]) -> bool:
    """Whether Python takes the file with these lines; true for what is not Python."""
    try:
        if file.suffix == ".py":
            ast.parse("\n".join(lines))
    except SyntaxError:
        return False
    return True


def _read(file: Path) -> str:
    """A text with its line ends as they are."""
    return file.read_bytes().decode(errors="surrogateescape")


def _write(file: Path, text: str) -> None:
    file.write_bytes(text.encode(errors="surrogateescape"))
