"""One id for a request: in every response, in its lines and in the tasks it queues."""

import logging
from types import SimpleNamespace
from typing import Any, NoReturn
from uuid import UUID, uuid4

import pytest
from celery import shared_task
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path

from storefront import urls
from storefront.logs import request_ids

handler500 = urls.handler500


@shared_task
def say() -> None:
    logging.getLogger("core").warning("In the task")


def queue(request: HttpRequest) -> HttpResponse:
    say.delay()
    logging.getLogger("core").warning("After it")
    return HttpResponse()


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(request_ids.request_id.get() for _ in range(2))


def fail(request: HttpRequest) -> NoReturn:
    raise RuntimeError


urlpatterns = [
    *urls.urlpatterns,
    path("queue/", queue),
    path("stream/", stream),
    path("fail/", fail),
]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def ids(caplog: pytest.LogCaptureFixture) -> Any:
    """Tell the ids of the lines that were logged."""
    caplog.handler.addFilter(request_ids.RequestIdFilter())
    return lambda: [record.__dict__["request_id"] for record in caplog.records]


@pytest.mark.parametrize(
    ("request_", "status", "says"),
    [
        ({"path": "/health/live/"}, 200, False),
        ({"path": "/nothing/"}, 404, True),
        ({"path": "/store/nothing/"}, 404, True),
        ({"path": "/fail/"}, 500, True),
        ({"path": "/queue/", "HTTP_HOST": "evil.example.com"}, 400, False),
        ({"path": "/store/products"}, 301, False),
        ({"path": "/store/customers/me/"}, 401, True),
    ],
)
def test_every_answer_names_its_id_and_so_do_its_lines(
    client: Client, ids: Any, request_: dict[str, Any], status: int, says: bool
) -> None:
    response = client.get(**request_)
    assert response.status_code == status
    given = response["X-Request-ID"]
    assert str(UUID(given)) == given
    assert set(ids()) == ({given} if says else set())


def test_the_answer_to_a_preflight_too(client: Client, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example.com"]
    response = client.options(
        "/store/products/",
        HTTP_ORIGIN="https://shop.example.com",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
    )
    assert response["Access-Control-Allow-Origin"] == "https://shop.example.com"
    assert UUID(response["X-Request-ID"])


def test_the_id_of_the_caller_is_kept(client: Client) -> None:
    given = str(uuid4())
    for text in (given, given.upper(), given.replace("-", "")):
        assert client.get("/health/live/", HTTP_X_REQUEST_ID=text)["X-Request-ID"] == given


def test_what_is_no_id_is_replaced(client: Client, subtests: pytest.Subtests) -> None:
    for text in ["", "5", "x\r\nSet-Cookie: a=b", "x" * 10_000, "' OR 1=1"]:
        with subtests.test(text=text):
            assert UUID(client.get("/health/live/", HTTP_X_REQUEST_ID=text)["X-Request-ID"])


def test_each_request_has_its_own_and_nothing_is_left(client: Client) -> None:
    responses = [client.get("/health/live/")["X-Request-ID"] for _ in range(3)]
    assert len(set(responses)) == 3
    assert request_ids.request_id.get() == request_ids.NO_REQUEST


def test_it_lasts_as_long_as_the_body_streams(client: Client) -> None:
    response = client.get("/stream/")
    # The test client closes a stream at its end.
    assert b"".join(response).decode() == 2 * response["X-Request-ID"]
    assert request_ids.request_id.get() == request_ids.NO_REQUEST


class TestTasks:
    def test_one_in_the_process_keeps_the_id_of_the_request(self, client: Client, ids: Any) -> None:
        given = client.get("/queue/")["X-Request-ID"]
        assert len(ids()) >= 2
        assert set(ids()) == {given}

    def run(self, headers: dict[str, Any], task_id: str = "task-id") -> str:
        task = SimpleNamespace(request=SimpleNamespace(get=headers.get, id=task_id))
        request_ids.restore_request_id(task)
        inside = request_ids.request_id.get()
        request_ids.clear_task_request_id(task)
        assert request_ids.request_id.get() == request_ids.NO_REQUEST
        return inside

    def test_a_message_carries_it_to_the_worker(self) -> None:
        headers: dict[str, Any] = {}
        request_ids.request_id.set("an-id")
        request_ids.add_request_id(headers)
        request_ids.request_id.set(request_ids.NO_REQUEST)
        assert self.run(headers) == "an-id"

    def test_a_retry_keeps_the_first(self) -> None:
        headers = {request_ids.TASK_HEADER: "an-id"}
        request_ids.add_request_id(headers)
        assert self.run(headers) == "an-id"

    def test_what_beat_starts_goes_by_the_id_of_the_task(self) -> None:
        headers: dict[str, Any] = {}
        request_ids.add_request_id(headers)
        assert self.run(headers) == "task-id"
