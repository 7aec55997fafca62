"""Whoever leaves a page of the admin with edits that are not saved is asked; nobody else is."""

from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from .browsing import sign_in, wait_for, wait_until

pytestmark = [pytest.mark.once, pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

# What the browser asks the page before it asks the person. The driver accepts the question itself, unseen.
ASKS = "return !window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"

# Keeps for the page that follows whether this one asked.
WATCH = """
    addEventListener("beforeunload", (event) => {
        sessionStorage.asked = event.defaultPrevented ? "yes" : "no";
    });
"""


class Page:
    def __init__(self, browser: Chrome, url: str) -> None:
        self.browser, self.url = browser, url

    def open(self, path: str) -> None:
        self.browser.get(f"{self.url}/admin/{path}")
        assert not self.asks, "It asks before anybody has typed."

    @property
    def asks(self) -> bool:
        return self.browser.execute_script(ASKS)

    def find(self, css: str) -> Any:
        return wait_for(self.browser, css)

    def press(self, css: str) -> None:
        """Press what leads to another page, and wait for that page."""
        before = self.loaded_at()
        self.find(css).click()
        wait_until(self.browser, lambda _: self.loaded_at() != before)
        self.find("#site-name")

    def loaded_at(self) -> float:
        return self.browser.execute_script("return performance.timeOrigin")


@pytest.fixture
def page(browser: Chrome, live_server: Any, admin_user: Any) -> Page:
    sign_in(browser, live_server.url, admin_user)
    return Page(browser, live_server.url)


@pytest.fixture
def path(product: Any) -> str:
    return f"store/product/{product.pk}/change/"


@pytest.mark.parametrize("name", ["title", "description", "unit_price"])
def test_an_edit_asks_until_it_is_undone(page: Page, path: str, name: str) -> None:
    page.open(path)
    field = page.find(f"#id_{name}")
    field.send_keys(Keys.END, "1")
    assert page.asks
    field.send_keys(Keys.BACKSPACE)
    assert not page.asks


def test_a_saved_form_leaves_unasked(page: Page, path: str) -> None:
    page.open(path)
    page.browser.execute_script(WATCH)
    page.find("#id_title").send_keys("x")
    page.press("[name=_continue]")
    assert page.browser.execute_script("return sessionStorage.asked") == "no"
    assert not page.asks
    page.find("#id_title").send_keys("y")
    assert page.asks


def test_a_refused_form_asks_until_it_is_saved(page: Page, path: str) -> None:
    page.open(path)
    page.find("#id_title").clear()
    page.press("[name=_continue]")
    assert page.find(".field-title .errorlist")
    assert page.asks
    page.find("#id_title").send_keys("Teapot")
    page.press("[name=_continue]")
    assert not page.asks


def test_a_new_row_asks_until_it_is_taken_out(page: Page, product: Any) -> None:
    page.open(f"store/product/{product.pk}/change/")
    page.find("[id$=taggeditem-content_type-object_id-group] .add-row a").click()
    assert page.asks
    page.find("[id$=taggeditem-content_type-object_id-group] .inline-deletelink").click()
    assert not page.asks


def test_a_choice_with_suggestions_asks(page: Page, product: Any) -> None:
    page.open("store/collection/add/")
    page.find("#id_featured_product + .select2 .select2-selection").click()
    page.find(".select2-container--open .select2-search__field").send_keys("Tea")
    wait_until(page.browser, lambda _: page.find(".select2-results__option--highlighted"))
    assert not page.asks
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.asks


def test_what_moves_between_two_boxes_asks(page: Page) -> None:
    page.open("auth/group/add/")
    page.find("#id_permissions_from option").click()
    assert not page.asks
    page.find("#id_permissions_add").click()
    assert page.asks
    page.find("#id_permissions_remove_all").click()
    assert not page.asks


def test_an_editable_list_asks_of_its_fields_alone(page: Page, product: Any) -> None:
    page.open("store/product/")
    page.find(".action-select").click()
    page.find("[name=action]").send_keys("Publish")
    page.find("#searchbar").send_keys("Tea")
    assert not page.asks
    page.open("store/product/")
    page.find("[name=form-0-unit_price]").send_keys("1")
    assert page.asks
    page.press("[name=_save]")
    assert not page.asks


def test_a_form_that_is_sent_elsewhere_still_asks(page: Page, product: Any) -> None:
    page.open("store/product/")
    page.browser.execute_script(WATCH)
    page.find("[name=form-0-unit_price]").send_keys("1")
    page.find("#searchbar").send_keys("Tea")
    page.press("#changelist-search [type=submit]")
    assert page.browser.execute_script("return sessionStorage.asked") == "yes"


def test_a_window_for_a_related_row_asks(page: Page) -> None:
    page.open("store/collection/add/?_popup=1")
    page.find("#id_title").send_keys("Lamps")
    assert page.asks


def test_the_sign_in_asks_nothing(browser: Chrome, live_server: Any) -> None:
    page = Page(browser, live_server.url)
    page.open("login/")
    page.find("#id_username").send_keys("ann")
    assert not page.asks
