"""The upload page of client/ in a real browser, on an origin of its own."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings as project
from PIL import ExifTags, Image
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

from store.models import Product, ProductImage
from store.pictures.sizes import file_name
from storefront.tests.browsing import wait_until

from .conftest import PASSWORD

pytestmark = [pytest.mark.once, pytest.mark.chromium, pytest.mark.django_db(transaction=True)]
OFFLINE = {"offline": True, "latency": 0, "download_throughput": 0, "upload_throughput": 0}
# Bytes a second: an upload takes long enough to be watched.
SLOW = {"offline": False, "latency": 0, "throughput": 200_000}
ONLINE = {"offline": False, "latency": 0, "throughput": -1}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    handler = partial(Quiet, directory=project.BASE_DIR / "client")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Page:
    """The page as its user meets it."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    def __getitem__(self, name: str) -> WebElement:
        return self.browser.find_element(By.ID, name)

    def wait(self, condition: Callable[[], Any]) -> Any:
        return wait_until(self.browser, lambda _: condition())

    def shown(self, name: str) -> str:
        """Return the text of an element once it is there to be read."""
        return self.wait(lambda: self[name].is_displayed() and self[name].text)

    def sign_in(self, username: str = "ann", password: str = PASSWORD) -> None:
        self["username"].clear()
        self["username"].send_keys(username)
        self["password"].send_keys(password, Keys.ENTER)

    def pick(self, title: str = "Lamp") -> None:
        choice = f"//fieldset[@id='products']/label[span='{title}']"
        self.wait(lambda: self.browser.find_elements(By.XPATH, choice))
        self.browser.find_element(By.XPATH, choice).click()

    def add(self, file: Path) -> None:
        self["file"].send_keys(str(file))
        self.wait(self["send"].is_enabled)
        self["send"].click()

    def press(self, *keys: str) -> WebElement:
        """Press keys and return the element that has the focus then."""
        ActionChains(self.browser).send_keys(*keys).perform()
        return self.browser.switch_to.active_element

    def sources(self) -> list[str]:
        return self.of_pictures("src")

    def of_pictures(self, attribute: str) -> list[str]:
        """Return an attribute of each picture that is loaded, of all at one moment: an upload makes the list anew."""
        script = """
            const shown = [...document.querySelectorAll("#pictures img")];
            return shown.filter((each) => each.naturalWidth).map((each) => each[arguments[0]]);
        """
        found: list[str] = self.browser.execute_script(script, attribute)
        return found


@pytest.fixture
def page(
    browser: Chrome, live_server: Any, origin: str, settings: Any, tmp_path: Path, product: Any
) -> Iterator[Page]:
    settings.CORS_ALLOWED_ORIGINS = [origin]
    settings.MEDIA_ROOT = tmp_path / "media"
    browser.get_log("browser")
    browser.get(f"{origin}/?api={live_server.url}")
    yield Page(browser)
    browser.set_network_conditions(**ONLINE)


@pytest.fixture
def staff_page(page: Page, register: Callable[..., Any]) -> Page:
    register("ann", is_staff=True)
    page.sign_in()
    page.pick()
    return page


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A PNG that no compression makes smaller than 300 KB."""
    path = tmp_path / "lamp.png"
    Image.frombytes("RGB", (320, 320), os.urandom(320 * 320 * 3)).save(path)
    return path


class TestSignIn:
    def test_a_wrong_password_is_refused(self, page: Page, register: Any) -> None:
        register("ann", is_staff=True)
        page.sign_in(password="wrong")
        assert page.shown("refusal") == "Wrong user name or password."
        assert page["sign-in"].is_displayed()
        assert not page["upload"].is_displayed()
        assert page["password"].get_property("value") == ""

    def test_a_shop_out_of_reach_is_named(self, page: Page, settings: Any) -> None:
        settings.CORS_ALLOWED_ORIGINS = []
        page.sign_in()
        assert "CORS_ALLOWED_ORIGINS" in page.shown("refusal")
        page["api"].clear()
        page["api"].send_keys("http://127.0.0.1:9")
        page.sign_in()
        page.wait(lambda: "http://127.0.0.1:9 cannot be reached" in page.shown("refusal"))

    def test_the_token_is_kept_nowhere_and_signing_out_forgets_all(
        self, staff_page: Page, picture: Path
    ) -> None:
        stored = "return [localStorage.length, sessionStorage.length, document.cookie]"
        assert staff_page.browser.execute_script(stored) == [0, 0, ""]
        logged = staff_page.browser.get_log("browser")
        assert [entry for entry in logged if "eyJ" in entry["message"]] == []

        staff_page["file"].send_keys(str(picture))
        staff_page["sign-out"].click()
        assert not staff_page["upload"].is_displayed()
        assert staff_page["username"].get_property("value") == ""
        staff_page.sign_in()
        assert staff_page.shown("summary") == "Choose a product and a picture first."

    def test_a_script_put_into_the_page_does_not_run(self, page: Page) -> None:
        put_in = """
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            return window.ran ?? false;
            """
        assert page.browser.execute_script(put_in) is False


class TestUpload:
    def test_a_picture_is_sent_with_progress_and_shown(
        self, staff_page: Page, picture: Path, product: Product
    ) -> None:
        staff_page["file"].send_keys(str(picture))
        staff_page.wait(staff_page["preview"].is_displayed)
        assert staff_page.shown("summary") == "lamp.png goes to Lamp."
        browser = staff_page.browser
        browser.execute_script(
            "window.seen = []; new MutationObserver(() => seen.push(bar.value))"
            ".observe(bar, {attributes: true, attributeFilter: ['value']})"
        )
        browser.set_network_conditions(**SLOW)
        staff_page["send"].click()
        assert staff_page.shown("success") == "lamp.png is now a picture of Lamp."
        seen = browser.execute_script("return seen")
        assert len(set(seen)) > 3
        assert seen == sorted(seen)
        assert seen[-1] == 100

        image = ProductImage.objects.get(product=product)
        assert Path(image.image.path).read_bytes() == picture.read_bytes()
        [source] = staff_page.wait(staff_page.sources)
        # As a small one, which the process that took it has made.
        assert source.endswith(f"/media/{file_name(image.image.name, 'small', 'webp')}")
        assert staff_page.shown("gallery-title") == "1 picture of Lamp"
        assert staff_page["summary"].text == "Choose a picture first."
        assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []

    def test_it_can_be_dropped(self, staff_page: Page) -> None:
        content = BytesIO()
        Image.new("RGB", (60, 40), "teal").save(content, "WEBP")
        staff_page.browser.execute_script(
            """
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(arguments[0])], "teal.webp"));
            for (const type of ["dragover", "drop"])
              file.dispatchEvent(new DragEvent(type, {
                dataTransfer: transfer, bubbles: true, cancelable: true }));
            """,
            list(content.getvalue()),
        )
        staff_page.wait(staff_page["send"].is_enabled)
        staff_page["send"].click()
        assert staff_page.shown("success") == "teal.webp is now a picture of Lamp."

    def test_it_can_be_called_off(self, staff_page: Page, picture: Path) -> None:
        staff_page.browser.set_network_conditions(**SLOW | {"throughput": 20_000})
        staff_page.add(picture)
        staff_page.wait(staff_page["cancel"].is_displayed)
        staff_page["cancel"].click()
        assert staff_page.shown("refusal") == "Cancelled; nothing was added."
        assert staff_page["send"].is_enabled()
        assert not ProductImage.objects.exists()

    def test_a_search_finds_the_product(self, staff_page: Page, product: Product) -> None:
        other = Product.objects.create(
            title="<b>Chair</b>", unit_price=5, inventory=1, collection=product.collection
        )
        staff_page["search"].send_keys("chair")
        staff_page.wait(lambda: staff_page["products"].text == other.title)
        assert staff_page["found"].text == "1 shown."
        staff_page["search"].send_keys("x")
        staff_page.wait(lambda: staff_page["found"].text == "No product fits.")

    def test_it_works_from_the_keyboard_alone(self, staff_page: Page, picture: Path) -> None:
        staff_page["file"].send_keys(str(picture))
        staff_page["search"].click()
        assert staff_page.press(Keys.TAB).get_attribute("name") == "product"
        assert staff_page.press(Keys.SPACE, Keys.TAB).get_attribute("id") == "file"
        assert staff_page.press(Keys.TAB).get_attribute("id") == "alt"
        assert staff_page.press("Lamp", Keys.TAB).get_attribute("id") == "send"
        staff_page.press(Keys.ENTER)
        assert staff_page.shown("success") == "lamp.png is now a picture of Lamp."


class TestAlternativeText:
    def test_goes_with_the_picture_it_was_written_for(
        self, staff_page: Page, picture: Path, product: Product
    ) -> None:
        staff_page["alt"].send_keys("  A lamp in the dark ")
        staff_page.add(picture)
        assert staff_page.shown("success") == "lamp.png is now a picture of Lamp."
        assert staff_page["alt"].get_property("value") == ""
        staff_page.add(picture)
        staff_page.wait(lambda: product.images.count() == 2)

        assert [image.alt for image in product.images.all()] == ["A lamp in the dark", ""]
        texts = ["A lamp in the dark", "The picture just added"]
        assert staff_page.wait(lambda: staff_page.of_pictures("alt") == texts)


class TestLargePhotos:
    def add(self, page: Page, file: Path, note: str) -> str:
        """Choose a file that is too large and return what the page tells of it."""
        page["file"].send_keys(str(file))
        page.wait(page["send"].is_enabled)
        told = page.shown("shrunk")
        assert note in told
        page["send"].click()
        page.shown("success")
        return told

    def test_are_sent_smaller_and_upright(
        self, staff_page: Page, tmp_path: Path, product: Product
    ) -> None:
        exif = Image.Exif()
        # It was taken with the camera on its side.
        exif[ExifTags.Base.Orientation] = 6
        photo = Image.effect_noise((3400, 2550), 90).convert("RGB")
        photo.paste("red", (0, 0, 700, 2550))
        photo.save(tmp_path / "photo.jpg", quality=92, exif=exif)
        size = (tmp_path / "photo.jpg").stat().st_size
        assert 4 * 2**20 < size < 8 * 2**20

        told = self.add(staff_page, tmp_path / "photo.jpg", f"has {size / 2**20:.1f} MB")

        image = product.images.get()
        with Image.open(image.image.path) as stored:
            assert "the shop takes 500 KB" in told
            assert f"{stored.width} × {stored.height} pixels" in told
            assert stored.format == "JPEG"
            assert stored.height / stored.width == pytest.approx(4 / 3, abs=0.01)
            assert stored.getexif().get(ExifTags.Base.Orientation, 1) == 1
            red, green, _ = stored.convert("RGB").getpixel((stored.width // 2, 20))
            assert red > 200 > 50 > green
        assert image.image.size <= 500 * 1024
        assert (image.width, image.height) == stored.size
        assert image.sizes

    def test_stay_transparent(self, staff_page: Page, tmp_path: Path, product: Product) -> None:
        photo = Image.effect_noise((1000, 750), 90).convert("RGBA")
        photo.paste((0, 0, 0, 0), (0, 0, 200, 750))
        photo.save(tmp_path / "logo.png")

        self.add(staff_page, tmp_path / "logo.png", "logo.png has")

        assert staff_page["success"].text == "logo.webp is now a picture of Lamp."
        with Image.open(product.images.get().image.path) as stored:
            assert stored.format == "WEBP"
            corner: Any = stored.convert("RGBA").getpixel((5, 5))
            assert corner[3] == 0

    def test_are_sent_as_they_are_where_the_shop_takes_them(
        self, staff_page: Page, origin: str, live_server: Any, tmp_path: Path, settings: Any
    ) -> None:
        settings.STORE_IMAGE_KILOBYTES = 2000
        Image.effect_noise((1200, 900), 90).save(tmp_path / "photo.png")
        content = (tmp_path / "photo.png").read_bytes()
        staff_page.browser.get(f"{origin}/?api={live_server.url}&limit=2000")
        staff_page.sign_in()
        staff_page.pick()
        staff_page.add(tmp_path / "photo.png")

        staff_page.shown("success")
        assert staff_page["limit"].text == "2.0 MB"
        assert Path(ProductImage.objects.get().image.path).read_bytes() == content

    def test_another_one_takes_the_place_of_one_in_the_works(
        self, staff_page: Page, picture: Path, tmp_path: Path
    ) -> None:
        Image.effect_noise((2800, 2100), 90).save(tmp_path / "photo.jpg", quality=92)
        staff_page["file"].send_keys(str(tmp_path / "photo.jpg"))
        staff_page.add(picture)

        assert staff_page.shown("success") == "lamp.png is now a picture of Lamp."
        assert staff_page["shrunk"].text == ""


class TestRefusals:
    def test_who_is_not_staff_adds_nothing(self, page: Page, register: Any, picture: Path) -> None:
        register("bob")
        page.sign_in("bob")
        page.pick()
        page.add(picture)
        assert page.shown("refusal") == "Your account may not add pictures: that is for staff."
        assert not ProductImage.objects.exists()

    def test_the_shop_says_what_is_wrong_with_a_file(
        self, staff_page: Page, tmp_path: Path
    ) -> None:
        for content, reason in [
            (b"only text", "Upload a JPEG, PNG, WebP, GIF, AVIF or BMP picture."),
            (b"\xff" * (500 * 1024 + 1), "Files cannot be larger than 500KB!"),
            (b"", "The submitted file is empty."),
        ]:
            (tmp_path / "notes.png").write_bytes(content)
            staff_page.add(tmp_path / "notes.png")
            staff_page.wait(lambda reason=reason: staff_page.shown("refusal") == reason)
            assert staff_page.browser.switch_to.active_element == staff_page["refusal"]
            assert staff_page["send"].is_enabled()
        assert not ProductImage.objects.exists()

    def test_a_network_that_is_down_is_told_from_a_refusal(
        self, staff_page: Page, picture: Path, product: Product
    ) -> None:
        staff_page.browser.set_network_conditions(**OFFLINE)
        staff_page.add(picture)
        assert "cannot be reached" in staff_page.shown("refusal")
        staff_page.browser.set_network_conditions(**ONLINE)
        staff_page["send"].click()
        assert staff_page.shown("success") == "lamp.png is now a picture of Lamp."

        product.delete()
        staff_page.add(picture)
        assert staff_page.shown("refusal") == "The product is not there any more."

    def test_whose_token_has_ended_signs_in_and_goes_on(
        self, staff_page: Page, picture: Path, django_user_model: Any
    ) -> None:
        # The same password again: every token of before is revoked.
        user = django_user_model.objects.get(username="ann")
        user.set_password(PASSWORD)
        user.save()
        staff_page.add(picture)
        assert "Your session has ended." in staff_page.shown("refusal")
        assert not ProductImage.objects.exists()
        staff_page.sign_in()
        staff_page.wait(staff_page["send"].is_displayed)
        staff_page["send"].click()
        assert staff_page.shown("success") == "lamp.png is now a picture of Lamp."
