"""What a repair looks at: a project with its findings, and the files it may change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.preflight.bundle import Bundle
from tools.preflight.finding import Finding
from tools.preflight.inspection import Inspection
from tools.preflight.repairs.draft import Draft
from tools.preflight.repairs.edits import Edit, KeyPath, Write, exists
from tools.preflight.wiring import Wiring

PYPROJECT = "pyproject.toml"


@dataclass
class Subject:
    """`drafts` hold the repairs made so far, `wiring` and `inspection` what was found at first."""

    inspection: Inspection
    wiring: Wiring
    drafts: dict[Path, Draft] = field(default_factory=dict)

    @property
    def config(self) -> Draft:
        return self._draft(self.wiring.config.file)

    @property
    def pyproject(self) -> Draft | None:
        return self.file(PYPROJECT)

    def file(self, name: str) -> Draft | None:
        """A file of the project, None when it is not there."""
        path = self.wiring.root / name
        return self._draft(path) if path.is_file() else None

    def _draft(self, path: Path) -> Draft:
        if path not in self.drafts:
            self.drafts[path] = Draft.of(path)
        return self.drafts[path]

    @property
    def bundle(self) -> Bundle | None:
        """None when wrangler refused to make one."""
        return self.inspection.bundle

    def key(self, *keys: str) -> KeyPath:
        """The path of a setting of the wrangler config: in the environment if that has it."""
        env = self.wiring.env
        in_env = ("env", env or "", *keys)
        return in_env if env and exists(self.config.values, in_env[:3]) else keys

    def change(self, draft: Draft, edit: Edit | Write) -> bool:
        """Make an edit of one of the files; whether it changed something."""
        # A repair may have taken the draft before its last edit.
        latest = self.drafts.get(draft.file, draft)
        self.drafts[draft.file] = edited = latest.edited(edit)
        return edited is not latest


# Yields each change with the file that is to be changed. Raises NotRepaired.
Repair = Callable[[Subject, Finding], Iterator[tuple[Draft, Edit]]]
