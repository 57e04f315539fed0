"""The exceptions that the tools show to people without a traceback."""


class ToolError(Exception):
    """Something the user can put right; the message says what and how."""


class CommandError(ToolError):
    """A command failed; `output` is what it printed, the message ends with it."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(f"{message}\n{output}")
        self.output = output
