"""What the tests in a browser have in common: waiting for a page, and being signed in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.test import Client
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import visibility_of_element_located
from selenium.webdriver.support.wait import WebDriverWait

SECONDS = 20
# Selenium's own half a second is longer than most pages take.
PAUSE = 0.02
Found = TypeVar("Found")
HURRY = "const later = setTimeout; window.setTimeout = (task, ms) => later(task, ms / 20);"


def wait_until(browser: Chrome, condition: Callable[[Chrome], Found]) -> Any:
    """Return what the condition finds, once it finds something."""
    return WebDriverWait(browser, SECONDS, PAUSE).until(condition)


def wait_for(browser: Chrome, css: str) -> Any:
    """Return the first element that fits, once it can be seen."""
    return wait_until(browser, visibility_of_element_located((By.CSS_SELECTOR, css)))


def sign_in(browser: Chrome, address: str, user: Any) -> None:
    """Let the browser have a session of the user at the address."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"url": address, "name": name, "value": client.cookies[name].value}
    browser.execute_cdp_cmd("Network.setCookie", cookie)


@contextmanager
def hurrying(browser: Chrome) -> Iterator[None]:
    """Let the timers of the pages that are loaded meanwhile run twenty times as fast."""
    added = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": HURRY})
    yield
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
