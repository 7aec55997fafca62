"""What Prometheus may read, and that nobody else may."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from django.utils import timezone
from model_bakery import baker
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from outbox.models import Mail
from storefront import urls
from storefront.metrics import collectors

pytestmark = pytest.mark.once

URL = "/metrics/"
TOKEN = "a-token-for-prometheus"
Samples = dict[tuple[str, ...], float]

handler500 = urls.handler500


def fail(request: HttpRequest) -> NoReturn:
    raise RuntimeError


urlpatterns = [*urls.urlpatterns, path("fail/", fail, name="fail")]


@pytest.fixture
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def read(client: Client, _token: None) -> Callable[[], Samples]:
    """Return every sample under its name and the values of its labels, by the labels' names."""

    def read() -> Samples:
        response = client.get(URL, HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain; version=")
        families = text_string_to_metric_families(response.content.decode())
        return {
            (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
            for family in families
            for sample in family.samples
        }

    return read


def counted(samples: Samples) -> Samples:
    """Leave out what the process tells of itself."""
    return {key: value for key, value in samples.items() if key[0].startswith("storefront_http")}


def test_there_is_nothing_without_a_token_of_the_shop(client: Client) -> None:
    for header in ("", "Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        assert client.get(URL, HTTP_AUTHORIZATION=header).status_code == 404


@pytest.mark.usefixtures("_token")
def test_nor_for_who_does_not_know_it(client: Client, subtests: pytest.Subtests) -> None:
    for header in [
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"JWT {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
    ] + ["Bearer é", "bearer é", f"Basic {TOKEN}"]:
        with subtests.test(header=header):
            response = client.get(URL, HTTP_AUTHORIZATION=header)
            assert response.status_code == 404
            assert response.content == client.get("/nothing/").content.replace(
                b"/nothing/", URL.encode()
            )


@pytest.mark.usefixtures("_token")
def test_the_scheme_may_have_any_case_of_letters(client: Client, db: None) -> None:
    for scheme in ("bearer", "BEARER ", " Bearer"):
        assert client.get(URL, HTTP_AUTHORIZATION=f"{scheme} {TOKEN}").status_code == 200


@pytest.mark.usefixtures("_token")
def test_staff_do_not_see_it_either(api_client: APIClient, sign_in: Callable) -> None:
    api_client.force_login(sign_in(is_staff=True, is_superuser=True))
    assert api_client.get(URL).status_code == 404


@pytest.mark.django_db
class TestRequests:
    @pytest.mark.urls(__name__)
    def test_are_counted_by_view_method_and_class_of_status(
        self, read: Callable[[], Samples], product: Any
    ) -> None:
        client = Client(raise_request_exception=False)
        asked = [
            ("get", f"/store/products/{product.pk}/", ("GET", "2xx", "product-detail")),
            ("get", "/store/products/99999/", ("GET", "4xx", "product-detail")),
            ("put", f"/store/products/{product.pk}/", ("PUT", "4xx", "product-detail")),
            ("get", "/nothing/5/", ("GET", "4xx", "none")),
            ("get", "/fail/", ("GET", "5xx", "fail")),
        ]
        before = read()
        for method, url, _ in asked:
            getattr(client, method)(url)
        after = read()
        for *_, labels in asked:
            key = ("storefront_http_requests_total", *labels)
            assert after[key] - before.get(key, 0) == 1
            timed = ("storefront_http_request_duration_seconds_count", labels[0], labels[2])
            assert after[timed] - before.get(timed, 0) >= 1

    def test_no_client_can_enlarge_the_labels(self, client: Client, read: Callable) -> None:
        client.get("/nothing/")
        client.generic("NONSENSE", "/nothing/")
        before = {key[:-1] for key in read()}
        for number in range(30):
            client.get(f"/nothing/{number}/?a={number}", HTTP_USER_AGENT=str(number))
            client.generic(f"NONSENSE{number}", "/nothing/")
        assert {key[:-1] for key in read()} == before

    def test_probes_are_not_counted(self, client: Client, read: Callable) -> None:
        before = counted(read())
        client.get("/health/live/")
        assert counted(read()) == before

    def test_names_follow_the_conventions(self, read: Callable) -> None:
        for name, *_ in read():
            if name.startswith("storefront"):
                assert re.fullmatch(
                    r"storefront_[a-z_]+(_total|_seconds_(bucket|count|sum)|_mails|_deliveries)",
                    name,
                )


@pytest.mark.django_db(transaction=True)
def test_orders_are_counted(api_client: APIClient, sign_in: Callable, read: Callable) -> None:
    sign_in()
    cart = baker.make("store.Cart")
    baker.make("store.CartItem", cart=cart, product__inventory=5, quantity=1)
    before = read()["storefront_orders_placed_total",]
    for status in (201, 200):
        response = api_client.post("/store/orders/", {"cart_id": cart.pk}, format="json")
        assert response.status_code == status
    assert read()["storefront_orders_placed_total",] == before + 1


@pytest.mark.django_db
class TestMails:
    def test_are_counted_by_state(self, read: Callable) -> None:
        now = timezone.now()
        later = now + timedelta(minutes=5)
        for due_at, sent_at, count in [
            (now, None, 1),
            (later, None, 2),
            (None, None, 3),
            (None, now, 4),
        ]:
            baker.make(Mail, count, due_at=due_at, sent_at=sent_at, recipient="a@example.com")
        name = "storefront_outbox_mails"
        counts = {key[1]: value for key, value in read().items() if key[0] == name}
        assert counts == {"due": 1, "waiting": 2, "given_up": 3, "sent": 4}

    def test_the_deliveries_of_webhooks_are_counted_by_state(self, read: Callable) -> None:
        now = timezone.now()
        off = baker.make("webhooks.Endpoint", is_on=False)
        for fields, count in [
            ({"due_at": now}, 1),
            ({"due_at": now, "endpoint": off}, 1),
            ({"due_at": now + timedelta(hours=1)}, 1),
            ({"due_at": None}, 3),
            ({"due_at": None, "delivered_at": now}, 4),
        ]:
            baker.make("webhooks.Delivery", count, **fields)
        name = "storefront_webhook_deliveries"
        counts = {key[1]: value for key, value in read().items() if key[0] == name}
        assert counts == {"due": 1, "waiting": 2, "given_up": 3, "delivered": 4}

    @pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
    def test_the_rest_is_there_without_the_database(
        self, read: Callable, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
    ) -> None:
        def refuse() -> NoReturn:
            raise error("a secret of the database")

        monkeypatch.setattr(collectors, "states_of_mails", refuse)
        names = {key[0] for key in read()}
        assert "storefront_orders_placed_total" in names
        assert "storefront_outbox_mails" not in names


def test_several_processes_are_added_up(tmp_path: Path) -> None:
    """As gunicorn's workers, each of which counts into files of its own."""
    code = """
import django, os
django.setup()
from django.test import Client
from django.db import DatabaseError
from storefront.metrics import collectors
client = Client(headers={"host": "localhost"})
for _ in range(2):
    client.get("/nothing/")
if os.fork() == 0:
    client.get("/nothing/")
    os._exit(0)
os.wait()
def refuse(): raise DatabaseError
collectors.states_of_mails = refuse
print(client.get("/metrics/", headers={"authorization": "Bearer t"}).text)
"""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=settings.BASE_DIR,
        env={
            "DJANGO_SETTINGS_MODULE": "storefront.settings.test",
            "METRICS_TOKEN": "t",
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    line = 'storefront_http_requests_total{method="GET",status="4xx",view="none"} 3.0'
    assert line in result.stdout.splitlines()
    assert len([name for name in os.listdir(tmp_path) if name.startswith("counter")]) == 2
