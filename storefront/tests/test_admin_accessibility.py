"""Every page of the admin, judged by axe in a browser: nothing serious or critical may be wrong with it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import RequestFactory
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from core.links import RESET_PASSWORD, encode_uid

from .admin_pages import SIGNED_OUT, actions_of, fill_admin, pages
from .axe import Judge
from .browsing import sign_in, wait_for, wait_until

pytestmark = [
    pytest.mark.once,
    pytest.mark.chromium,
    pytest.mark.axe,
    pytest.mark.django_db(transaction=True),
]

# Judged at the width of a phone, too.
ON_PHONES = {
    *("index", "login", "search", "store_order_changelist", "store_order_change"),
    *("store_product_changelist", "store_product_change", "store_product_add"),
}
STATUS = "return performance.getEntriesByType('navigation')[0].responseStatus"
UNNAMED = "document.querySelector('#content').append(document.createElement('input'))"
# What is there once it is asked for: a suggestion, a calendar, a clock, another row.
OPEN = """
    const press = (css) => document.querySelector(css)?.click();
    for (const css of [".add-row a", ".datetimeshortcuts a:has(.date-icon)", ".datetimeshortcuts a:has(.clock-icon)"])
        press(css);
    const select = document.querySelector("select.select2-hidden-accessible");
    if (select) django.jQuery(select).select2("open");
"""
SEND_ACTION = """
    const [action] = arguments;
    for (const box of document.querySelectorAll(".action-select")) box.checked = true;
    document.querySelector("[name=action]").value = action;
    document.querySelector("[name=index]").click();
"""
SEND_EMPTY = """
    const form = document.querySelector("#content-main form");
    for (const field of form.querySelectorAll("input[type=text], input[type=number], textarea"))
        if (!field.closest(".empty-form")) field.value = "";
    form.noValidate = true;
    form.querySelector("[name=_save]").click();
"""


@pytest.fixture
def judge(browser: Chrome) -> Iterator[Judge]:
    judge = Judge(browser)
    yield judge
    judge.leave()


class Walk:
    """A walk through the pages with the judge."""

    def __init__(self, judge: Judge, url: str) -> None:
        self.judge, self.browser, self.url = judge, judge.browser, url

    def visit(self, name: str, path: str) -> None:
        self.browser.get(self.url + path)
        there = urlsplit(self.browser.current_url).path
        assert there == urlsplit(path).path, f"{name} led to {there}."
        self.look(name)

    def look(self, name: str) -> None:
        assert self.browser.execute_script(STATUS) < 500, f"{name} is a server error."
        # Also of what nobody may do: the page that says so.
        if not self.browser.find_elements(By.ID, "content-start"):
            return
        assert self.browser.find_elements(By.ID, "content-start"), (
            f"{name} is no page of the admin."
        )
        self.judge.judge(name, is_phone=name in ON_PHONES)

    def press(self, script: str, *arguments: str) -> None:
        """Run what leads to another page, and wait for that page."""
        before = self.loaded_at()
        self.browser.execute_script(script, *arguments)
        wait_until(self.browser, lambda _: self.loaded_at() != before)
        wait_for(self.browser, "#content-start")

    def loaded_at(self) -> float:
        return self.browser.execute_script("return performance.timeOrigin")

    @property
    def findings(self) -> str:
        return "\n".join(map(str, self.judge.findings))


@pytest.fixture
def walk(judge: Judge, live_server: Any, admin_user: Any) -> Walk:
    fill_admin(admin_user)
    sign_in(judge.browser, live_server.url, admin_user)
    return Walk(judge, live_server.url)


def test_pages_that_have_an_address(walk: Walk) -> None:
    found = [page for page in pages() if page.name not in SIGNED_OUT]
    assert len(found) > 80
    for page in found:
        walk.visit(page.name, page.path)
    assert not walk.findings


def test_pages_for_who_is_not_signed_in(walk: Walk, admin_user: Any) -> None:
    walk.browser.get(f"{walk.url}/favicon.ico")
    walk.browser.delete_all_cookies()
    for page in pages():
        if page.name in SIGNED_OUT:
            walk.visit(page.name, page.path)
    link = urlencode(
        {"uid": encode_uid(admin_user.pk), "token": RESET_PASSWORD.make_token(admin_user)}
    )
    walk.visit("a new password", f"/admin/password_reset/confirm/?{link}")
    assert not walk.findings


def test_an_input_without_a_name_is_found(judge: Judge, live_server: Any) -> None:
    judge.browser.get(f"{live_server.url}/admin/login/")
    judge.browser.execute_script(UNNAMED)
    judge.judge("login")
    assert [(each.rule, each.impact) for each in judge.findings] == [("label", "critical")]


@pytest.mark.parametrize("model", ["product", "order", "promotion", "customer"])
def test_what_opens_on_a_form(walk: Walk, model: str) -> None:
    walk.browser.get(f"{walk.url}/admin/store/{model}/add/")
    walk.browser.execute_script(OPEN)
    walk.look(f"{model}, opened")
    assert not walk.findings


def test_pages_that_ask_before_an_action(walk: Walk, admin_user: Any) -> None:
    request = RequestFactory().get("/")
    request.user = admin_user
    for path, action in actions_of(request):
        walk.browser.get(walk.url + path)
        walk.press(SEND_ACTION, action)
        assert not walk.browser.find_elements(By.ID, "changelist"), (
            f"{path} {action} asked nothing: fill_admin() stores no row that it affects."
        )
        walk.look(f"{path} {action}")
    assert not walk.findings


def test_forms_that_are_refused(walk: Walk) -> None:
    for page in pages():
        if page.name.endswith("_add"):
            walk.browser.get(walk.url + page.path)
            if not walk.browser.find_elements(By.NAME, "_save"):
                continue
            walk.press(SEND_EMPTY)
            walk.look(f"{page.name}, refused")
    assert not walk.findings
