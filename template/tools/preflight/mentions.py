"""Names of files in string constants: which files a module's code seems to read."""

from collections.abc import Iterable

# No file system takes a longer name.
LONGEST = 255


def mentioned(sources: Iterable[bytes]) -> frozenset[str]:
    """What ends the string constants of some modules, from the last slash on.

    Code between two constants is among it as well; it is no name of a file.
    """
    names = set[bytes]()
    for source in sources:
        for text in source.replace(b'"', b"'").split(b"'"):
            name = text[text.rfind(b"/") + 1 :]
            if len(name) <= LONGEST:
                names.add(name)
    return frozenset(name.decode(errors="replace") for name in names)
