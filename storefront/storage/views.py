from pathlib import Path
from stat import S_ISREG

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from .media import CACHE_CONTROL, OTHER_TYPE, picture_type

HEADERS = {
    "Cache-Control": CACHE_CONTROL,
    # Whatever a file turns out to be, it runs nothing and loads nothing.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    # Front-ends on other origins show the pictures.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send an uploaded file: a picture to look at, anything else only to save."""
    try:
        path = find(name)
        stat = path.stat()
        response = not_modified(request, int(stat.st_mtime)) or send(path)
    # Not there, out of bounds, too long, a NUL byte; or a storage that serves its files itself.
    except (OSError, ValueError, SuspiciousOperation, NotImplementedError) as error:
        raise Http404 from error
    response.headers["Last-Modified"] = http_date(int(stat.st_mtime))
    for header, value in HEADERS.items():
        response.headers[header] = value
    return response


def find(name: str) -> Path:
    """Return the path of a file inside the storage, wherever links lead, or raise an OSError."""
    root = Path(default_storage.path("")).resolve()
    path = Path(default_storage.path(name)).resolve(strict=True)
    is_file = S_ISREG(path.stat().st_mode) and not name.endswith("/")
    if not is_file or not path.is_relative_to(root):
        raise FileNotFoundError(name)
    return path


def not_modified(request: HttpRequest, modified: int) -> HttpResponseBase | None:
    response: HttpResponseBase | None = get_conditional_response(request, last_modified=modified)
    return response


def send(path: Path) -> FileResponse:
    content_type = picture_type(path.name)
    return FileResponse(
        path.open("rb"),
        as_attachment=content_type is None,
        content_type=content_type or OTHER_TYPE,
    )
