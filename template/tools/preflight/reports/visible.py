"""Text of unknown origin, made safe to print.

Names of files and lines of source can hold anything: escape sequences that rewrite a terminal,
marks that turn the direction of writing, bytes that are no text.
"""


def visible(text: str) -> str:
    """The text on one line, with whatever does not print written as an escape such as `\\x1b`."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def visible_lines(text: str) -> list[str]:
    """The same line by line, for messages that quote what another program printed."""
    return [visible(line.expandtabs()) for line in text.splitlines()] or [""]


def encodable(text: str) -> str:
    """The text with half surrogates, which stand for bytes that are no UTF-8, as escapes.

    JSON carries everything else as it is.
    """
    return text.encode("utf-8", "backslashreplace").decode()
