"""The exceptions that the tools show to people without a traceback."""

import errno
import shutil

# The disk is full, or does not let itself be written.
REFUSALS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}


class ToolError(Exception):
    """Something the user can put right; the message says what and how."""


class CommandError(ToolError):
    """A command failed; `output` is what it printed, the message ends with it."""

    def __init__(self, message: str, output: str) -> None:
        super().__init__(f"{message}\n{output}")
        self.output = output


def refusal(error: OSError) -> str | None:
    """What the disk refused, and what to do; None when the error is of another kind."""
    if isinstance(error, shutil.Error):
        # Of a tree there is one for each file.
        reason = str(error.args[0][0][-1])
    elif error.errno in REFUSALS:
        reason = str(error)
    else:
        return None
    return (
        f"{reason}. Make room, or allow writing there, and run this again: it goes on from there."
    )
