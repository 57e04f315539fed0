"""What a runner of GitHub Actions reads in the log of a step."""

import re


def commands(report: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands that a runner finds in a log: name, properties, message."""
    found_commands = []
    stopped: str | None = None
    for line in map(str.strip, report.split("\n")):
        if stopped:
            if line == f"::{stopped}::":
                stopped = None
            continue
        assert "##[" not in line or line.startswith("::")
        if not (command := re.match(r"::([\w-]+)(?: ([^:]*))?::(.*)$", line)):
            continue
        name, properties, message = command.groups()
        if name == "stop-commands":
            stopped = message
            continue
        pairs = (pair.split("=", 1) for pair in (properties or "").split(","))
        decoded = {key: unescaped(value, "\r\n:,%") for key, value in pairs}
        found_commands.append((name, decoded, unescaped(message, "\r\n%")))
    assert stopped is None
    return found_commands


def unescaped(value: str, marks: str) -> str:
    for mark in marks:
        value = value.replace(f"%{ord(mark):02X}", mark)
    return value
