import io
import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from storefront.errors.exceptions import RequestTooLarge


class JSONParser(parsers.JSONParser):
    """JSON of bounded size and depth, in text that can be stored and sent back."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestTooLarge
        try:
            data = super().parse(io.BytesIO(body), media_type, parser_context)
            # Only an escape can bring in a lone surrogate, which no database or response can encode.
            if b"\\u" in body:
                json.dumps(data, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply.") from error
        except UnicodeEncodeError as error:
            raise ParseError("JSON parse error - lone surrogate.") from error
        return data
