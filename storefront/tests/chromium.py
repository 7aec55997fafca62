"""The browser that the tests of pages share."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from .services import CHROMIUM

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM_OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
]


def start_chromium(profile: Path) -> "Chrome":
    """Start a headless Chromium that keeps what it must in a folder of its own."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in [*CHROMIUM_OPTIONS, f"--user-data-dir={profile}"]:
        options.add_argument(argument)
    browser, driver = map(shutil.which, CHROMIUM)
    options.binary_location = browser or ""
    return webdriver.Chrome(options, webdriver.ChromeService(driver))
