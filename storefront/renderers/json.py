from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import orjson
from rest_framework import renderers

# Moments go to the encoder of Django REST framework, whose form of them is the API's.
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME
# Digits before the point, up to which a float names each hundredth.
FLOAT_DIGITS = 13


def exact(encode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what writes a Decimal as the number that it is, and leaves all else to an encoder."""

    def default(value: Any) -> Any:
        if not isinstance(value, Decimal):
            return encode(value)
        # The greatest amounts have more digits than a float.
        return float(value) if value.adjusted() < FLOAT_DIGITS else orjson.Fragment(f"{value:f}")

    return default


class JSONRenderer(renderers.JSONRenderer):
    """JSON by orjson; what it does not write, such as indented JSON, is left to the standard library."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None or self.get_indent(accepted_media_type or "", renderer_context or {}):
            return super().render(data, accepted_media_type, renderer_context)
        try:
            body = orjson.dumps(data, exact(self.encoder_class().default), OPTIONS)
        except orjson.JSONEncodeError:
            return super().render(data, accepted_media_type, renderer_context)
        # JavaScript's line breaks, which no string of its older versions may hold.
        return body.replace(b"\xe2\x80\xa8", b"\\u2028").replace(b"\xe2\x80\xa9", b"\\u2029")
