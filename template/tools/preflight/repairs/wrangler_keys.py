"""Flags, rules and dead settings of the wrangler config."""

from collections.abc import Iterator
from typing import Any

from tools.preflight.checks.wiring import LOCAL_FLAGS, RULE_TYPES
from tools.preflight.finding import Finding
from tools.preflight.repairs.draft import Draft, NotRepaired
from tools.preflight.repairs.edits import Add, Drop, Edit, KeyPath, Remove, exists, look_up
from tools.preflight.repairs.subject import Subject

# What former versions of wrangler read from [build.upload], or people write there.
DEAD_UPLOAD_KEYS = {"format", "dir", "main", "include", "exclude"}


def add_python_flag(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    after = next(
        (key for key in ("compatibility_date", "main") if key in subject.config.values), None
    )
    flags = subject.key("compatibility_flags")
    yield subject.config, Add(flags, "python_workers", after if len(flags) == 1 else None)


def remove_local_flags(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    flags = subject.key("compatibility_flags")
    for flag in LOCAL_FLAGS:
        yield subject.config, Remove(flags, flag)


def drop_python_rules(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    """wrangler rejects these rules and adds `**/*.py` by itself, so they go without a loss."""
    rules = subject.key("rules")
    rejected = [rule for rule in _at(subject, rules) or [] if rule.get("type") not in RULE_TYPES]
    for rule in rejected:
        if all(str(glob).endswith(".py") for glob in rule.get("globs", [])):
            yield subject.config, Remove(rules, rule)
        else:
            raise NotRepaired(
                f"a rule of type {rule.get('type')!r} names files that are not Python: give it one "
                f"of the types {', '.join(RULE_TYPES)}"
            )


def drop_dead_upload(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    upload = tuple(finding.target.split("."))
    if upload[-2:] != ("build", "upload"):
        return
    keys = _at(subject, upload)
    if not isinstance(keys, dict) or {key for key in keys if keys[key]} - DEAD_UPLOAD_KEYS:
        raise NotRepaired(
            "build.upload holds more than what old versions of wrangler read: move what is still "
            "meant, such as rules, to the top level and delete the rest"
        )
    yield subject.config, Drop(upload)


def drop_python_path(subject: Subject, finding: Finding) -> Iterator[tuple[Draft, Edit]]:
    if finding.place.path == subject.config.file.name:
        yield subject.config, Drop(subject.key("vars", "PYTHONPATH"))


def _at(subject: Subject, path: KeyPath) -> Any:
    values = subject.config.values
    return look_up(values, path) if exists(values, path) else None
