"""A supplier's sheet in a real browser."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from selenium.webdriver.common.by import By

from store.models import ImportRun, Product
from storefront.tests.browsing import sign_in, wait_for, wait_until

pytestmark = [pytest.mark.once, pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


class Hand:
    """Counts what somebody has to click."""

    def __init__(self, browser: Any) -> None:
        self.browser, self.clicks = browser, 0

    def click(self, selector: str) -> None:
        self.clicks += 1
        wait_for(self.browser, selector).click()

    def choose_file(self, selector: str, path: Path) -> None:
        self.clicks += 1
        wait_for(self.browser, selector).send_keys(str(path))

    def reads(self, text: str) -> None:
        heading = (By.CSS_SELECTOR, "#import-work h2")
        wait_until(
            self.browser,
            lambda browser: any(text in found.text for found in browser.find_elements(*heading)),
        )


@pytest.fixture
def hand(browser: Any, live_server: Any) -> Hand:
    boss = get_user_model().objects.create_superuser("boss", "boss@example.com", "a-Str0ng-one")
    sign_in(browser, live_server.url, boss)
    browser.get(f"{live_server.url}/admin/")
    return Hand(browser)


def test_fifty_stocks_take_four_clicks(hand: Hand, make_product: Any, tmp_path: Path) -> None:
    for number in range(50):
        make_product(sku=f"T-{number}", inventory=1)
    sheet = tmp_path / "supplier.csv"
    lines = "".join(f"T-{number};Lamp {number};{number + 100}\n" for number in range(50))
    sheet.write_text(f"SKU;Name;Quantity\n{lines}")

    hand.click("a[href$='/importrun/add/']")
    hand.choose_file("[name=file]", sheet)
    hand.click("[name=check]")
    hand.reads("50 of 50 rows would change the shop")
    hand.click("[name=apply]")
    hand.reads("50 rows applied")

    assert hand.clicks == 4
    assert {*Product.objects.values_list("inventory", flat=True)} == {*range(100, 150)}
    logged = hand.browser.get_log("browser")
    assert not [line for line in logged if "Content Security Policy" in line["message"]]


def test_a_page_follows_what_a_worker_does(hand: Hand, live_server: Any) -> None:
    run = ImportRun.objects.create(
        kind="stock", state="applying", file_name="big.csv", checked=2, changed=2, applied=1
    )
    hand.browser.get(f"{live_server.url}/admin/store/importrun/{run.pk}/change/")
    hand.reads("The import is being applied")
    ImportRun.objects.filter(pk=run.pk).update(state="applied", applied=2)
    hand.reads("2 rows applied")
