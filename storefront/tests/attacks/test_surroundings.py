"""Attacks by way of the server, its settings and its partners: items 7 to 10 of OWASP's API Security Top 10 (2023)."""

import json
import re
import socket
import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from model_bakery import baker
from rest_framework.test import APIClient

from store.gateways.development import SIGNATURE
from store.gateways.signatures import sign
from store.models import Order, Payment

from ..conftest import PRODUCTION, Start
from ..routes import CANNOT_WORK, ROUTES, WRITES

pytestmark = pytest.mark.django_db

METADATA = "http://169.254.169.254/latest/meta-data/"
WEBHOOK = "/store/payments/webhook/"


class TestServerSideRequestForgery:
    """API7:2023: no address that a client sends is ever opened."""

    def test_no_request_leads_the_server_elsewhere(
        self, api_client: APIClient, world: dict[str, Any], monkeypatch: Any, subtests: Any
    ) -> None:
        asked: list[Any] = []

        def look_up(host: Any, *rest: Any, **named: Any) -> Any:
            asked.append(host)
            raise OSError

        def connect(self: socket.socket, address: Any) -> None:
            asked.append(address)
            raise OSError

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        monkeypatch.setattr(socket.socket, "connect", connect)
        api_client.force_authenticate(get_user_model().objects.get(pk=world["user"]))
        for method, path in WRITES:
            body = dict.fromkeys(ROUTES[path][method] or {}, METADATA)
            with subtests.test(request=f"{method} {path}"):
                url = path.format(**world)
                extra = {"return_url": METADATA, "cancel_url": METADATA, "image": METADATA, **body}
                response = getattr(api_client, method)(url, extra, format="json")
                assert response.status_code < 500
        reached = [each for each in asked if "169.254" in str(each)]
        assert reached == []


class TestSecurityMisconfiguration:
    """API8:2023."""

    def test_production_is_closed_and_has_no_developers_tools(self, start: Start) -> None:
        closed = "SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SECURE_SSL_REDIRECT, not DEBUG"
        tools = "{'debug_toolbar', 'silk'}.isdisjoint(INSTALLED_APPS)"
        shown = start("prod", f"[{closed}, {tools}]", **PRODUCTION)
        assert json.loads(shown.stdout) == [True] * 5

    @pytest.mark.parametrize("path", ["/store/products/", "/auth/users/me/", "/nowhere/", "/"])
    def test_every_response_forbids_framing_and_sniffing(self, client: Client, path: str) -> None:
        response = client.get(path)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "Server" not in response.headers
        assert "X-Powered-By" not in response.headers

    @pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG", "PROPFIND"])
    def test_other_methods_are_refused(self, client: Client, method: str) -> None:
        assert client.generic(method, "/store/products/").status_code in (401, 405)

    def test_another_origin_reads_nothing_with_cookies(self, client: Client) -> None:
        response = client.get("/auth/users/me/", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Access-Control-Allow-Credentials" not in response.headers

    def test_a_forged_host_is_refused(self, client: Client) -> None:
        assert client.get("/store/products/", headers={"Host": "evil.example"}).status_code == 400

    @pytest.mark.parametrize(
        "path",
        [
            *["/.env", "/.git/config", "/manage.py", "/db.sqlite3", "/static/../manage.py"],
            *["/media/../db.sqlite3", "/media/%2e%2e/db.sqlite3", "/media/..%2f..%2fetc/passwd"],
            "/static/%2e%2e/%2e%2e/etc/passwd",
        ],
    )
    def test_no_file_of_the_server_is_served(self, client: Client, path: str) -> None:
        assert client.get(path).status_code in (400, 404)

    @pytest.mark.parametrize(
        "body",
        [
            b'{"username": {"$gt": ""}, "password": {"$gt": ""}}',
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
            b'{"username": "\' OR 1=1 --", "password": "\' OR \'1\'=\'1"}',
            b"\x80\x04\x95cposix\nsystem\n.",
        ],
    )
    def test_no_body_is_more_than_data(self, client: Client, body: bytes) -> None:
        response = client.post("/auth/jwt/create/", body, content_type="application/json")
        assert response.status_code in (400, 401)
        assert "root:" not in response.content.decode()


class TestImproperInventoryManagement:
    """API9:2023."""

    def test_the_document_names_every_endpoint_and_no_other(self) -> None:
        documented = {plain(path) for path in SchemaGenerator().get_schema(public=True)["paths"]}
        served = {
            plain(path)
            for path in api_paths(get_resolver().url_patterns)
            if path.startswith(("auth/", "store/", "tags/", "likes/"))
        }
        # Roots, which list the others, the page of a gateway that takes no money, and what cannot work here.
        unlisted = {path for path in served - documented if "development" not in path}
        cannot_work = {path for _, path in CANNOT_WORK}
        assert unlisted - {"/store/", "/auth/", "/store/reports/"} == cannot_work
        assert documented - served == set()

    @pytest.mark.parametrize("path", ["/__debug__/", "/silk/", "/api/v1/", "/graphql/", "/debug/"])
    def test_nothing_else_answers(self, client: Client, path: str) -> None:
        assert client.get(path).status_code == 404

    def test_the_gateway_of_developers_is_no_part_of_a_shop(
        self, client: Client, settings: Any
    ) -> None:
        payment = baker.make(Payment, gateway="development", amount=10)
        settings.STORE_PAYMENT_GATEWAY = ""
        page = f"/store/payments/development/{payment.key}/"
        assert client.get(page).status_code == 404
        assert client.post(page, {"outcome": "succeed"}).status_code == 404


def plain(path: str) -> str:
    """Return a path with nameless parameters, and a slash before it."""
    return "/" + re.sub(r"\{[^}]*\}|<[^>]*>", "{}", path).lstrip("/")


def api_paths(patterns: list[URLPattern | URLResolver], start: str = "") -> list[str]:
    found: list[str] = []
    for each in patterns:
        path = start + str(each.pattern)
        found += api_paths(each.url_patterns, path) if isinstance(each, URLResolver) else [path]
    return [path for path in found if "format" not in path]


class TestUnsafeConsumptionOfApis:
    """API10:2023: what the gateway tells is checked like what a stranger says."""

    @pytest.fixture
    def payment(self, customer: Any, product: Any) -> Payment:
        order = baker.make(Order, customer=customer)
        baker.make(
            "store.OrderItem", order=order, product=product, quantity=1, unit_price=10, tax=1
        )
        return baker.make(Payment, order=order, gateway="development", amount=11, reference="dev_1")

    def deliver(self, client: Client, secret: str | None = None, **fields: Any) -> int:
        body = json.dumps(fields).encode()
        signature = sign(body, secret or settings.STORE_PAYMENT_WEBHOOK_SECRET)
        header = {SIGNATURE: signature}
        response = client.post(WEBHOOK, body, content_type="application/json", headers=header)
        return response.status_code

    def test_a_forged_event_pays_nothing(self, client: Client, payment: Payment) -> None:
        event = {"id": "e1", "kind": "succeeded", "key": str(payment.key), "amount": "11.00"}
        assert self.deliver(client, secret="guessed-secret-of-16+", **event) == 400
        assert client.post(WEBHOOK, event, content_type="application/json").status_code == 400
        assert Order.objects.get().payment_status == "P"

    @pytest.mark.parametrize("amount", ["0.01", "10.99", "-11.00", "1e9", "NaN", "11.000", ""])
    def test_a_wrong_amount_pays_nothing(
        self, client: Client, payment: Payment, amount: str
    ) -> None:
        event = {"id": "e1", "kind": "succeeded", "key": str(payment.key), "amount": amount}
        assert self.deliver(client, **event) < 500
        assert Order.objects.get().payment_status == "P"

    def test_an_event_of_another_kind_of_thing_is_no_error(
        self, client: Client, payment: Payment
    ) -> None:
        event = {"kind": "succeeded", "key": str(payment.key), "amount": "11.00"}
        for wrong in ({"id": ["e"]}, {"id": {"a": 1}}, {"id": "e", "key": "x"}, {"id": "e\x00"}):
            assert self.deliver(client, **{**event, **wrong}) < 500
        assert Order.objects.get().payment_status == "P"

    def test_an_old_delivery_is_refused(self, client: Client, payment: Payment) -> None:
        event = {"id": "e1", "kind": "succeeded", "key": str(payment.key), "amount": "11.00"}
        body = json.dumps(event).encode()
        signature = sign(body, settings.STORE_PAYMENT_WEBHOOK_SECRET, at=time.time() - 3600)
        response = client.post(
            WEBHOOK, body, content_type="application/json", headers={SIGNATURE: signature}
        )
        assert response.status_code == 400
        assert Order.objects.get().payment_status == "P"
