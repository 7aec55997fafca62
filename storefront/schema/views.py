from typing import Any

from django.conf import settings
from drf_spectacular import renderers
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from .documents import document


def sends_bytes(renderer: type[Any]) -> type[Any]:
    """Return the renderer, which leaves alone what is rendered; a refusal is not."""

    def render(self: Any, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return data if isinstance(data, bytes) else renderer.render(self, data, *args, **kwargs)

    return type(renderer.__name__, (renderer,), {"render": render})


class SchemaView(SpectacularAPIView):
    """OpenAPI document of the API, as JSON or YAML."""

    renderer_classes = [
        sends_bytes(renderer)
        for renderer in (
            renderers.OpenApiYamlRenderer,
            renderers.OpenApiYamlRenderer2,
            renderers.OpenApiJsonRenderer,
            renderers.OpenApiJsonRenderer2,
        )
    ]

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        format_name = request.accepted_renderer.format
        content, etag = document(format_name)
        name = f"{spectacular_settings.TITLE}.{format_name}"
        headers = {
            "Content-Disposition": f'inline; filename="{name}"',
            "ETag": etag,
            "Cache-Control": "public, no-cache",
        }
        return Response(content, headers=headers)


class DocsView(SpectacularSwaggerSplitView):
    """The document for people; its script is a file of its own, as the page's policy asks."""

    url_name = "schema"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)
        if settings.SEED_KNOWN_PASSWORDS:
            # Nowhere else are there any.
            accounts = {"accounts": settings.DEMO_ACCOUNTS, "password": settings.DEMO_PASSWORD}
            response.data.update(accounts)
        return response
