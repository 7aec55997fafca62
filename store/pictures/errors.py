class UnreadablePicture(ValueError):
    """The content is no picture that the shop takes, is broken, or unpacks to too much."""


class Malformed(ValueError):
    """The file is not built as its format says, or cannot be rewritten without its pixels."""
