class UnreadableSheet(ValueError):
    """A file is no sheet that the shop reads; says why, in words for its person."""
