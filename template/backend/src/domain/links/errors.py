"""What can go wrong with links, in the words of the domain."""


class LinkError(Exception):
    """Any refusal by the domain; the message is fit to show to the caller."""


class InvalidSlug(LinkError):
    """The text cannot be the slug of a link."""


class InvalidTargetUrl(LinkError):
    """The text cannot be the target of a link."""


class SlugTaken(LinkError):
    def __init__(self) -> None:
        super().__init__("Another link has this slug.")


class LinkNotFound(LinkError):
    def __init__(self) -> None:
        super().__init__("There is no link with this slug.")
