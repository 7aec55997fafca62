from datetime import date, datetime
from decimal import Decimal

import pytest
from model_bakery import baker

from outbox.models import Mail
from store.models import Order, OrderItem
from store.services.report_mails import queue_sales_report

pytestmark = pytest.mark.django_db

TODAY = date(2026, 1, 5)
CSV = """day,orders,pieces,revenue
2025-12-29,2,5,20.12
2025-12-30,0,0,0.00
2025-12-31,0,0,0.00
2026-01-01,0,0,0.00
2026-01-02,0,0,0.00
2026-01-03,0,0,0.00
2026-01-04,1,1,9999.99
"""


@pytest.fixture
def sell(customer, product):
    def sell(when, *lines, status="C"):
        order = baker.make(Order, customer=customer, payment_status=status)
        Order.objects.filter(pk=order.pk).update(placed_at=datetime.fromisoformat(when + "+00:00"))
        for quantity, price in lines:
            OrderItem.objects.create(
                order=order, product=product, quantity=quantity, unit_price=Decimal(price)
            )

    return sell


@pytest.fixture
def report(settings, smtp_server, django_capture_on_commit_callbacks):
    settings.ADMINS = [("Ann", "ann@example.com"), ("", "Bob@example.com")]

    def report(today=TODAY):
        with django_capture_on_commit_callbacks(execute=True):
            queue_sales_report(today=today)
        return smtp_server.received

    return report


def test_carries_the_last_whole_week_to_the_cent(sell, report):
    sell("2025-12-28T23:59:59", (9, "1.00"))
    sell("2025-12-29T00:00:00", (3, "0.04"), (1, "15.00"))
    sell("2025-12-29T12:00:00", (1, "5.00"), status="P")
    sell("2025-12-30T12:00:00", (7, "7.00"), status="F")
    sell("2026-01-04T23:59:59", (1, "9999.99"))
    sell("2026-01-05T00:00:00", (9, "1.00"))

    letters = report()

    assert [letter.recipients for letter in letters] == [["ann@example.com"], ["Bob@example.com"]]
    message = letters[0].message
    assert message["Subject"] == "Sales of week 2026-W01"
    [file] = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("sales-2026-W01.csv", "text/csv")
    assert file.get_content().replace("\r\n", "\n") == "\ufeff" + CSV
    text = message.get_body(["plain"]).get_content()
    assert "Mon 2025-12-29: 2 orders, 5 pieces, 20.12" in text
    assert "Together: 3 orders, 6 pieces, 10020.11" in text
    html = message.get_body(["html"]).get_content()
    assert "<td>9999.99</td>" in html
    assert "<th>10020.11</th>" in html


def test_names_every_day_of_a_week_without_a_sale(report):
    [file] = report()[0].message.iter_attachments()

    assert file.get_content().count(",0,0,0.00") == 7


def test_goes_out_once_a_week(report):
    report()
    report(date(2026, 1, 7))
    assert Mail.objects.count() == 2
    assert sorted(Mail.objects.values_list("key", flat=True)) == [
        "sales-report:2026-W01:Bob@example.com",
        "sales-report:2026-W01:ann@example.com",
    ]

    report(date(2026, 1, 12))
    assert Mail.objects.count() == 4


def test_reaches_the_others_where_one_address_is_none(settings, report, caplog):
    settings.ADMINS = [("", "nobody"), ("", "bob@example.com")]

    assert [letter.recipients for letter in report()] == [["bob@example.com"]]
    assert "ADMINS names an address that is none" in caplog.text


def test_goes_nowhere_without_admins(settings, report):
    settings.ADMINS = []

    assert report() == []
