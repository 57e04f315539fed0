"""What Copier recorded in the project: which template, which version of it, which answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tools.template.errors import NotPossible

FILE = ".copier-answers.yml"


@dataclass(frozen=True)
class Recorded:
    """`source` is the template as Copier was given it, `version` a tag or `git describe`."""

    source: str
    version: str
    answers: Mapping[str, Any]


def read(root: Path) -> Recorded:
    """The record of the project in `root`.

    Raises:
        NotPossible: there is none, or it does not say what the template is.
    """
    file = root / FILE
    try:
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotPossible(
            f"{file} does not exist, so nobody knows what this project was made from. Run this in "
            "the folder of the project, or get the file back: `git log -- .copier-answers.yml`."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise NotPossible(f"{file} cannot be read: {error}. {_again()}") from None
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        place = file if line is None else f"{file}:{line + 1}"
        problem = getattr(error, "problem", None) or "it is not YAML"
        raise NotPossible(f"{place}: {problem}. {_again()}") from None
    if not isinstance(values, dict):
        raise NotPossible(f"{file} holds no answers. {_again()}")
    for key in ("_src_path", "_commit"):
        # YAML reads a version such as 1.0 as a number.
        if not isinstance(values.get(key), str | int | float) or not str(values[key]):
            raise NotPossible(
                f"{file} has no {key}: the template was no git repository when it was copied, or "
                f"the line was lost. {_again()}"
            )
    return Recorded(
        str(values["_src_path"]),
        str(values["_commit"]),
        {key: value for key, value in values.items() if not key.startswith("_")},
    )


def _again() -> str:
    return f"Get the file back from git (`git checkout {FILE}`), or run `uvx copier recopy`."
