from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer


class PDFRenderer(BaseRenderer):
    """Names the media type of a view that draws its PDF by itself; what such a view refuses is JSON."""

    media_type = "application/pdf"
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(data or b"")
