"""Answers to visitors that the process keeps, given again before Django has made a request of one."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from http.client import responses
from itertools import takewhile
from time import perf_counter
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest, get_path_info, get_script_name
from django.db import close_old_connections
from django.http import HttpResponseNotModified

from store.views.answers import Answer, AnswerResponse
from store.views.catalog_memory import CatalogMemory, current_memory
from store.views.visitor_reads import answer_in, still_holds
from storefront.logs.formatters import REQUEST_ID_HEADER
from storefront.logs.request_ids import id_for
from storefront.metrics.counters import count_request

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]

KEEPER = "store.middleware.KeptAnswersMiddleware"
# Those around the keeper that treat all alike who send no origin and no condition but an ETag: their
# headers may be given again. One that is not named here, such as a shop's own, is asked each time.
IMPARTIAL = {
    "storefront.logs.request_ids.RequestIdMiddleware",
    "storefront.health.middleware.ProbeMiddleware",
    "storefront.metrics.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "storefront.caches.middleware.CacheControlMiddleware",
}
PARTICULAR = {
    "HTTP_ORIGIN",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
}
OK, NOT_MODIFIED = 200, 304


class Glimpse(WSGIRequest):
    """As much of a request as it takes to find what is kept for it."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.environ = self.META = environ
        self.method = environ["REQUEST_METHOD"]
        path = get_path_info(environ).replace("/", "", 1)
        self.path = f"{get_script_name(environ).rstrip('/')}/{path}"


class Given(NamedTuple):
    """An answer as somebody had it before."""

    answer: Answer
    status: int
    headers: list[tuple[str, str]]


class QuickAnswers:
    """Gives what the application has answered before, while the database says that it holds."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        started = perf_counter()
        if not PARTICULAR.isdisjoint(environ):
            return self.application(environ, start_response)
        glimpse = Glimpse(environ)
        given = given_before(glimpse)
        if given is None:
            response = self.application(environ, start_response)
            remember(glimpse, response)
            return response
        answer, status, headers = given
        request_id = (REQUEST_ID_HEADER, id_for(glimpse))
        start_response(f"{status} {responses[status]}", [*headers, request_id])
        assert answer.match is not None
        view = answer.match.view_name
        count_request(view, glimpse.method, status, perf_counter() - started)
        return [answer.body] if status == OK and glimpse.method == "GET" else []


def given_before(glimpse: Glimpse) -> Given | None:
    """Return how a request of its kind was answered before, if that still holds."""
    memory = current_memory.memory
    answer = known_answer(memory, glimpse)
    if memory is None or answer is None:
        return None
    condition = glimpse.META.get("HTTP_IF_NONE_MATCH")
    # What else a condition may say is Django's to read.
    if condition not in (None, answer.headers["ETag"]):
        return None
    status = OK if condition is None else NOT_MODIFIED
    headers = answer.sent.get(status)
    if headers is None:
        return None
    # As Django does when a request begins: a connection has its age, and may have broken.
    close_old_connections()
    return Given(answer, status, headers) if still_holds(memory, answer) else None


def remember(glimpse: Glimpse, response: Any) -> None:
    """Keep the headers of a response to a visitor beside the answer that it gave, if that is kept."""
    if not isinstance(response, AnswerResponse | HttpResponseNotModified):
        return
    answer = known_answer(current_memory.memory, glimpse)
    # Equal tags are equal bodies.
    if answer and response.headers.get("ETag") == answer.headers["ETag"] and not response.cookies:
        answer.sent[response.status_code] = [
            header(name, value) for name, value in response.items() if name != REQUEST_ID_HEADER
        ]


@lru_cache(maxsize=1000)
def header(name: str, value: str) -> tuple[str, str]:
    """Return the one pair for all answers that have it, which is most of their headers."""
    return name, value


def known_answer(memory: CatalogMemory | None, glimpse: Glimpse) -> Answer | None:
    # Django says what is wrong with a host.
    with suppress(DisallowedHost):
        return answer_in(memory, glimpse)
    return None


def quickened(application: Application) -> Application:
    """Return the application with quick answers, where all that surrounds the keeper is impartial."""
    around = list(takewhile(lambda name: name != KEEPER, settings.MIDDLEWARE))
    is_kept = KEEPER in settings.MIDDLEWARE
    return QuickAnswers(application) if is_kept and IMPARTIAL.issuperset(around) else application
