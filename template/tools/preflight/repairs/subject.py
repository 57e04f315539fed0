"""What a repair looks at: a project with its findings, and the files it may change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools.preflight.bundle import Bundle
from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.repairs.draft import Draft
from tools.preflight.repairs.edits import Edit, KeyPath, exists
from tools.preflight.wiring import Wiring

PYPROJECT = "pyproject.toml"


@dataclass
class Subject:
    """`config` and `pyproject` hold the repairs made so far, `wiring` what was read at first."""

    inspection: Inspection
    wiring: Wiring
    config: Draft
    pyproject: Draft | None

    @property
    def bundle(self) -> Bundle | None:
        """None when wrangler refused to make one."""
        return self.inspection.bundle

    def key(self, *keys: str) -> KeyPath:
        """The path of a setting of the wrangler config: in the environment if that has it."""
        env = self.wiring.env
        in_env = ("env", env or "", *keys)
        return in_env if env and exists(self.config.values, in_env[:3]) else keys

    def change(self, draft: Draft, edit: Edit) -> bool:
        """Make an edit of one of the two files; whether it changed something."""
        is_config = draft.file == self.config.file
        # A repair may have taken the draft before its last edit.
        latest = self.config if is_config else self.pyproject or draft
        edited = latest.edited(edit)
        if is_config:
            self.config = edited
        else:
            self.pyproject = edited
        return edited is not latest


# Yields each change with the file that is to be changed. Raises NotRepaired.
Repair = Callable[[Subject, Finding], Iterator[tuple[Draft, Edit]]]
