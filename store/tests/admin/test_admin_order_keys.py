"""An order is shipped by the keyboard alone, in twelve keys at most beside the number that is typed."""

from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from store.models import Order
from store.services.order_status import change_order_status
from storefront.tests.browsing import sign_in, wait_for, wait_until

from .test_admin_browser import PASSWORD

pytestmark = [pytest.mark.once, pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

MOST = 12
NUMBER = "00340434"


class Keyboard:
    """Presses keys and counts them."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.pressed = 0

    def press(self, key: str) -> None:
        self.browser.switch_to.active_element.send_keys(key)
        self.pressed += 1

    def focused(self) -> str:
        return self.browser.execute_script(
            "return document.activeElement.name || document.activeElement.textContent.trim()"
        )

    def tab_to(self, text: str) -> None:
        while self.focused() != text:
            assert self.pressed < MOST, self.focused()
            self.press(Keys.TAB)


@pytest.fixture
def keyboard(browser, live_server, django_user_model, order, settings):
    settings.STORE_CARRIERS = {"DHL": "https://dhl.example/{number}"}
    change_order_status(order=order, status="paid")
    boss = django_user_model.objects.create_superuser("boss", "boss@example.com", PASSWORD)
    sign_in(browser, live_server.url, boss)
    return Keyboard(browser)


def skip_to_content(keyboard: Keyboard) -> None:
    keyboard.tab_to("Skip to main content")
    keyboard.press(Keys.ENTER)


def ship(keyboard: Keyboard) -> None:
    """From the page of an order: to its step, type the number, confirm."""
    wait_for(keyboard.browser, "#lines-title")
    keyboard.tab_to("Ship")
    keyboard.press(Keys.ENTER)
    wait_for(keyboard.browser, "#movable")
    assert keyboard.focused() == "tracking_number"
    keyboard.browser.switch_to.active_element.send_keys(NUMBER)
    keyboard.press(Keys.ENTER)
    wait_until(
        keyboard.browser,
        lambda browser: browser.find_elements(By.CSS_SELECTOR, ".order-status-shipped"),
    )


def test_from_its_page(keyboard, live_server, order, report_figures):
    keyboard.browser.get(f"{live_server.url}/admin/store/order/{order.pk}/change/")
    skip_to_content(keyboard)

    ship(keyboard)

    shipped = Order.objects.get()
    assert (shipped.status, shipped.carrier, shipped.tracking_number) == ("shipped", "DHL", NUMBER)
    assert keyboard.pressed <= MOST
    report_figures(f"Keys that ship an order from its page: {keyboard.pressed}")


def test_from_the_list(keyboard, live_server, order, report_figures):
    keyboard.browser.get(f"{live_server.url}/admin/store/order/")
    skip_to_content(keyboard)
    keyboard.tab_to("q")
    keyboard.browser.switch_to.active_element.send_keys(f"#{order.pk}")
    # The page that this leads to is read from its content on, too.
    keyboard.press(Keys.ENTER)

    ship(keyboard)

    assert Order.objects.get().status == "shipped"
    assert keyboard.pressed <= MOST
    report_figures(f"Keys that ship an order from the list: {keyboard.pressed}")
