"""Orders shipped by a sheet of tracking numbers: shown first, done once, each like the step of its page."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outbox.models import Mail
from store.models import Order
from store.services.order_status import change_order_status
from store.services.orders import write_order

from .forms import messages_in

pytestmark = [pytest.mark.once, pytest.mark.django_db]

LIST = "/admin/store/order/"
URL = f"{LIST}ship/"


@pytest.fixture
def make_orders(customer, make_product):
    def make_orders(number, status="paid"):
        product = make_product(inventory=100)
        orders = [Order(customer=customer) for _ in range(number)]
        for order in orders:
            write_order(order=order, quantities={product.pk: 1})
            change_order_status(order=order, status=status)
        Mail.objects.all().delete()
        return orders

    return make_orders


@pytest.fixture
def clerk(make_clerk):
    return make_clerk("view_order", "change_order")


def csv(*rows, head="order,carrier,tracking number", encoding="utf-8", name="sheet.csv"):
    text = "\r\n".join([head, *rows])
    return {"sheet": SimpleUploadedFile(name, text.encode(encoding))}


def xlsx(*rows):
    book, content = Workbook(), BytesIO()
    for row in [("Order", "Carrier", "Tracking number"), *rows]:
        book.active.append(row)
    book.save(content)
    return {"sheet": SimpleUploadedFile("sheet.xlsx", content.getvalue())}


def planned(page):
    assert page.status_code == 200
    return [
        (each.order.pk if each.order else None, each.carrier, each.tracking_number, each.problems)
        for each in page.context["planned"]
    ]


def confirm(clerk, page):
    return clerk.post(URL, {"plan": page.context["plan"]}, follow=True)


def tracking():
    return list(Order.objects.order_by("pk").values_list("status", "carrier", "tracking_number"))


def test_ships_what_it_has_shown(clerk, make_orders):
    one, two = make_orders(2)
    page = clerk.post(URL, csv(f"{one.pk},DHL,JD 01", f"{two.pk},UPS,1Z99"))

    assertContains(page, '<strong id="shipments">2 orders</strong> will be shipped')
    assert planned(page) == [(one.pk, "DHL", "JD 01", {}), (two.pk, "UPS", "1Z99", {})]
    assert tracking() == [("paid", "", ""), ("paid", "", "")]

    response = confirm(clerk, page)

    assertRedirects(response, LIST)
    assert messages_in(response) == ["2 orders were shipped."]
    assert tracking() == [("shipped", "DHL", "JD 01"), ("shipped", "UPS", "1Z99")]
    assert Mail.objects.count() == 2
    assert one.status_changes.first().changed_by.username == "clerk"


def test_a_double_click_ships_nothing_twice(clerk, make_orders):
    [order] = make_orders(1)
    page = clerk.post(URL, csv(f"{order.pk},DHL,1"))
    confirm(clerk, page)

    response = confirm(clerk, page)

    assert f"Row 2, order {order.pk}: The order is shipped already." in messages_in(response)[-1]
    assert Mail.objects.count() == 1
    assert order.status_changes.filter(to_status="shipped").count() == 1


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        (",DHL,1", "order", "is empty"),
        ("abc,DHL,1", "order", "is not the number of an order"),
        ("-1,DHL,1", "order", "is not the number of an order"),
        ("1.5,DHL,1", "order", "is not the number of an order"),
        ("999999,DHL,1", "order", "there is no such order"),
        ("{pending},DHL,1", "order", "is pending; only a paid order is shipped"),
        ("{paid},,1", "carrier", "is empty"),
        ("{paid},DHL,", "tracking number", "is empty"),
        ("{paid},DHL", "tracking number", "is empty"),
        ("{paid},DHL," + "1" * 65, "tracking number", "is longer than 64 characters"),
        ("{paid},DHL,1\x1b2", "tracking number", "has characters that cannot be printed"),
        (
            "{paid},DHL,1.23457E+14",
            "tracking number",
            "was cut by the spreadsheet; format the column as text",
        ),
    ],
)
def test_names_what_is_wrong_by_row_and_column(clerk, make_orders, order, row, column, problem):
    [paid] = make_orders(1)

    page = clerk.post(URL, csv(row.format(paid=paid.pk, pending=order.pk)))

    assert [problems for *_, problems in planned(page)] == [{column: problem}]
    assertContains(page, f"{column.capitalize()}: {problem}.")
    assertNotContains(page, 'name="confirm"')
    confirm(clerk, page)
    assert Order.objects.get(pk=paid.pk).status == "paid"


def test_a_row_that_is_wrong_keeps_back_itself_alone(clerk, make_orders):
    one, two = make_orders(2)
    page = clerk.post(URL, csv(f"{one.pk},DHL,1", f"{two.pk},DHL,2", f"{two.pk},DHL,3"))

    confirm(clerk, page)

    assert planned(page)[1][-1] == {"order": "stands in more than one row"}
    assert [status for status, *_ in tracking()] == ["shipped", "paid"]


def test_an_order_that_was_changed_since_is_refused_and_named(clerk, make_orders):
    one, two = make_orders(2)
    page = clerk.post(URL, csv(f"{one.pk},DHL,1", f"{two.pk},DHL,2"))
    change_order_status(order=one, status="cancelled")

    response = confirm(clerk, page)

    shipped, refused = messages_in(response)
    assert shipped == "1 order was shipped."
    assert refused.startswith("1 order was not shipped:")
    assert f"Row 2, order {one.pk}: The order has become cancelled meanwhile" in refused


@pytest.mark.parametrize(
    "head",
    [
        "Order,Carrier,Tracking number",
        "ORDER NO.,carrier,Tracking-No",
        "#,Courier,tracking_code",
        "order id,Shipping Company,Parcel Number",
    ],
)
@pytest.mark.parametrize("order_text", ["{}", "#{}", "{}.0", "Order {}", " {} "])
def test_takes_what_spreadsheets_make_of_it(clerk, make_orders, head, order_text):
    [order] = make_orders(1)

    page = clerk.post(URL, csv(f"{order_text.format(order.pk)},DHL,1", head=head))

    assert planned(page) == [(order.pk, "DHL", "1", {})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reads_any_encoding_and_delimiter(clerk, make_orders, encoding, delimiter):
    [order] = make_orders(1)
    row, head = f"{order.pk},Österreichische Post,1", "order,carrier,tracking number"

    page = clerk.post(
        URL,
        csv(row.replace(",", delimiter), head=head.replace(",", delimiter), encoding=encoding),
    )

    assert planned(page) == [(order.pk, "Österreichische Post", "1", {})]


def test_reads_a_workbook_with_numbers(clerk, make_orders):
    one, two = make_orders(2)

    page = clerk.post(
        URL, xlsx((float(one.pk), "DHL", 340434161094.0), (f"#{two.pk}", "UPS", "1Z"))
    )

    assert planned(page) == [
        (one.pk, "DHL", "340434161094", {}),
        (two.pk, "UPS", "1Z", {}),
    ]


def test_the_one_carrier_of_a_shop_need_not_be_named(clerk, make_orders, settings):
    settings.STORE_CARRIERS = {"DHL": "https://dhl.example/{number}"}
    [order] = make_orders(1)

    page = clerk.post(URL, csv(f"{order.pk},7", head="order,tracking"))

    assert planned(page) == [(order.pk, "DHL", "7", {})]


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ({}, "This field is required."),
        (csv(name="sheet.pdf"), "Only CSV and XLSX are read"),
        (csv(" ", head=" "), "The sheet is empty."),
        (csv(), "no row below the names"),
        (csv("1,2", head="a,b"), "names no column “order” and none “tracking number”"),
        (csv("1,2,3", head="order,order no,tracking"), "Two columns are called “order”"),
        (csv(*["1,DHL,1"] * 1001), "more than 1,000 rows"),
        (csv("x" * 2_100_000), "larger than 2 MB"),
        ({"sheet": SimpleUploadedFile("a.xlsx", b"PK no")}, "damaged"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "",
)
def test_says_why_a_sheet_cannot_be_read(clerk, sheet, says):
    # A file is read once.
    for file in sheet.values():
        file.seek(0)

    assertContains(clerk.post(URL, sheet), says)


@pytest.mark.parametrize("rights", [["view_product"], ["view_order"]])
def test_takes_the_right_to_change(make_clerk, make_orders, clerk, rights):
    [order] = make_orders(1)
    plan = clerk.post(URL, csv(f"{order.pk},DHL,1")).context["plan"]
    stranger = make_clerk(*rights, username="stranger")

    for body in (csv(f"{order.pk},DHL,1"), {"plan": plan}):
        assert stranger.post(URL, body).status_code == 403
    assert stranger.get(URL).status_code == 403
    assert tracking() == [("paid", "", "")]
    if "view_order" in rights:
        assertNotContains(stranger.get(LIST), URL)


@pytest.mark.parametrize("plan", ["", "x", "W10:1tabcd:zzzz"])
def test_a_plan_that_the_shop_did_not_make_ships_nothing(clerk, make_orders, plan):
    make_orders(1)

    response = clerk.post(URL, {"plan": plan}, follow=True)

    assert "Nothing was shipped" in messages_in(response)[0]
    assert tracking() == [("paid", "", "")]


def test_goes_on_with_the_rest_where_it_takes_long(clerk, make_orders, monkeypatch):
    monkeypatch.setattr("store.admin.order_sheets.SECONDS", 0)
    one, two = make_orders(2)
    page = clerk.post(URL, csv(f"{one.pk},DHL,1", f"{two.pk},DHL,2"))

    page = confirm(clerk, page)

    assert [status for status, *_ in tracking()] == ["shipped", "paid"]
    assert "Left to be shipped: 1." in messages_in(page)[-1]
    assertContains(page, 'value="Ship 1 order"')
    confirm(clerk, page)
    assert [status for status, *_ in tracking()] == ["shipped", "shipped"]


@pytest.mark.parametrize("rows", [1, 9])
def test_a_longer_sheet_costs_no_more_queries(clerk, make_orders, django_assert_num_queries, rows):
    orders = make_orders(rows)
    # Session, user, two of rights, and the orders with their customers.
    with django_assert_num_queries(5):
        clerk.post(URL, csv(*(f"{order.pk},DHL,1" for order in orders)))


def test_the_list_leads_to_it(clerk):
    assertContains(clerk.get(LIST), f'<a href="{URL}">Ship by a sheet</a>')
    assertContains(clerk.get(URL), 'type="file"')
