"""The one exception that the tools show to people without a traceback."""


class ToolError(Exception):
    """Something the user can put right; the message says what and how."""
