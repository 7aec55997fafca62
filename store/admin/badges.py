from django.utils.html import format_html
from django.utils.safestring import SafeString


def badge(kind: str, text: str, title: str = "") -> SafeString:
    """Return a word on a coloured ground: of the kind ok, warn, bad or idle."""
    return format_html('<span class="badge badge-{}" title="{}">{}</span>', kind, title, text)
