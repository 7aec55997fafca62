"""What stands on a slip and on an invoice, in any script, on one page or many."""

import pytest

from store.documents import pdf_of_invoices, pdf_of_slips
from store.models import Invoice, Order
from store.services.invoices import issue_invoice
from store.services.order_status import change_order_status

from .pdfs import pages_of, read, text_of

pytestmark = [pytest.mark.once, pytest.mark.django_db]

SCRIPTS = {
    "Latin": "Zoë Łukasiewicz-Straße",
    "Greek": "Ελένη Παπαδοπούλου",
    "Cyrillic": "Зоя Кузнецова",
    "Thai": "สมชาย",
}
# All that may come from a form or from plain SQL.
NASTY = [
    "a\x00b\x1b[0m",
    "\u202edlrow\u202c",
    "emoji 🫖👩‍🚀",
    "中文 かな",
    "e\u0301\u200d",
    "tab\tand\nline",
]


def slip(order):
    return pdf_of_slips(list(Order.objects.with_customers_and_lines().filter(pk=order.pk)))


def lines_of(order, title, count=1):
    [line] = order.items.all()
    line.title = title
    for number in range(count):
        line.pk, line.quantity = None, number + 1
        line.save(force_insert=True)


def test_a_slip_names_what_to_pack_and_no_price(make_order, make_product):
    lamp = make_product(title="Lamp", sku="LP-7", unit_price="77.77")
    order = make_order({lamp: 4})

    content = slip(order)

    text = text_of(content)
    for shown in (f"Order {order.pk}", "Lamp", "LP-7", "4", "zoe", "1 High St", "CB7 Ely"):
        assert shown in text
    assert "Teapots Ltd" in text
    assert "77" not in text.replace("LP-7", "")
    assert "Page 1 of 1" in text
    assert read(content).metadata.title == f"Packing slip, order {order.pk}"
    assert read(content).trailer["/Root"]["/Lang"] == "en"


def test_an_invoice_says_what_was_issued(order, settings):
    change_order_status(order=order, status="paid")
    invoice = issue_invoice(order=order)
    settings.STORE_SELLER_NAME, settings.STORE_CURRENCY = "Another Ltd", "JPY"
    order.items.update(unit_price=99)

    text = text_of(pdf_of_invoices([Invoice.objects.get()]))

    for shown in (invoice.number, "Teapots Ltd", "GB 123 4567 89", "zoe", "1 High St", "CB7 Ely"):
        assert shown in text
    for shown in ("Teapot", "10.00", "10 %", "20.00", "2.00", "22.00 USD", "Paid"):
        assert shown in text
    assert "Another" not in text


def test_a_credit_note_names_its_invoice(order):
    invoice = issue_invoice(order=order)
    change_order_status(order=order, status="cancelled")

    pages = pages_of(pdf_of_invoices(list(Invoice.objects.of_orders([order.pk]))))

    assert len(pages) == 2
    assert f"Invoice {invoice.number} of" in pages[1].replace("\n", " ")
    assert "Amount credited 22.00 USD" in pages[1]
    assert "Payment due" not in pages[1]


@pytest.mark.parametrize(
    ("currency", "shown"), [("JPY", "22 JPY"), ("USD", "22.00 USD"), ("KWD", "22.000 KWD")]
)
def test_an_amount_has_the_decimals_of_its_currency(order, currency, shown):
    issue_invoice(order=order)
    Invoice.objects.update(currency=currency)

    assert f"Amount {shown}" in text_of(pdf_of_invoices([Invoice.objects.get()]))


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_a_name_is_found_in_any_script(order, name):
    order.customer.user.first_name = name
    order.customer.user.save()

    assert name in text_of(slip(order))


@pytest.mark.parametrize("text", NASTY)
def test_no_text_stops_a_paper(order, text):
    lines_of(order, text)
    order.customer.user.last_name = "Lee"
    order.customer.user.first_name = text.replace("\x00", "")
    order.customer.user.save()

    assert "Lee" in text_of(slip(order))
    issue_invoice(order=order)
    assert "Lee" in text_of(pdf_of_invoices([Invoice.objects.get()]))


def test_a_long_order_goes_on_over_pages_under_its_head(order):
    lines_of(order, "word " * 50, count=60)

    pages = pages_of(slip(order))

    assert len(pages) > 3
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
    assert all("SKU" in page for page in pages[:-1])
    assert "Notes" in pages[-1]
    assert "".join(pages).count("word") == 60 * 50


def test_a_word_without_end_stays_on_the_page(order):
    lines_of(order, "x" * 255)

    text = text_of(slip(order))

    assert text.replace("\n", "").count("x") >= 255
    assert "x" * 100 not in text


def test_each_paper_counts_its_own_pages(make_order):
    keys = [make_order().pk for _ in range(3)]
    orders = list(Order.objects.with_customers_and_lines().filter(pk__in=keys))
    lines_of(orders[1], "Kettle", count=60)
    orders = list(Order.objects.with_customers_and_lines().filter(pk__in=keys).order_by("pk"))

    pages = pages_of(pdf_of_slips(orders))

    assert "Page 1 of 1" in pages[0]
    assert "Page 1 of 3" in pages[1]
    assert "Page 1 of 1" in pages[-1]


def test_the_same_paper_is_the_same_bytes(order):
    assert slip(order) == slip(order)


@pytest.mark.parametrize("file", ["/nowhere.ttf", "not-a-font.ttf"])
def test_a_font_that_cannot_be_read_is_left_out(order, settings, tmp_path, caplog, file):
    (tmp_path / "not-a-font.ttf").write_text("No font.")
    settings.STORE_PDF_FONT = str(tmp_path / file)
    lines_of(order, "中文")

    assert "Teapot" in text_of(slip(order))
    assert "STORE_PDF_FONT was left out" in caplog.text
