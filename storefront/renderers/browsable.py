"""The API in a browser: names that people read, and a form wherever something can be asked."""

import re
from typing import Any

from django.template.loader import render_to_string
from django.utils.text import camel_case_to_spaces
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request
from rest_framework.serializers import Serializer

# The last part of the address of a row: a number or a UUID, of which the beginning tells enough.
KEY = re.compile(r"/(\d+(?=/)|[0-9a-f]{8}(?=[0-9a-f-]{24,28}/))[0-9a-f-]*/\Z", re.IGNORECASE)
# Fields by which people know a row.
TITLES = ("title", "label", "username", "name")


def view_name(view: Any) -> str:
    """Name a view: by its own `name`, or by what its class is for, as "Cart items" or "Cart item"."""
    if name := getattr(view, "name", None):
        return str(name)
    stem = re.sub(r"(View|ViewSet)\Z", "", type(view).__name__)
    words = camel_case_to_spaces(stem).capitalize()
    return plural(words) if getattr(view, "suffix", None) == "List" else words


def plural(words: str) -> str:
    return f"{words}es" if words.endswith("s") else f"{words}s"


class BrowsableRenderer(BrowsableAPIRenderer):
    accepted_media_type: str
    renderer_context: dict[str, Any]

    def get_breadcrumbs(self, request: Request) -> list[tuple[str, str]]:
        """Return names and addresses of the pages above, where each row is told from others by its key."""
        crumbs = super().get_breadcrumbs(request)
        return [(named(name, address), address) for name, address in crumbs]

    def get_name(self, view: Any) -> str:
        """Return what the page is, with the title of the row that it shows."""
        name = named(super().get_name(view), view.request.path)
        shown = self.renderer_context["response"].data
        row = shown if view.request.method != "DELETE" and isinstance(shown, dict) else {}
        is_row = KEY.search(view.request.path)
        title = next((row[field] for field in TITLES if is_row and row.get(field)), None)
        return f"{name}: {title}" if title else name

    def get_filter_form(self, data: Any, view: Any, request: Request) -> str | None:
        """Return the form of what an address takes as parameters, whether it answers with a list or with counts."""
        query: Any = getattr(view, "query_class", Serializer)(data=request.query_params)
        if not query.fields:
            # Counts are narrowed by what narrows a list.
            rows = [] if getattr(view, "counts_list", False) else data
            return super().get_filter_form(rows, view, request)
        query.is_valid()
        style = {"style": {"template_pack": "rest_framework/vertical"}}
        form = self.form_renderer_class().render(query.data, self.accepted_media_type, style)
        elements = [render_to_string("rest_framework/filters/query.html", {"form": form})]
        return render_to_string(self.filter_template, {"elements": elements})


def named(name: str, address: str) -> str:
    key = KEY.search(address)
    return f"{name} {key[1]}" if key else name
