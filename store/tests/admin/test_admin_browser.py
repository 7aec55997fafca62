"""Staff at work: the admin walked through in a real browser."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as condition

from outbox.models import Mail
from store.models import Order, Product
from store.services.order_status import change_order_status
from store.services.orders import write_order
from store.tests.bakers import let_all_agree
from storefront.tests.browsing import hurrying, sign_in, wait_for, wait_until

pytestmark = [pytest.mark.once, pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-Str0ng-one"
CLICK_AGAIN_AND_AGAIN = """
    const save = document.querySelector("[name=_save]");
    save.click();
    for (const delay of [60, 300]) setTimeout(() => save.click(), delay);
"""


class Desk:
    """A signed-in browser, and what hands do with it."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser = browser
        self.url = url

    def open(self, path: str) -> None:
        self.browser.get(f"{self.url}/admin/{path}")

    def find(self, selector: str) -> Any:
        return wait_for(self.browser, selector)

    def texts(self, selector: str) -> list[str]:
        return [found.text for found in self.browser.find_elements(By.CSS_SELECTOR, selector)]

    def fill(self, **fields: Any) -> None:
        for name, value in fields.items():
            self.browser.find_element(By.NAME, name).send_keys(str(value))

    def choose(self, field: str, typed: str) -> None:
        """Type into a box that completes and take the first suggestion."""
        self.find(f"#id_{field} + .select2 .select2-selection").click()
        self.find(".select2-container--open .select2-search__field").send_keys(typed)
        suggestion = (By.CSS_SELECTOR, ".select2-results__option--highlighted")
        wait_until(self.browser, condition.text_to_be_present_in_element(suggestion, typed))
        self.browser.switch_to.active_element.send_keys(Keys.ENTER)

    def press(self, selector: str) -> None:
        """Press what leads to another page, and wait for that page."""
        page = self.loaded_at()
        self.find(selector).click()
        # By the page's own clock: the driver fails when asked of a node whose page is going.
        wait_until(self.browser, lambda _: self.loaded_at() != page)
        self.find("#site-name")

    def loaded_at(self) -> float:
        return self.browser.execute_script("return performance.timeOrigin")


@pytest.fixture
def boss(db: None) -> Any:
    return get_user_model().objects.create_superuser("boss", "boss@example.com", PASSWORD)


@pytest.fixture
def desk(browser: Any, live_server: Any, boss: Any) -> Desk:
    sign_in(browser, live_server.url, boss)
    return Desk(browser, live_server.url)


@pytest.fixture
def picture(tmp_path: Any) -> Any:
    path = tmp_path / "teapot.png"
    Image.new("RGB", (40, 40), "teal").save(path)
    return path


def test_staff_sign_in_to_the_dashboard(browser: Any, live_server: Any, boss: Any) -> None:
    desk = Desk(browser, live_server.url)
    desk.open("")
    desk.fill(username="boss", password=PASSWORD)
    desk.press("[type=submit]")

    assert desk.browser.title == "Admin Dashboard | Storefront"
    assert desk.texts("#site-name, h1") == ["Storefront Admin", "Admin Dashboard"]
    # The style sheet is there, too: the head of the page has its colour.
    header = desk.find("#header").value_of_css_property("background-color")
    assert header == "rgba(18, 52, 59, 1)"


def test_staff_add_a_product_with_a_picture_and_another(
    desk: Desk, collection: Any, picture: Any
) -> None:
    desk.open("store/product/add/")
    desk.fill(title="Blue Teapot", unit_price="19.90", inventory="3")
    desk.choose("collection", "Kit")
    desk.fill(new_pictures=picture)
    wait_until(
        desk.browser, lambda _: desk.texts(".upload-state") == ["It is added once you save."]
    )
    desk.press("[name=_continue]")

    product = Product.objects.get()
    assert (product.slug, product.collection) == ("blue-teapot", collection)
    thumbnail = desk.find("img.thumbnail")
    assert thumbnail.get_attribute("naturalWidth") == "40"

    desk.fill(new_pictures=picture)
    wait_until(desk.browser, lambda _: len(desk.texts("img.thumbnail")) == 2)
    assert product.images.count() == 2


def test_staff_clear_the_inventory(desk: Desk, make_product: Callable[..., Product]) -> None:
    products = [str(make_product(inventory=50)) for _ in range(3)]
    desk.open("store/product/")
    assert desk.texts(".badge-ok") == ["50"] * 3

    desk.find("#action-toggle").click()
    desk.fill(action="Clear inventory")
    desk.press("[name=index]")
    assert desk.texts("#affected, #rows li") == ["3 products", *products]
    desk.press("[name=confirm]")

    assert desk.texts(".messagelist .success") == ["The inventory of 3 products was cleared."]
    assert desk.texts(".badge-bad") == ["Sold out"] * 3


def test_staff_add_an_order(desk: Desk, customer: Any, product: Product) -> None:
    desk.open("store/order/add/")
    desk.choose("customer", "Ann")
    desk.choose("items-0-product", "Tea")
    desk.fill(**{"items-0-quantity": 4})
    desk.press("[name=_save]")

    order = Order.objects.get()
    assert desk.texts(".messagelist .success") == [
        f"The order “Order {order.pk}” was added successfully."
    ]
    assert desk.texts(".field-customer, .field-total_of_lines") == ["Ann Lee", "44.00"]


def test_a_refused_order_keeps_what_was_typed(desk: Desk, customer: Any, product: Product) -> None:
    desk.open("store/order/add/")
    desk.choose("customer", "Ann")
    desk.choose("items-0-product", "Tea")
    desk.fill(**{"items-0-quantity": 11})
    desk.press("[name=_save]")

    assert "The stock does not cover the order." in desk.texts(".errorlist li")
    assert "Only 10 in stock." in desk.texts(".errorlist li")
    chosen = [text.strip("×\n") for text in desk.texts(".select2-selection__rendered")]
    assert chosen[:2] == ["Ann Lee", "Teapot"]
    assert desk.find("#id_items-0-quantity").get_attribute("value") == "11"
    assert not Order.objects.exists()


def test_staff_think_better_of_a_step_and_take_another(desk: Desk, order: Order) -> None:
    desk.open(f"store/order/{order.pk}/change/")
    desk.press(".order-undo")
    desk.press(".cancel-link")
    assert desk.texts(".order-steps a") == ["Mark as paid", "Cancel"]
    assert Order.objects.get().status == "pending"

    desk.press(".order-steps a")
    assert desk.texts("h1, h2") == ["Mark as paid", f"Order {order.pk}"]
    desk.fill(reason="Paid in cash.")
    desk.press("[name=confirm]")

    assert desk.texts(".messagelist .success") == [f"Order {order.pk} was marked as paid."]
    assert desk.texts(".order-steps a") == ["Ship", "Cancel"]
    assert desk.texts(".order-entry-step strong") == ["Paid", "Placed"]
    assert desk.texts(".order-entry-step .order-entry-text") == ["Paid in cash."]
    assert "by boss" in desk.texts(".order-entry-step .order-hint")[0]


def test_staff_move_many_orders(desk: Desk, order: Order, customer: Any, product: Product) -> None:
    write_order(order=Order(customer=customer), quantities={product.pk: 1})
    change_order_status(order=order, status="paid")
    desk.open("store/order/")
    desk.find("#action-toggle").click()
    desk.fill(action="Cancel")
    desk.press("[name=index]")
    assert desk.texts("#movable, #effects li")[:2] == ["2 orders", "The pieces go back to stock."]
    desk.press("[name=confirm]")

    assert desk.texts(".messagelist .success") == ["2 orders were cancelled."]
    assert desk.texts(".field-status") == ["Cancelled"] * 2
    assert Product.objects.get().inventory == 10


def test_the_progress_of_a_campaign_comes_by_itself(desk: Desk, customer: Any) -> None:
    let_all_agree()
    desk.open("store/customer/")
    desk.find("#action-toggle").click()
    desk.fill(action="Notify customers")
    desk.press("[name=index]")
    desk.fill(subject="New tea", text="Come and taste.")
    desk.press("[name=confirm]")
    assert desk.texts(".messagelist .success") == ["The mail to 1 customer is on its way."]
    assert desk.texts(".field-subject .readonly") == ["New tea"]
    Mail.objects.update(sent_at=None, due_at=timezone.now() + timedelta(hours=1))
    with hurrying(desk.browser):
        desk.browser.refresh()
    assert desk.find("progress").get_attribute("value") == "0"

    Mail.objects.update(sent_at=timezone.now(), due_at=None)

    full = (By.CSS_SELECTOR, ".campaign-progress:not([data-unfinished]) progress[value='1']")
    wait_until(desk.browser, condition.presence_of_element_located(full))


def test_save_clicked_again_and_again_adds_one_order(
    desk: Desk, customer: Any, product: Product
) -> None:
    desk.open("store/order/add/")
    desk.choose("customer", "Ann")
    desk.choose("items-0-product", "Tea")
    desk.fill(**{"items-0-quantity": 4})
    page = desk.loaded_at()
    desk.browser.execute_script(CLICK_AGAIN_AND_AGAIN)
    wait_until(desk.browser, lambda _: desk.loaded_at() != page)
    desk.find(".messagelist .success")

    assert Order.objects.count() == 1
    product.refresh_from_db()
    assert product.inventory == 6


def test_what_somebody_else_changed_is_decided_by_the_next_save(
    desk: Desk, product: Product
) -> None:
    desk.open(f"store/product/{product.pk}/change/")
    Product.objects.update(unit_price=99, description="A new\nand better text")
    desk.find("#id_unit_price").clear()
    desk.fill(unit_price="12.50")
    desk.press("[name=_save]")

    (error,) = desk.texts(".field-unit_price .errorlist li")
    assert "“99.00” while you were editing; you wrote “12.50”" in error
    desk.press("[name=_save]")
    stored = Product.objects.get()
    assert (stored.unit_price, stored.description) == (Decimal("12.50"), "A new\nand better text")
