"""The menu of the admin: sections by job, with what the person may see."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


class Entry(NamedTuple):
    label: str
    url: str
    # The value of aria-current; empty for an entry that leads elsewhere.
    current: str = ""


class Section(NamedTuple):
    name: str
    entries: list[Entry]


def sections(request: HttpRequest, app_list: Iterable[Any]) -> list[Section]:
    """Return the sections that hold something for the person of a request."""
    lists = {
        model["model"]._meta.label: Entry(str(model["name"]), model["admin_url"])
        for app in app_list
        for model in app["models"]
        if model["admin_url"]
    }
    menu = {
        name: [*entries_of(request, items, lists)]
        for name, items in settings.ADMIN_SECTIONS.items()
    }
    menu.setdefault(settings.ADMIN_REST, []).extend(lists.values())
    url = current_url(request.path, [entry.url for entries in menu.values() for entry in entries])
    return [
        Section(
            name, [marked(entry, request.path) if entry.url == url else entry for entry in entries]
        )
        for name, entries in menu.items()
        if entries
    ]


def entries_of(request: Any, items: Iterable[Any], lists: dict[str, Entry]) -> Iterator[Entry]:
    """Yield what the items of a section lead to; a list that was taken is no longer among the rest."""
    for item in items:
        if isinstance(item, str):
            if entry := lists.pop(item, None):
                yield entry
        elif not item.permissions or any(map(request.user.has_perm, item.permissions)):
            try:
                yield Entry(item.label, reverse(item.url_name))
            except NoReverseMatch:
                continue


def current_url(path: str, urls: Iterable[str]) -> str:
    """Return the URL below which a path is; below that of the index are all, so it counts for itself only."""
    index = reverse("admin:index")
    above = [url for url in urls if path == url or (url != index and path.startswith(url))]
    return max(above, key=len, default="")


def marked(entry: Entry, path: str) -> Entry:
    return entry._replace(current="page" if entry.url == path else "true")
