"""Whom to tell of a weakness: RFC 9116."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from storefront.paths.addresses import shop_address

# The RFC wants less than a year: whoever answers is asked of a shop that still runs.
VALID = timedelta(days=180)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    expires = datetime.combine(datetime.now(UTC).date() + VALID, time(tzinfo=UTC))
    lines = [
        *(f"Contact: {contact}" for contact in settings.SECURITY_CONTACT),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {shop_address(request.path, request)}",
    ]
    headers = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse(
        "\n".join([*lines, ""]), content_type="text/plain; charset=utf-8", headers=headers
    )
