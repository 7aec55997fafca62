import json
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, IntegrityError
from django.http import HttpRequest
from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.test import APIClient

from store.models import Product
from storefront import urls

PRODUCTS = "/store/products/"
PROBLEM = "application/problem+json"
NO_CREDENTIALS = "Authentication credentials were not provided."
TEN_MEGABYTES = b"x" * 10 * 1024 * 1024

handler500 = urls.handler500

pytestmark = pytest.mark.django_db


def fail(request: HttpRequest) -> NoReturn:
    raise RuntimeError("a secret of the server")


@api_view(["GET"])
def fail_in_the_api(request: Request) -> NoReturn:
    raise RuntimeError("a secret of the server")


@api_view(["GET"])
def lose_a_race(request: Request) -> NoReturn:
    raise IntegrityError("a secret of the database")


@api_view(["GET"])
def overflow(request: Request) -> NoReturn:
    raise DataError("a secret of the database")


@api_view(["GET"])
def lose_a_row(request: Request) -> NoReturn:
    raise Product.DoesNotExist


@api_view(["GET"])
def suspect(request: Request) -> NoReturn:
    raise SuspiciousOperation("a secret of the server")


urlpatterns = [
    *urls.urlpatterns,
    path("fail/", fail),
    path("fail_in_the_api/", fail_in_the_api),
    path("lose_a_race/", lose_a_race),
    path("lose_a_row/", lose_a_row),
    path("overflow/", overflow),
    path("suspect/", suspect),
]


class TestProblemDetails:
    @pytest.mark.parametrize("accept", [PROBLEM, f"application/json, {PROBLEM};q=0.9"])
    @pytest.mark.parametrize(
        ("method", "url", "body", "problem"),
        [
            (
                "get",
                "/store/carts/",
                None,
                (405, "Method Not Allowed", 'Method "GET" not allowed.'),
            ),
            ("get", "/store/nothing/", None, (404, "Not Found", "Not found.")),
            ("get", "/store/products/?page=0", None, (404, "Not Found", "Invalid page.")),
            ("post", PRODUCTS, "{}", (401, "Unauthorized", NO_CREDENTIALS)),
            (
                "post",
                "/store/carts/",
                "{",
                (
                    400,
                    "Bad Request",
                    "JSON parse error - Expecting property name enclosed in double quotes: "
                    "line 1 column 2 (char 1)",
                ),
            ),
        ],
    )
    def test_say_what_the_plain_body_says(
        self, api_client: APIClient, accept: str, method: str, url: str, body: Any, problem: tuple
    ) -> None:
        status, title, detail = problem
        response = api_client.generic(
            method.upper(), url, body or "", content_type="application/json", HTTP_ACCEPT=accept
        )
        assert response.status_code == status
        assert response["Content-Type"] == PROBLEM
        assert json.loads(response.content) == {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
        }

    def test_carry_the_fields_of_a_bad_request(self, api_client: APIClient) -> None:
        response = api_client.post("/auth/jwt/create/", {}, HTTP_ACCEPT=PROBLEM)
        assert response.status_code == 400
        required = ["This field is required."]
        assert json.loads(response.content) == {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "detail": "The request has errors in its fields.",
            "errors": {"username": required, "password": required},
        }

    def test_carry_the_code_of_a_refusal(self, api_client: APIClient, product: Product) -> None:
        cart = api_client.post("/store/carts/", {}).json()["id"]
        body = {"product_id": 0, "quantity": 1}
        url = f"/store/carts/{cart}/items/"
        plain = api_client.post(url, body)
        problem = api_client.post(url, body, HTTP_ACCEPT=PROBLEM)
        errors = {"product_id": ["No product with the given ID was found."]}
        assert plain.json() == {**errors, "code": "product_not_found"}
        assert json.loads(problem.content)["code"] == "product_not_found"
        assert json.loads(problem.content)["errors"] == errors

    def test_success_stays_json(self, api_client: APIClient) -> None:
        response = api_client.get(PRODUCTS, HTTP_ACCEPT=PROBLEM)
        assert response.status_code == 200
        assert response["Content-Type"] == "application/json"


class TestStatuses:
    def test_405_names_the_allowed_methods(self, api_client: APIClient) -> None:
        response = api_client.get("/store/carts/")
        assert response.status_code == 405
        assert response.json() == {"detail": 'Method "GET" not allowed.'}
        assert response["Allow"] == "POST, OPTIONS"

    def test_415_names_the_media_type(self, api_client: APIClient) -> None:
        response = api_client.post("/store/carts/", "x", content_type="text/plain")
        assert response.status_code == 415
        assert response.json() == {"detail": 'Unsupported media type "text/plain" in request.'}

    def test_406_where_nothing_acceptable_is_there(self, api_client: APIClient) -> None:
        response = api_client.get(PRODUCTS, HTTP_ACCEPT="application/xml")
        assert response.status_code == 406
        assert response.json() == {"detail": "Could not satisfy the request Accept header."}

    def test_an_unknown_url_of_the_api_is_a_404_in_json(
        self, api_client: APIClient, subtests: pytest.Subtests
    ) -> None:
        for url in ["/store/nothing/", "/auth/nothing/", "/tags/x/", "/likes/x/"]:
            with subtests.test(url=url):
                response = api_client.get(url)
                assert (response.status_code, response.json()) == (404, {"detail": "Not found."})

    def test_a_get_without_the_slash_is_redirected(
        self, api_client: APIClient, subtests: pytest.Subtests
    ) -> None:
        for url in ["/store/products", "/auth/users/me", "/tags/items", "/likes"]:
            with subtests.test(url=url):
                response = api_client.get(f"{url}?page=2")
                assert response.status_code == 301
                assert response["Location"] == f"{url}/?page=2"

    def test_a_method_override_header_overrides_nothing(
        self, api_client: APIClient, sign_in: Callable, product: Product
    ) -> None:
        sign_in(is_staff=True)
        url = f"/store/products/{product.pk}/"
        response = api_client.get(url, HTTP_X_HTTP_METHOD_OVERRIDE="DELETE")
        assert response.status_code == 200
        assert Product.objects.filter(pk=product.pk).exists()

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("application/json", b'{"title": "' + TEN_MEGABYTES + b'"}'),
            ("application/x-www-form-urlencoded", b"title=" + TEN_MEGABYTES),
            (
                "multipart/form-data; boundary=b",
                b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n'
                + TEN_MEGABYTES
                + b"\r\n--b--\r\n",
            ),
        ],
    )
    def test_ten_megabytes_are_refused(
        self, api_client: APIClient, authenticate: Callable, content_type: str, body: bytes
    ) -> None:
        authenticate(is_staff=True)
        response = api_client.post("/store/collections/", body, content_type=content_type)
        assert response.status_code == 413
        assert response.json() == {"detail": "The request is too large."}


@pytest.mark.urls(__name__)
class TestUnexpected:
    @pytest.fixture
    def client(self) -> APIClient:
        return APIClient(raise_request_exception=False)

    @pytest.mark.parametrize("url", ["/fail/", "/fail_in_the_api/"])
    def test_an_error_of_the_server_is_json_to_a_client(
        self, client: APIClient, url: str, subtests: pytest.Subtests
    ) -> None:
        for accept in ["application/json", "*/*", PROBLEM]:
            with subtests.test(accept=accept):
                response = client.get(url, HTTP_ACCEPT=accept)
                assert response.status_code == 500
                assert json.loads(response.content)["detail"] == "A server error occurred."
                problem = accept == PROBLEM
                assert response["Content-Type"] == (PROBLEM if problem else "application/json")
                assert b"secret" not in response.content

    def test_and_a_page_to_a_browser(self, client: APIClient) -> None:
        response = client.get("/fail/", HTTP_ACCEPT="text/html,*/*;q=0.8")
        assert response.status_code == 500
        assert response["Content-Type"].startswith("text/html")
        assert b"secret" not in response.content

    @pytest.mark.parametrize(
        ("url", "status", "body"),
        [
            (
                "/lose_a_race/",
                409,
                {"detail": "The request conflicts with the state of the shop; read it again."},
            ),
            (
                "/overflow/",
                400,
                {
                    "detail": "A value is out of range or too long; nothing was changed.",
                    "code": "value_does_not_fit",
                },
            ),
            ("/lose_a_row/", 404, {"detail": "Not found."}),
            ("/suspect/", 400, {"detail": "The request is malformed."}),
        ],
    )
    def test_what_the_database_refuses_is_no_error_of_the_server(
        self, api_client: APIClient, url: str, status: int, body: dict[str, str]
    ) -> None:
        response = api_client.get(url)
        assert (response.status_code, response.json()) == (status, body)
