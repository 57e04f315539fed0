"""Copier, which renders the template and merges a new version into a project."""

from pathlib import Path

import copier
from copier.errors import CopierError, UnsafeTemplateError

from tools.template.answers import Recorded
from tools.template.errors import NoTemplate
from tools.template.ownership import USERS
from tools.template.source import Source


def render(source: Source, recorded: Recorded, folder: Path) -> None:
    """Render the template's own files of the recorded version, with the recorded answers.

    No task is run.

    Raises:
        NoTemplate: Copier cannot render it.
    """
    try:
        copier.run_copy(
            str(source.folder),
            folder,
            data=dict(recorded.answers),
            vcs_ref=recorded.version,
            # They would take half of the time.
            exclude=[f"/{place}" for place in USERS],
            defaults=True,
            quiet=True,
            skip_tasks=True,
        )
    except (CopierError, ValueError) as error:
        raise NoTemplate(
            f"version {recorded.version} of the template cannot be rendered: {error}"
        ) from None


def update(project: Path, ref: str) -> None:
    """`copier update` to a version, with the recorded answers; conflicts get markers.

    Raises:
        NoTemplate: Copier cannot update to it.
    """
    try:
        copier.run_update(project, vcs_ref=ref, defaults=True, overwrite=True, quiet=True)
    except UnsafeTemplateError as error:
        raise NoTemplate(
            f"the update to {ref} runs code of the template, which only you can allow. Read its "
            f"migrations, then run `uvx copier update --trust` yourself. {error}"
        ) from None
    except (CopierError, ValueError) as error:
        raise NoTemplate(f"the template cannot be updated to {ref}: {error}") from None
