"""The pictures of a product, as hands add and sort them in a real browser."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from PIL import Image
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from store.models import Product, ProductImage
from storefront.tests.browsing import sign_in, wait_until

pytestmark = [pytest.mark.once, pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

# Files of a test come from a box; this page learns of them by a drop alone.
KEEP = """
    document.addEventListener("change", (event) => {
        event.target.kept = [...event.target.files];
        event.stopImmediatePropagation();
    }, {capture: true, once: true});
"""
DROP = """
    const files = new DataTransfer();
    for (const file of document.getElementById("id_new_pictures").kept) files.items.add(file);
    const drop = new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true});
    document.getElementById("new-pictures").dispatchEvent(drop);
"""


class ProductPage:
    """The page of a product, as its user meets it."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser = browser
        browser.get(url)

    def find(self, selector: str) -> Any:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        return [found.text for found in self.browser.find_elements(By.CSS_SELECTOR, selector)]

    def choose(self, *files: Path) -> None:
        self.find("#id_new_pictures").send_keys("\n".join(map(str, files)))

    def said(self, text: str) -> None:
        """Wait until the page says this of the pictures."""
        wait_until(self.browser, lambda _: self.texts(".uploads-said") == [text])

    def alts(self) -> list[str]:
        script = """
            const boxes = document.querySelectorAll("tr.has_original [name^=images-][name$=-alt]");
            return [...boxes].map((box) => box.value);
        """
        found: list[str] = self.browser.execute_script(script)
        return found

    def save(self) -> None:
        before = self.browser.execute_script("return performance.timeOrigin")
        self.find("[name=_continue]").click()
        script = "return performance.timeOrigin"
        wait_until(self.browser, lambda driver: driver.execute_script(script) != before)


@pytest.fixture
def page(browser: Any, live_server: Any, product: Product, settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path / "media"
    boss = get_user_model().objects.create_superuser("boss", "boss@example.com", "a-Str0ng-one")
    sign_in(browser, live_server.url, boss)
    browser.get_log("browser")
    url = f"{live_server.url}/admin/store/product/{product.pk}/change/"
    yield lambda: ProductPage(browser, url)
    # The policy of the page forbids nothing that it needs.
    assert [entry for entry in browser.get_log("browser") if "Policy" in entry["message"]] == []
    # Nothing asks whether to leave it.
    browser.get("about:blank")


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., Path]:
    """Make a picture that no lossless compression makes smaller."""

    def photo(name: str, *, width: int = 40, height: int = 40) -> Path:
        path = tmp_path / name
        pixels = os.urandom(width * height * 3)
        Image.frombytes("RGB", (width, height), pixels).save(path, quality=95)
        return path

    return photo


@pytest.fixture
def sorted_pictures(product: Product) -> list[ProductImage]:
    names = ["One", "Two", "Three"]
    return [
        ProductImage.objects.create(product=product, image=f"{name}.png", alt=name)
        for name in names
    ]


class TestAdding:
    def test_four_at_once_beside_an_unsaved_edit(
        self, page: Any, product: Product, photo: Any
    ) -> None:
        shown = page()
        shown.find("#id_title").send_keys(" of steel")
        shown.choose(*(photo(f"{number}.png") for number in range(4)))
        shown.said("4 pictures were added.")

        assert len(shown.alts()) == product.images.count() == 4
        assert shown.find("#id_title").get_property("value") == "Teapot of steel"
        shown.find("#id_images-1-alt").send_keys("From above")
        shown.save()
        assert Product.objects.get().title == "Teapot of steel"
        assert [image.alt for image in product.images.all()] == ["", "From above", "", ""]

    def test_a_refused_one_loses_nothing_of_the_others(
        self, page: Any, product: Product, photo: Any, tmp_path: Path
    ) -> None:
        fake = tmp_path / "fake.png"
        fake.write_bytes(b"No picture.")
        shown = page()
        shown.choose(photo("a.png"), fake, photo("b.png"))
        shown.said("2 pictures were added. 1 could not be added; see above.")

        assert shown.texts(".is-refused .upload-name") == ["fake.png"]
        assert "Upload a JPEG" in shown.texts(".is-refused .upload-state")[0]
        shown.find(".is-refused button:last-of-type").click()
        assert product.images.count() == 2

    def test_one_that_could_not_be_sent_is_sent_again_once(
        self, page: Any, product: Product, photo: Any
    ) -> None:
        shown = page()
        cookies = shown.browser.get_cookies()
        shown.browser.delete_all_cookies()
        shown.choose(photo("a.png"))
        shown.said("0 pictures were added. 1 could not be added; see above.")
        assert not product.images.exists()

        for cookie in cookies:
            shown.browser.add_cookie(cookie)
        shown.find(".is-refused button").click()
        shown.said("1 picture was added.")

        assert product.images.count() == len(shown.alts()) == 1
        assert shown.texts(".uploads li") == []

    @pytest.mark.parametrize(("width", "height"), [(1600, 1200), (300, 600)])
    def test_a_photo_over_the_limit_is_made_smaller(
        self, page: Any, product: Product, photo: Any, width: int, height: int
    ) -> None:
        path = photo("big.png", width=width, height=height)
        assert path.stat().st_size > 500 * 1024

        shown = page()
        shown.choose(path)
        shown.said("1 picture was added.")

        image = product.images.get()
        assert image.image.name.endswith(".jpg")
        assert image.image.size <= 500 * 1024
        assert image.width * height == pytest.approx(image.height * width, rel=0.01)

    def test_a_photo_of_few_pixels_and_many_bytes_is_made_smaller(
        self, page: Any, product: Product, photo: Any, settings: Any
    ) -> None:
        settings.STORE_IMAGE_KILOBYTES = 60
        shown = page()
        shown.choose(photo("small.png", width=200, height=200))
        shown.said("1 picture was added.")

        assert (product.images.get().width, product.images.get().height) == (200, 200)

    def test_dropped_ones_are_added(self, page: Any, product: Product, photo: Any) -> None:
        shown = page()
        shown.browser.execute_script(KEEP)
        shown.choose(photo("a.png"), photo("b.png"))
        assert not product.images.exists()

        shown.browser.execute_script(DROP)
        shown.said("2 pictures were added.")

        assert product.images.count() == 2

    def test_a_page_that_is_saved_at_once_waits_for_them(
        self, page: Any, product: Product, photo: Any
    ) -> None:
        shown = page()
        shown.choose(*(photo(f"{number}.png", width=300, height=300) for number in range(3)))
        shown.save()

        assert product.images.count() == len(shown.alts()) == 3


class TestSorting:
    def test_by_keyboard(self, page: Any, product: Product, sorted_pictures: Any) -> None:
        shown = page()
        shown.find("#images-2 .picture-order button").send_keys(Keys.ENTER)
        assert shown.texts(".uploads-said") == ["Now picture 2 of 3. Save to keep the order."]
        shown.browser.switch_to.active_element.send_keys(Keys.ENTER)
        assert shown.alts() == ["Three", "One", "Two"]
        shown.save()

        assert [image.alt for image in product.images.all()] == ["Three", "One", "Two"]
        assert shown.alts() == ["Three", "One", "Two"]

    def test_by_drag(self, page: Any, product: Product, sorted_pictures: Any) -> None:
        shown = page()
        handle, last = shown.find("#images-0 .handle"), shown.find("#images-2")
        shown.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", last)
        drag = ActionChains(shown.browser).click_and_hold(handle)
        drag.move_by_offset(0, 6).move_by_offset(0, 6).move_to_element(last)
        drag.move_by_offset(0, 14).pause(0.2)
        drag.release().perform()
        wait_until(shown.browser, lambda _: shown.alts() == ["Two", "Three", "One"])
        shown.save()

        assert [image.alt for image in product.images.all()] == ["Two", "Three", "One"]

    def test_keeps_what_somebody_else_adds_meanwhile(
        self, page: Any, product: Product, sorted_pictures: Any
    ) -> None:
        shown = page()
        ProductImage.objects.create(product=product, image="Four.png", alt="Four")
        shown.find("#images-1 .picture-order button").send_keys(Keys.ENTER)
        shown.save()

        assert [image.alt for image in product.images.all()] == ["Two", "One", "Three", "Four"]
