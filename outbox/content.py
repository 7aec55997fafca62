from typing import Any, NamedTuple

from django.template.loader import get_template


class Content(NamedTuple):
    subject: str
    text: str
    html: str = ""


def render(template_name: str, context: dict[str, Any]) -> Content:
    """Render the blocks subject, text_body and html_body of a template that extends outbox/mail.html."""
    template = get_template(template_name)
    subject, text, html = (
        template.render({**context, "part": part}).strip() for part in ("subject", "text", "html")
    )
    # A template may break its line anywhere; a header has none.
    return Content(" ".join(subject.split()), text + "\n", html)
