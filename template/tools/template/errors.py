"""Why the template cannot be compared with the project; the exit status says whose doing it is."""

from tools.runtime.errors import ToolError


class TemplateError(ToolError):
    """Shown to people without a traceback; the program ends with `status`."""

    status = 1


class NotPossible(TemplateError):
    """The project, or what was asked for, does not allow it."""

    status = 2


class NoTemplate(TemplateError):
    """The template cannot be had, or not in the version that is needed."""

    status = 3
