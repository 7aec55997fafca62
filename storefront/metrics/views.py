from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from core.credentials import Authorization

from .collectors import registry


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer the numbers to who sends METRICS_TOKEN; to everybody else there is nothing here."""
    given = Authorization.of(request.headers.get("Authorization", ""))
    is_bearer = given.scheme == "bearer" and settings.METRICS_TOKEN
    if not is_bearer or not constant_time_compare(" ".join(given.words), settings.METRICS_TOKEN):
        raise Http404
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)
