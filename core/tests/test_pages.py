"""The pages for people: home, documentation, the browsable API, as they stand in a browser."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from model_bakery import baker
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import title_contains, url_to_be

from store.models import Collection, Product
from storefront.tests.browsing import sign_in, wait_for, wait_until

from .conftest import PASSWORD

WIDTH = "return document.documentElement.scrollWidth"


@pytest.fixture
def stocked(db: None) -> None:
    collection = baker.make("store.Collection")
    products = baker.make("store.Product", 3, collection=collection, unit_price=10, inventory=5)
    baker.make("store.Review", 4, product=products[0])
    user = baker.make("core.User", username="ann", email="ann@example.com")
    baker.make("store.Order", 2, customer=user.customer)


def counts_of(html: str) -> dict[str, str]:
    return dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html))


class TestHome:
    def test_the_counts_are_what_the_shop_holds(self, client: Client, stocked: None) -> None:
        response = client.get("/")
        assert response.status_code == 200
        assert counts_of(response.text) == {
            "products": "3",
            "collections": "1",
            "customers": "1",
            "orders": "2",
            "reviews": "4",
        }

    def test_a_new_product_counts_at_once(self, client: Client, stocked: None) -> None:
        client.get("/")
        baker.make("store.Product", unit_price=10, inventory=5)
        assert counts_of(client.get("/").text)["products"] == "4"

    def test_thousands_are_grouped(self, client: Client, db: None) -> None:
        Collection.objects.bulk_create(Collection(title=f"No. {n}") for n in range(1234))
        assert counts_of(client.get("/").text)["collections"] == "1,234"

    def test_it_costs_one_query_per_count(
        self, client: Client, stocked: None, django_assert_num_queries: Callable
    ) -> None:
        with django_assert_num_queries(5):
            client.get("/")

    def test_every_link_leads_to_a_page(self, admin_client: Client) -> None:
        links = set(re.findall(r'<a [^>]*href="(/[^"]*)"', admin_client.get("/").text))
        assert {"/store/products/", "/api/docs/", "/admin/", "/health/live/"} <= links
        responses = {
            link: admin_client.get(link, HTTP_ACCEPT="text/html,*/*").status_code for link in links
        }
        assert responses == dict.fromkeys(links, 200)

    def test_it_asks_nothing_of_other_hosts_and_runs_no_script(
        self, client: Client, db: None
    ) -> None:
        html = client.get("/").text
        assert "<script" not in html
        assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', html) == []

    def test_a_visitor_can_log_in(self, client: Client, db: None) -> None:
        html = client.get("/").text
        assert 'href="/api-auth/login/?next=/"' in html
        assert "Log out" not in html

    def test_a_user_can_log_out_and_is_back_home(self, admin_client: Client) -> None:
        assert "Log out admin" in admin_client.get("/").text
        response = admin_client.post("/api-auth/logout/?next=/")
        assert (response.status_code, response["Location"]) == (302, "/")
        assert "Log out" not in admin_client.get("/").text


class TestFavicon:
    def test_the_icon_is_found_at_the_root(self, client: Client) -> None:
        response = client.get("/favicon.ico")
        assert response.status_code == 302
        assert response["Location"] == "/static/core/favicon.ico"


class TestDebugToolbar:
    def test_it_is_no_part_of_the_shop_outside_development(self, client: Client, db: None) -> None:
        assert "debug_toolbar" not in settings.INSTALLED_APPS
        assert "djDebug" not in client.get("/").text
        assert client.get("/__debug__/render_panel/").status_code == 404

    def test_development_has_it_on_every_page(self) -> None:
        from storefront.settings import dev

        assert "debug_toolbar" in dev.INSTALLED_APPS
        # Within the policy, which lets its script run.
        assert dev.MIDDLEWARE[1] == "debug_toolbar.middleware.DebugToolbarMiddleware"


def told(browser: Chrome) -> str:
    """Return what the quick start of the docs says of a sign-in."""
    return browser.find_element(By.CSS_SELECTOR, "#sign-in output").text


def severe(browser: Chrome) -> list[Any]:
    return [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.fixture
def staff_browser(browser: Chrome, live_server: Any, register: Callable[..., Any]) -> Chrome:
    sign_in(browser, live_server.url, register("ann", is_staff=True))
    return browser


@contextmanager
def seen_on_a_phone(browser: Chrome) -> Iterator[None]:
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def send_filter(browser: Chrome, name: str, value: str) -> None:
    """Fill a field of the filters of the browsable API, and wait for what they find."""
    browser.find_element(By.CSS_SELECTOR, "[data-target='#filtersModal']").click()
    field = browser.find_element(By.NAME, name)
    wait_until(browser, lambda _: field.is_displayed())
    field.send_keys(value)
    field.submit()
    wait_until(browser, lambda b: f"{name}={value}" in b.current_url)


@pytest.mark.once
@pytest.mark.chromium
class TestInChromium:
    @pytest.fixture(autouse=True)
    def _empty_log(self, browser: Chrome) -> None:
        browser.get_log("browser")

    def test_home_shows_its_logo_and_the_counts(
        self, browser: Chrome, live_server: Any, stocked: None
    ) -> None:
        browser.get(live_server.url)
        logo = browser.find_element(By.CSS_SELECTOR, "img.logo")
        assert logo.get_property("naturalWidth") > 0
        assert "logo" in logo.get_attribute("alt")
        counts = [element.text for element in browser.find_elements(By.CSS_SELECTOR, ".counts dd")]
        assert counts == ["3", "1", "1", "2", "4"]
        assert severe(browser) == []

    def test_the_links_of_home_lead_where_they_say(
        self, staff_browser: Chrome, live_server: Any
    ) -> None:
        for text, path, title in [
            ("API", "/store/products/", "Products"),
            ("Open the admin", "/admin/", "Admin Dashboard"),
            ("/store/collections/", "/store/collections/", "Collections"),
            ("Health: ready", "/health/ready/", ""),
        ]:
            staff_browser.get(live_server.url)
            staff_browser.find_element(By.LINK_TEXT, text).click()
            wait_until(staff_browser, url_to_be(live_server.url + path))
            assert title in staff_browser.title
            assert severe(staff_browser) == [], path

    def test_a_form_of_the_api_is_sent_once(self, staff_browser: Chrome, live_server: Any) -> None:
        staff_browser.get(f"{live_server.url}/store/collections/")
        before = Collection.objects.count()
        staff_browser.find_element(By.NAME, "title").send_keys("Clicked twice")
        staff_browser.execute_script(
            "const send = document.querySelector('#post-object-form form button');"
            "send.click(); setTimeout(() => send.click(), 30);"
        )
        wait_until(staff_browser, lambda b: "HTTP 201" in b.page_source)

        assert Collection.objects.count() == before + 1

    def test_each_page_fits_a_phone(self, browser: Chrome, live_server: Any, stocked: None) -> None:
        with seen_on_a_phone(browser):
            for path in ["/", "/store/products/", "/api-auth/login/"]:
                browser.get(live_server.url + path)
                assert (path, browser.execute_script(WIDTH)) == (path, 390)

    def test_the_docs_fit_a_phone_and_try_an_operation_with_a_token(
        self, browser: Chrome, live_server: Any, register: Callable[..., Any], tokens_of: Callable
    ) -> None:
        register()
        token = tokens_of()["access"]
        browser.get(live_server.url)
        browser.find_element(By.LINK_TEXT, "Read the API docs").click()
        wait_until(browser, url_to_be(f"{live_server.url}/api/docs/"))
        assert browser.title == "Storefront API"
        authorize = wait_for(browser, "button.authorize")
        with seen_on_a_phone(browser):
            assert browser.execute_script(WIDTH) == 390
        authorize.click()
        wait_for(browser, ".auth-container input").send_keys(token)
        browser.find_element(By.CSS_SELECTOR, "button.authorize.modal-btn").click()
        browser.find_element(By.CSS_SELECTOR, "button.btn-done").click()
        browser.find_element(By.ID, "operations-tag-accounts").click()
        wait_for(
            browser, "#operations-accounts-auth_users_me_retrieve .opblock-summary-control"
        ).click()
        wait_for(browser, ".try-out__btn").click()
        wait_for(browser, "button.execute").click()
        assert "ann@example.com" in wait_for(browser, ".live-responses-table").text
        assert severe(browser) == []

    @pytest.mark.parametrize("way", ["button", "form"])
    def test_the_quick_start_of_the_docs_signs_in(
        self, browser: Chrome, live_server: Any, register: Callable[..., Any], way: str
    ) -> None:
        register("customer", password=settings.DEMO_PASSWORD)
        browser.get(f"{live_server.url}/api/docs/")
        if way == "button":
            wait_for(browser, "button[data-username=customer]").click()
        else:
            wait_for(browser, "#sign-in [name=username]").send_keys("customer")
            browser.find_element(By.NAME, "password").send_keys(settings.DEMO_PASSWORD)
            browser.find_element(By.CSS_SELECTOR, "#sign-in button").click()
        wait_until(browser, lambda b: told(b) == "Signed in as customer.")
        browser.find_element(By.ID, "operations-tag-orders").click()
        wait_for(browser, "#operations-orders-store_orders_list .opblock-summary-control").click()
        wait_for(browser, ".try-out__btn").click()
        wait_for(browser, "button.execute").click()
        response = wait_for(browser, ".live-responses-table tbody .response-col_status")
        assert response.text.startswith("200")
        assert severe(browser) == []

    def test_the_quick_start_tells_why_a_sign_in_is_refused(
        self, browser: Chrome, live_server: Any
    ) -> None:
        browser.get(f"{live_server.url}/api/docs/")
        wait_for(browser, "button[data-username=admin]").click()
        wait_until(browser, lambda b: "No active account" in told(b))

    def test_staff_sign_in_and_post_a_product_in_the_browsable_api(
        self, browser: Chrome, live_server: Any, register: Callable[..., Any]
    ) -> None:
        register("ann", is_staff=True)
        collection = baker.make("store.Collection")
        browser.get(f"{live_server.url}/api-auth/login/?next=/store/products/")
        browser.find_element(By.NAME, "username").send_keys("ann")
        browser.find_element(By.NAME, "password").send_keys(PASSWORD)
        browser.find_element(By.NAME, "submit").click()
        wait_until(browser, title_contains("Products"))
        lamp = {"title": "Lamp", "slug": "lamp", "inventory": 3, "unit_price": "9.99"}
        for name, value in {**lamp, "collection": collection.pk}.items():
            browser.find_element(By.NAME, name).send_keys(str(value))
        browser.find_element(By.CSS_SELECTOR, "#post-object-form button").click()
        wait_until(browser, lambda b: "HTTP 201 Created" in b.page_source)
        product = Product.objects.get()
        assert (product.title, product.inventory, product.collection) == ("Lamp", 3, collection)
        assert severe(browser) == []

    def test_the_filters_of_the_browsable_api_find_a_product(
        self, browser: Chrome, live_server: Any
    ) -> None:
        for title, price in (("Cheap", 5), ("Dear", 50)):
            baker.make("store.Product", title=title, unit_price=price, inventory=1)
        browser.get(f"{live_server.url}/store/products/")
        send_filter(browser, "price_min", "10")
        shown = browser.find_element(By.CSS_SELECTOR, ".response-info").text
        assert '"count": 1' in shown
        assert "Dear" in shown
        assert "Cheap" not in shown
        assert "sku" not in browser.current_url

        send_filter(browser, "search", "ea")
        # "Cheap" has it, too, and is left out as before.
        assert "price_min=10" in browser.current_url
        assert '"count": 1' in browser.find_element(By.CSS_SELECTOR, ".response-info").text
        assert severe(browser) == []

    def test_the_form_of_filters_keeps_each_of_several_values(
        self, browser: Chrome, live_server: Any
    ) -> None:
        one, other = baker.make("store.Collection", _quantity=2)
        browser.get(
            f"{live_server.url}/store/products/?collection={one.pk}&collection={other.pk}&page=1"
        )
        send_filter(browser, "price_min", "10")
        for kept in (one, other):
            assert f"collection={kept.pk}" in browser.current_url
        assert "page" not in browser.current_url
