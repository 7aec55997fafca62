from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from .checks import REQUIRED, failures


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Answer that the process is up; touches nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer whether the process can serve: 503 without the database, `degraded` without the rest."""
    failed = failures()
    if REQUIRED & set(failed):
        return JsonResponse({"status": "unavailable", "failed": failed}, status=503)
    if failed:
        return JsonResponse({"status": "degraded", "failed": failed})
    return JsonResponse({"status": "ok"})
