"""What a browser makes of a page with a form."""

from html.parser import HTMLParser
from typing import Any

from django.contrib.messages import get_messages


class FormReader(HTMLParser):
    """Collects what a browser would send from the form of an admin page."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.enctype = ""
        self.fields: dict[str, list[str]] = {}
        self.is_inside = False
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        name, value = found.get("name") or "", found.get("value")
        if tag == "form":
            self.is_inside = found.get("id") == self.form_id
            if self.is_inside:
                self.enctype = found.get("enctype") or ""
        elif not self.is_inside:
            return
        elif tag == "input":
            self.read_input(name, value, found)
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in found:
            self.put(self.select, value or "")
        elif tag == "textarea":
            self.textarea = name
            self.put(name, "")

    def read_input(self, name: str, value: str | None, found: dict[str, str | None]) -> None:
        kind = found.get("type")
        is_off = kind in ("checkbox", "radio") and "checked" not in found
        if name and kind not in ("submit", "file", "button") and not is_off:
            self.put(name, "on" if value is None and kind == "checkbox" else value or "")

    def handle_data(self, data: str) -> None:
        if self.textarea:
            # The first line break belongs to the mark-up; the others travel as CR LF.
            before = self.fields[self.textarea][-1].replace("\r\n", "\n")
            text = data.replace("\r\n", "\n").replace("\r", "\n")
            self.fields[self.textarea][-1] = (
                (before + text).removeprefix("\n").replace("\n", "\r\n")
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.textarea = ""
        elif tag == "form":
            self.is_inside = False

    def put(self, name: str, value: str) -> None:
        if "__prefix__" not in name:
            self.fields.setdefault(name, []).append(value)


def form_in(page: Any, form_id: str) -> FormReader:
    reader = FormReader(form_id)
    reader.feed(page.content.decode())
    assert reader.fields, f"The page has no form {form_id}."
    return reader


class Tab:
    """A browser's tab with a form of the admin: what it shows, what is typed, and what comes of Save."""

    def __init__(self, client: Any, address: str, form_id: str) -> None:
        self.client, self.address, self.form_id = client, address, form_id
        self.show(client.get(address))

    def show(self, page: Any) -> None:
        self.page = page
        self.enctype = form_in(page, self.form_id).enctype
        self.fields: dict[str, Any] = {**form_in(page, self.form_id).fields}

    def save(self, button: str = "_save", **typed: Any) -> Any:
        """Send the form; return the response, and go on from the form where it is shown again."""
        self.fields |= typed
        page = self.client.post(self.address, {**self.fields, button: "Save"})
        if page.status_code == 200:
            self.show(page)
        return page

    @property
    def errors(self) -> list[str]:
        assert self.page.status_code == 200
        return [error for errors in self.page.context["errors"] for error in errors]


def warnings_in(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]
