"""The pages of the admin in a browser: on a phone, by keyboard, in the dark."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from model_bakery import baker
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from .browsing import sign_in, wait_for, wait_until

pytestmark = [pytest.mark.once, pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

PHONE, DESK = (390, 844), (1440, 900)
PATHS = ["", "store/product/", "store/order/", "core/user/", "search/?q=lamp", "store/product/add/"]
# Text and what it stands on, as WCAG computes their contrast; pictures and the disabled are left out.
CONTRASTS = """
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgba = (css) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = css;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
const light = (rgb) => rgb
  .map((c) => c / 255)
  .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (element) => {
  if (!element) return [255, 255, 255];
  const own = rgba(getComputedStyle(element).backgroundColor);
  return own[3] === 1 ? own.slice(0, 3) : over(own, behind(element.parentElement));
};
const poor = [];
for (const element of document.querySelectorAll("body *")) {
  const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!words || !element.checkVisibility({ visibilityProperty: true }) || element.closest("svg")) continue;
  const ground = behind(element);
  const [high, low] = [light(over(rgba(getComputedStyle(element).color), ground)), light(ground)]
    .sort((a, b) => b - a);
  const contrast = (high + 0.05) / (low + 0.05);
  if (contrast < 4.5) poor.push(`${element.outerHTML.slice(0, 80)}: ${contrast.toFixed(2)}`);
}
return poor;
"""
SMALL = """
return [...document.querySelectorAll("#header a, #header button, #header input, #shop-menu a, .breadcrumbs a," +
    " .filter-button, .actions button, .actions select, .object-tools a, .submit-row input, .paginator a")]
  .filter((element) => element.checkVisibility())
  .filter((element) => element.getBoundingClientRect().height < 24)
  .map((element) => element.outerHTML.slice(0, 80));
"""
ALIEN = "return document.documentElement.scrollWidth > innerWidth"
CARET = "return document.activeElement.name"


@pytest.fixture
def screen(browser: Chrome, live_server: Any, admin_user: Any) -> Iterator[Any]:
    """A browser of a superuser in a shop with a few rows, whose size and colours can be set."""
    collection = baker.make("store.Collection", title="Lamps")
    for number in range(3):
        baker.make("store.Product", title=f"Lamp {number}", unit_price=9, collection=collection)
    baker.make("store.Order", customer=admin_user.customer)
    sign_in(browser, live_server.url, admin_user)
    browser.get_log("browser")
    yield Screen(browser, f"{live_server.url}/admin/")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


class Screen:
    def __init__(self, browser: Chrome, url: str) -> None:
        self.browser = browser
        self.url = url

    def open(self, path: str, size: tuple[int, int] = DESK, scheme: str = "light") -> None:
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        self.browser.get(self.url + path)
        wait_for(self.browser, "#content")

    def run(self, script: str) -> Any:
        return self.browser.execute_script(script)

    def is_shown(self, css: str) -> bool:
        return self.browser.find_element(By.CSS_SELECTOR, css).is_displayed()


@contextmanager
def quiet(screen: Screen) -> Iterator[None]:
    """Let the browser complain of nothing, such as what the policy of the pages forbids."""
    yield
    log = screen.browser.get_log("browser")
    assert [entry["message"] for entry in log if entry["level"] == "SEVERE"] == []


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_fit_and_break_no_rule_of_the_policy(screen: Screen, size: tuple[int, int]) -> None:
    for path in PATHS:
        with quiet(screen):
            screen.open(path, size)
            assert (path, screen.run(ALIEN)) == (path, False)
            assert (path, screen.run(SMALL)) == (path, [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(screen: Screen, scheme: str) -> None:
    for path in PATHS:
        screen.open(path, scheme=scheme)
        wait_for(screen.browser, ".account-button").click()
        assert (path, screen.run(CONTRASTS)) == (path, [])


def test_the_toggle_of_the_theme_goes_before_the_system(screen: Screen) -> None:
    background = "return getComputedStyle(document.body).backgroundColor"
    screen.open("", scheme="light")
    light = screen.run(background)
    wait_for(screen.browser, ".theme-toggle").click()
    assert screen.run(background) != light
    # Colours of links change in a moment.
    wait_until(screen.browser, lambda _: screen.run(CONTRASTS) == [])
    screen.run("localStorage.removeItem('theme')")


def test_a_phone_has_the_menu_behind_a_button(screen: Screen) -> None:
    screen.open("store/order/", PHONE)
    assert not screen.is_shown("#shop-menu")
    wait_for(screen.browser, ".menu-button").click()
    assert wait_for(screen.browser, "#shop-menu [aria-current=page]").text == "Orders"
    screen.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not screen.is_shown("#shop-menu")


def test_a_phone_has_the_filters_above_the_list(screen: Screen) -> None:
    screen.open("store/product/", PHONE)
    button = wait_for(screen.browser, ".filter-button")
    rows = screen.browser.find_element(By.ID, "result_list")
    assert button.location["y"] < rows.location["y"]
    button.click()
    with quiet(screen):
        wait_for(screen.browser, "#changelist-filter a[href*='inventory=low']").click()
        wait_for(screen.browser, ".filter-button .badge")
        assert "inventory=low" in screen.browser.current_url


def test_a_desk_has_menu_and_filters_beside_the_list(screen: Screen) -> None:
    screen.open("store/product/")
    assert screen.is_shown("#shop-menu")
    assert screen.is_shown("#changelist-filter")
    assert not screen.is_shown(".menu-button")
    assert not screen.is_shown(".filter-button")


def test_a_slash_leads_to_the_search(screen: Screen, press: Callable[[str], None]) -> None:
    screen.open("store/order/")
    press("/")
    assert screen.run(CARET) == "q"
    press("lamp/1")
    press(Keys.ENTER)
    wait_until(screen.browser, lambda browser: "/search/" in browser.current_url)
    assert wait_for(screen.browser, "#shop-search input").get_attribute("value") == "lamp/1"


@pytest.fixture
def press(screen: Screen) -> Callable[[str], None]:
    return lambda keys: screen.browser.switch_to.active_element.send_keys(keys)
