class TagsChanged(Exception):
    """One of the tags was renamed, merged or deleted since somebody looked at them."""
