"""The daily mail of what has become low on stock."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from outbox.models import Mail
from store.models import LowStockNotice, Product
from store.services import stock_mails
from store.services.stock_mails import queue_low_stock_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _admins(settings: Any) -> None:
    settings.ADMINS = [("Ann", "ann@example.com")]


def stock(product: Product, pieces: int) -> None:
    Product.objects.filter(pk=product.pk).update(inventory=pieces)


def test_nothing_low_is_no_mail(product: Product) -> None:
    assert queue_low_stock_mail() == 0
    assert not Mail.objects.exists()


def test_without_recipients_nothing_counts_as_told(product: Product, settings: Any) -> None:
    settings.ADMINS = []
    stock(product, 3)

    assert queue_low_stock_mail() == 0
    settings.STORE_STOCK_MAILS = [("", "stock@example.com")]
    assert queue_low_stock_mail() == 1
    assert Mail.objects.get().recipient == "stock@example.com"


def test_names_what_is_low_the_lowest_first(make_product: Callable[..., Product]) -> None:
    make_product(title="Pot", inventory=9)
    make_product(title="Jug <b>", sku="J-1", inventory=0)
    make_product(title="Cup", inventory=10)
    make_product(title="Mug", inventory=20, low_stock_threshold=21)

    queue_low_stock_mail()

    mail = Mail.objects.get()
    assert mail.subject == "Low on stock: 3 products"
    assert mail.text.splitlines()[2:5] == [
        "Jug <b> (J-1): sold out, low below 10",
        "Pot: 9 left, low below 10",
        "Mug: 20 left, low below 21",
    ]
    assert "Jug &lt;b&gt;" in mail.html


def test_names_a_product_once_until_it_recovers(product: Product) -> None:
    sent = []
    for pieces in (9, 9, 3, 10, 9):
        stock(product, pieces)
        sent.append(queue_low_stock_mail())

    assert sent == [1, 0, 0, 0, 1]


def test_forgets_a_product_that_is_deleted(product: Product) -> None:
    stock(product, 9)
    queue_low_stock_mail()
    product.delete()

    queue_low_stock_mail()

    assert not LowStockNotice.objects.exists()


def test_says_how_many_more_there_are(
    make_product: Callable[..., Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_mails, "NAMED", 1)
    for _ in range(3):
        make_product(inventory=0)

    queue_low_stock_mail()

    assert "Product 1: sold out, low below 10\nand 2 more\n" in Mail.objects.get().text
    assert LowStockNotice.objects.count() == 3


def test_by_the_command(product: Product, capsys: Any) -> None:
    stock(product, 9)
    call_command("send_low_stock_mail")
    call_command("send_low_stock_mail")
    assert capsys.readouterr().out == "Mails queued: 1.\nMails queued: 0.\n"


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_one(make_product: Callable[..., Product]) -> None:
    for _ in range(20):
        make_product(inventory=1)
    start, sent = Barrier(4), []

    def work() -> None:
        start.wait()
        sent.append(queue_low_stock_mail())
        connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(sent) == [0, 0, 0, 1]
    assert Mail.objects.count() == 1
