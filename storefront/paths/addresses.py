from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest


def shop_address(path: str, request: HttpRequest) -> str:
    """Return the whole address of a path, for what leaves the request: by the settings, not by its Host.

    Only in development, which has no SHOP_URL, by where the shop is asked.
    """
    if settings.SHOP_URL:
        return urljoin(settings.SHOP_URL, path)
    return request.build_absolute_uri(path)
