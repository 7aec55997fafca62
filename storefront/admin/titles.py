"""What pages are called: a list by what it lists, a row by its name."""

from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst


class TitledAdmin(ModelAdmin):
    """Titles that speak; the site puts it before every admin."""

    def changelist_view(self, request: Any, extra_context: Any = None) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        # Django calls it "Change order", and says which one below.
        if context.get("subtitle"):
            context |= {"title": context["subtitle"], "subtitle": None}
        return super().render_change_form(request, context, *args, **kwargs)
