"""What is given again before Django is what Django would give; all that is particular is Django's."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, NamedTuple

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError
from django.test.utils import override_script_prefix
from model_bakery import baker
from prometheus_client import REGISTRY

from store.models import Product, ProductImage
from store.views import visitor_reads
from storefront import quick_answers
from storefront.quick_answers import KEEPER, QuickAnswers, quickened

pytestmark = [pytest.mark.once, pytest.mark.django_db]

LIST = "/store/products/"
AN_ID = "8b0fcc2b-1f3c-4b0e-9a55-0f6f6a3f5d1c"


class Answer(NamedTuple):
    status: str
    headers: dict[str, str]
    body: bytes
    # Whether Django was asked.
    asked: bool


@pytest.fixture(autouse=True)
def memory(settings: Any) -> None:
    settings.STORE_CATALOG_MEMORY = 16


@pytest.fixture
def product() -> Any:
    product = baker.make("store.Product", title="Teapot", unit_price=10, inventory=3)
    ProductImage.objects.create(product=product, image="teapot.png")
    return product


@pytest.fixture
def ask(
    lasting_connection: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Answer]]:
    """Ask the application as a WSGI server does; the headers are without the id, if none was sent."""
    # The connection is the test's.
    monkeypatch.setattr(quick_answers, "close_old_connections", lambda: None)
    asked: list[dict[str, Any]] = []
    django = WSGIHandler()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        asked.append(environ)
        return django(environ, start_response)

    quick = QuickAnswers(application)

    def ask(path: str = LIST, method: str = "GET", *, past: bool = False, **sent: str) -> Answer:
        path, _, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "wsgi.input": BytesIO(),
            "wsgi.url_scheme": "http",
            **sent,
        }
        asked.clear()
        started: list[Any] = []
        server = application if past else quick
        response = server(environ, lambda status, headers: started.extend((status, headers)))
        body = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        status, headers = started
        assert len(dict(headers)) == len(headers)
        known = dict(headers)
        if "HTTP_X_REQUEST_ID" not in sent:
            assert known.pop("X-Request-ID")
        return Answer(status, known, body, bool(asked))

    # WSGI leaves the prefix of the last request to the thread.
    with override_script_prefix("/"):
        yield ask


class TestRefusals:
    @pytest.mark.parametrize(
        "sent",
        [
            {"HTTP_HOST": "elsewhere.example"},
            {"HTTP_AUTHORIZATION": "JWT nonsense"},
            {"HTTP_AUTHORIZATION": "bearer nonsense"},
            {"HTTP_AUTHORIZATION": "Basic x"},
            {"HTTP_ORIGIN": "https://front.example"},
            {"HTTP_COOKIE": "sessionid=abc"},
            {"HTTP_ACCEPT": "text/html"},
            {"HTTP_IF_MATCH": '"another"'},
            {"HTTP_IF_NONE_MATCH": '"one", "another"'},
            {"HTTP_IF_NONE_MATCH": "*"},
            {"HTTP_IF_MODIFIED_SINCE": "Thu, 26 Nov 2026 12:00:00 GMT"},
            {"HTTP_RANGE": "bytes=0-1"},
            {"REQUEST_METHOD": "OPTIONS"},
            {"QUERY_STRING": "format=api"},
            {"PATH_INFO": "/store/products/0/"},
            {"PATH_INFO": "/store/products"},
            {"PATH_INFO": "/store/products.xml"},
            {"wsgi.url_scheme": "https"},
            {"SCRIPT_NAME": "/shop"},
        ],
        ids=str,
    )
    def test_what_is_particular_is_asked_of_django(
        self, product: Any, ask: Callable[..., Answer], sent: dict[str, str]
    ) -> None:
        for _ in range(2):
            ask()
        expected, found = ask(past=True, **sent), ask(**sent)
        assert (found.asked, found.status) == (True, expected.status)
        # A page has a new token for its forms each time.
        if expected.headers.get("Content-Type", "").startswith("text/html"):
            assert found.headers["Content-Type"] == expected.headers["Content-Type"]
        else:
            assert found == expected

    def test_a_database_that_is_away_is_djangos_to_tell(
        self, product: Any, ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert [ask().asked for _ in range(2)] == [True, False]

        def fail(*args: Any) -> None:
            raise DatabaseError

        monkeypatch.setattr(visitor_reads, "catalog_state", fail)
        assert ask().asked

    @pytest.mark.parametrize("place", [0, -1])
    def test_a_shops_own_middleware_sees_each_request(self, settings: Any, place: int) -> None:
        def application(environ: Any, start_response: Any) -> Any:
            raise AssertionError

        around = settings.MIDDLEWARE[: settings.MIDDLEWARE.index(KEEPER)]
        assert isinstance(quickened(application), QuickAnswers)
        around.insert(place, "shop.middleware.Greeting")
        settings.MIDDLEWARE = [*around, KEEPER]
        assert quickened(application) is application
        settings.MIDDLEWARE = []
        assert quickened(application) is application


@pytest.mark.parametrize("path", [LIST, f"{LIST}?page_size=1", "{product}", "/store/collections/"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_second_is_as_the_first(
    product: Any, ask: Callable[..., Answer], path: str, method: str
) -> None:
    path = path.format(product=f"{LIST}{product.pk}/")
    first = ask(path, method)
    second = ask(path, method)
    assert (first.asked, second.asked) == (True, False)
    assert (second.status, second.headers) == (first.status, first.headers)
    # Of a HEAD Django's body is dropped by the server.
    assert second.body == (first.body if method == "GET" else b"")
    assert second.headers["Content-Length"] == str(len(first.body))
    assert second.headers["X-Content-Type-Options"] == "nosniff"


def test_what_has_not_changed_is_not_sent_again(product: Any, ask: Callable[..., Answer]) -> None:
    tag = ask().headers["ETag"]
    first, second = (ask(HTTP_IF_NONE_MATCH=tag) for _ in range(2))
    assert (first.asked, second.asked) == (True, False)
    assert second[:3] == first[:3]
    assert second.status == "304 Not Modified"
    # Whoever has another one gets all of it, as before.
    assert ask(HTTP_IF_NONE_MATCH='"another"').status == "200 OK"
    assert ask()[:3] == ask(past=True)[:3]


@pytest.mark.parametrize("change", [{"title": "Kettle"}, {"inventory": 0}, {"unit_price": 99}])
def test_a_change_is_seen_by_the_next(
    product: Any, ask: Callable[..., Answer], change: dict[str, Any]
) -> None:
    before = [ask() for _ in range(2)][-1]
    Product.objects.update(**change)
    tag = before.headers["ETag"]
    after = ask(HTTP_IF_NONE_MATCH=tag)
    assert (after.status, after.asked) == ("200 OK", True)
    assert after.headers["ETag"] != tag
    assert after[:3] == ask(past=True)[:3]


def test_a_read_with_a_suffix_has_links_of_its_own(ask: Callable[..., Answer]) -> None:
    collection = baker.make("store.Collection")
    baker.make("store.Product", 11, collection=collection, unit_price=10, inventory=3)
    for path in (LIST, "/store/products.json", "/store/products.json/"):
        first, again = ask(path), ask(path)
        assert (first.asked, again.asked) == (True, False)
        assert f'"next":"http://localhost{path}?page=2"'.encode() in again.body
        assert first.body == again.body == ask(path, past=True).body


def test_a_request_has_an_id_and_is_counted(product: Any, ask: Callable[..., Answer]) -> None:
    labels = {"view": "product-list", "method": "GET", "status": "2xx"}
    ask()
    before = REGISTRY.get_sample_value("storefront_http_requests_total", labels)
    answer = ask(HTTP_X_REQUEST_ID=AN_ID)
    assert (answer.asked, answer.headers["X-Request-ID"]) == (False, AN_ID)
    assert before is not None
    assert REGISTRY.get_sample_value("storefront_http_requests_total", labels) == before + 1
