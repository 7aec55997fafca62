"""The Content-Security-Policy of each page for people, and that the pages work under it in a browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from environs import Env
from model_bakery import baker
from rest_framework.test import APIClient
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from storefront.settings.security import media_origins

from .browsing import sign_in, wait_for, wait_until

pytestmark = pytest.mark.once

HEADER = "Content-Security-Policy"
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
PAGES = [
    *("/", "/api/docs/", "/admin/", "/admin/login/", "/api-auth/login/"),
    *("/store/products/", "/store/", "/nowhere/", "/auth/users/me/"),
]
HTML = {"Accept": "text/html"}
TEMPLATES = [
    path
    for app in (
        "core",
        "outbox",
        "store",
        "storefront",
        "store_custom",
        "tags",
        "likes",
        "webhooks",
    )
    for path in Path(settings.BASE_DIR, app, "templates").rglob("*.html")
    if "mail" not in path.parts and path.stem != "mail"
]


def directives(header: str) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in header.split(";")]
    return {name: sources for name, _, sources in parts}


@pytest.mark.django_db
class TestHeader:
    @pytest.mark.parametrize("path", PAGES)
    def test_is_on_every_page(self, client: Client, path: str) -> None:
        assert directives(client.get(path, headers=HTML)[HEADER]) == POLICY

    def test_is_on_a_refused_form(self) -> None:
        response = Client(enforce_csrf_checks=True).post("/admin/login/", headers=HTML)
        assert response.status_code == 403
        assert "The form was not sent" in response.text
        assert directives(response[HEADER]) == POLICY

    @pytest.mark.parametrize("path", ["/store/products/", "/health/live/", "/api/schema/"])
    def test_is_not_on_what_is_no_page(self, api_client: APIClient, path: str) -> None:
        assert HEADER not in api_client.get(path)

    @pytest.mark.parametrize(
        ("variables", "media_url", "origins"),
        [
            ({}, "/media/", []),
            ({}, "https://cdn.example.com/m/", ["https://cdn.example.com"]),
            (
                {"AWS_STORAGE_BUCKET_NAME": "b", "AWS_S3_CUSTOM_DOMAIN": "cdn.example.com/x"},
                "/media/",
                ["https://cdn.example.com"],
            ),
            (
                {
                    "AWS_STORAGE_BUCKET_NAME": "b",
                    "AWS_S3_ENDPOINT_URL": "https://s3.example.com/",
                },
                "/media/",
                ["https://s3.example.com", "https://b.s3.example.com"],
            ),
        ],
    )
    def test_names_where_pictures_are(
        self,
        monkeypatch: pytest.MonkeyPatch,
        variables: dict[str, str],
        media_url: str,
        origins: list[str],
    ) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert media_origins(Env(), media_url) == origins


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_a_script_or_style_in_it(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\bon\w+=\"|javascript:", text)
    scripts = re.findall(r"<script([^>]*)>", text)
    assert all("src=" in attributes or "json" in attributes for attributes in scripts)


@pytest.mark.chromium
class TestInChromium:
    @pytest.fixture
    def complaints(self, browser: Chrome) -> Callable[[], list[str]]:
        browser.get_log("browser")
        return lambda: [
            entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"
        ]

    def test_a_script_of_somebody_else_is_not_run(
        self, browser: Chrome, live_server: Any, complaints: Callable[[], list[str]]
    ) -> None:
        browser.get(live_server.url)
        browser.execute_script(
            "const script = document.createElement('script'); script.text = 'window.attacked = 1';"
            "document.body.append(script)"
        )
        assert browser.execute_script("return window.attacked") is None
        [complaint] = complaints()
        assert "Content Security Policy" in complaint

    def test_the_admin_works_under_it(
        self,
        browser: Chrome,
        live_server: Any,
        admin_user: Any,
        complaints: Callable[[], list[str]],
    ) -> None:
        product = baker.make("store.Product", title="Lamp", unit_price=10, inventory=5)
        order = baker.make("store.Order", customer=admin_user.customer)
        baker.make("store.OrderItem", order=order, product=product, quantity=1, unit_price=10)
        sign_in(browser, live_server.url, admin_user)
        for path in [
            *("", "store/product/", f"store/product/{product.pk}/change/", "store/product/add/"),
            *(
                "store/order/",
                f"store/order/{order.pk}/change/",
                "core/user/",
                "store/promotion/add/",
            ),
            *(f"core/user/{admin_user.pk}/change/", f"store/product/{product.pk}/delete/"),
            *("reports/", "reports/sales/?period=30-days"),
        ]:
            browser.get(f"{live_server.url}/admin/{path}")
            wait_for(browser, "#content")
            assert (path, complaints()) == (path, [])

    def test_staff_log_out_of_the_browsable_api(
        self,
        browser: Chrome,
        live_server: Any,
        admin_user: Any,
        complaints: Callable[[], list[str]],
    ) -> None:
        sign_in(browser, live_server.url, admin_user)
        browser.get(f"{live_server.url}/store/collections/")
        browser.find_element(By.CSS_SELECTOR, ".dropdown-toggle").click()
        wait_for(browser, "#logoutForm button").click()
        wait_until(browser, lambda b: b.find_elements(By.LINK_TEXT, "Log in"))
        assert browser.current_url == f"{live_server.url}/store/collections/"
        assert complaints() == []

    def test_a_payment_is_tried_on_the_page_of_the_development_gateway(
        self, browser: Chrome, live_server: Any, complaints: Callable[[], list[str]]
    ) -> None:
        payment = baker.make("store.Payment", gateway="development", amount=10)
        path = reverse("development-checkout", args=[payment.key])
        browser.get(live_server.url + path)
        assert "Development gateway" in browser.page_source
        colour = "return getComputedStyle(document.querySelector('main')).borderRadius"
        assert browser.execute_script(colour) == "20px"
        assert complaints() == []

    def test_a_related_row_can_be_added_in_a_window(
        self,
        browser: Chrome,
        live_server: Any,
        admin_user: Any,
        complaints: Callable[[], list[str]],
    ) -> None:
        sign_in(browser, live_server.url, admin_user)
        browser.get(f"{live_server.url}/admin/store/product/add/")
        wait_for(browser, ".add-related").click()
        first = browser.current_window_handle
        wait_until(browser, lambda b: len(b.window_handles) == 2)
        browser.switch_to.window(browser.window_handles[1])
        wait_for(browser, "[name=title]").send_keys("Lamps")
        browser.find_element(By.NAME, "_save").click()
        wait_until(browser, lambda b: len(b.window_handles) == 1)
        browser.switch_to.window(first)
        assert "Lamps" in browser.page_source
        assert complaints() == []
