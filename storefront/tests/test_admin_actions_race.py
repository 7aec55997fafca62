"""Two clicks at the same moment on the page that asks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connections
from django.test import Client
from model_bakery import baker

from store.models import Product
from storefront.admin.actions import Confirmation

pytestmark = [pytest.mark.row_locks, pytest.mark.django_db(transaction=True)]
PRODUCTS = "/admin/store/product/"
SECONDS = 30


def test_change_and_log_each_row_once(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    baker.make("store.Product", title="Cup", unit_price=2, inventory=7, _quantity=20)
    form = {"action": "clear_inventory", "_selected_action": 1, "select_across": 1}
    form["shown"] = admin_client.post(PRODUCTS, form).context["shown"]
    both_have_read, apply = Barrier(2), Confirmation.apply

    def apply_together(confirmation: Confirmation, keys: list[int]) -> None:
        both_have_read.wait(SECONDS)
        apply(confirmation, keys)

    def click(cookie: str) -> int:
        client = Client()
        client.cookies["sessionid"] = cookie
        try:
            return client.post(PRODUCTS, form).status_code
        finally:
            connections.close_all()

    monkeypatch.setattr(Confirmation, "apply", apply_together)
    with ThreadPoolExecutor(2) as pool:
        responses = [*pool.map(click, [admin_client.cookies["sessionid"].value] * 2)]

    assert responses == [302, 302]
    assert not Product.objects.filter(inventory__gt=0).exists()
    assert LogEntry.objects.count() == 20
