from typing import Any

from django.contrib import admin
from django.db import IntegrityError
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class UniqueKeyAdmin(admin.ModelAdmin):
    """A form that names the taken field also to the slower one of two people."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            # By now the other row is there, for the form to see.
            response: HttpResponseBase = super().changeform_view(request, *args, **kwargs)
            return response
