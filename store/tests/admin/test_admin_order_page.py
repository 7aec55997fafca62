"""What the page of an order shows to who packs it; it changes nothing but by its steps and forms."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from core.services.accounts import delete_account
from outbox.models import Mail
from store.models import Customer, Order, Payment, PaymentEvent, Product, ProductImage
from store.services.order_addresses import correct_address
from store.services.order_notes import add_note
from store.services.order_status import change_order_status
from store.services.orders import write_order
from store.services.shipments import correct_tracking

from .forms import inline

pytestmark = pytest.mark.django_db

ELY = {"street": "1 High St", "city": "Ely", "zip": "CB7"}


def change_url(order):
    return f"/admin/store/order/{order.pk}/change/"


def page_of(client, order):
    return client.get(change_url(order)).context["page"]


class TestRefusals:
    def test_changes_nothing_by_a_form(self, admin_client, order, make_customer):
        rows = [{"id": order.items.get().pk, "order": order.pk, "quantity": 9, "DELETE": "on"}]
        form = {"customer": make_customer("bob").pk, "payment_status": "C"}

        page = admin_client.post(change_url(order), form | inline("items", rows, initial=1))

        assert page.status_code == 403
        order.refresh_from_db()
        assert (order.customer.user.username, order.status) == ("ann", "pending")
        assert [line.quantity for line in order.items.all()] == [3]

    def test_who_only_looks_is_offered_nothing(self, make_clerk, order):
        page = make_clerk("view_order").get(change_url(order))

        assertContains(page, "ann@example.com")
        for shown in ("/address/", "/notes/", "/tracking/", "/move/", "/delete/", "/customer/"):
            assertNotContains(page, shown)

    def test_payments_and_mails_are_for_those_who_may_see_them(self, make_clerk, order):
        payment = Payment.objects.create(order=order, gateway="development", amount=33)
        url = f"/admin/store/payment/{payment.pk}/change/"
        assertNotContains(make_clerk("view_order").get(change_url(order)), url)

        page = make_clerk("view_order", "view_payment", username="bob").get(change_url(order))

        assertContains(page, url)
        assertNotContains(page, "/admin/outbox/mail/")


class TestLines:
    def test_are_as_they_were_ordered(self, admin_client, order):
        Product.objects.update(title="Renamed", unit_price=99, sku="TEA-1")
        order.items.update(list_price=12, promotion="Sale")
        image = ProductImage.objects.create(
            product=Product.objects.get(), image="store/images/a.png", alt="A pot"
        )

        page = admin_client.get(change_url(order))

        [line] = page.context["page"].lines
        assert (line.title, line.sku, line.quantity, line.promotion) == (
            "Teapot",
            "TEA-1",
            3,
            "Sale",
        )
        assert (line.picture, line.alt) == (f"/media/{image.image.name}", "A pot")
        assertContains(page, "<s>12.00</s> 10.00")
        assertContains(page, "To pack: 3 pieces in 1 line")
        assertContains(page, "<dd>33.00 USD</dd>")

    def test_that_plain_sql_wrote_are_shown(self, admin_client, order):
        order.items.update(title=None, list_price=None, tax=None)

        page = admin_client.get(change_url(order))

        assertContains(page, "Teapot</a>")
        assertContains(page, '<td class="number" data-label="Tax">–</td>')

    def test_none_are_said_to_be_none(self, admin_client, customer):
        order = Order.objects.create(customer=customer)

        assertContains(admin_client.get(change_url(order)), "The order has no lines.")


class TestPeople:
    def test_are_reached_by_links(self, admin_client, order):
        Customer.objects.update(phone="+49 (30) 12-3")

        page = admin_client.get(change_url(order))

        assertContains(page, '<a href="mailto:ann@example.com">ann@example.com</a>')
        assertContains(page, '<a href="tel:+4930123">+49 (30) 12-3</a>')
        assertContains(page, f'<a href="/admin/store/customer/{order.customer_id}/change/">Ann Lee')

    @pytest.mark.parametrize(("phone", "link"), [("", ""), ("ask at the door", "")])
    def test_without_a_number_have_no_link(self, admin_client, order, phone, link):
        Customer.objects.update(phone=phone)

        assert page_of(admin_client, order).contact.phone_link == link

    def test_an_address_is_shown_in_full(self, admin_client, order):
        Order.objects.update(**{f"shipping_{name}": value for name, value in ELY.items()})

        page = admin_client.get(change_url(order))

        assertContains(page, "<address>Ann Lee<br>1 High St<br>CB7 Ely</address>")

    def test_an_erased_person_is_nobody(self, admin_client, order):
        change_order_status(order=order, status="paid")
        delete_account(user=order.customer.user)

        page = admin_client.get(change_url(order))

        assertContains(page, "Former customer (the account was deleted)")
        assertContains(page, "No address is known.")
        assertNotContains(page, "ann@example.com")
        assertNotContains(page, "mailto:")


class TestTimeLine:
    def test_has_everything_newest_first(self, admin_client, admin_user, order):
        payment = Payment.objects.create(order=order, gateway="bank", amount=33, reference="r-1")
        PaymentEvent.objects.create(
            payment=payment, event_id="e", digest="e", gateway="bank", kind="succeeded"
        )
        change_order_status(order=order, status="paid")
        correct_address(order=order, address=ELY, by=admin_user)
        add_note(order=order, text="By <air>.", by=admin_user)
        change_order_status(order=order, status="shipped", by=admin_user, reason="Here.")
        correct_tracking(order=order, carrier="DHL", tracking_number="5", by=admin_user)

        entries = page_of(admin_client, order).entries

        kinds = [entry.kind for entry in entries]
        assert sorted(kinds) == sorted(
            ["step"] * 3 + ["payment"] * 2 + ["mail"] * 4 + ["tracking", "note", "address"]
        )
        assert [entry.title for entry in entries if entry.kind == "step"] == [
            "Shipped",
            "Paid",
            "Placed",
        ]
        told = {entry.kind: (entry.who, entry.text) for entry in reversed(entries)}
        assert told["step"] == ("admin", "Here.")
        assert told["tracking"] == ("admin", "From none to DHL 5")
        assert told["address"] == ("admin", "From none to 1 High St, CB7 Ely")
        assert told["note"] == ("admin", "By <air>.")
        moments = [entry.at for entry in entries]
        assert moments == sorted(moments, reverse=True)
        assertContains(admin_client.get(change_url(order)), "By &lt;air&gt;.")

    def test_tells_what_became_of_the_mails(self, admin_client, order):
        Mail.objects.update(sent_at=timezone.now() + timedelta(minutes=1))

        [mail] = [each for each in page_of(admin_client, order).entries if each.kind == "mail"]

        assert (mail.title, mail.text) == (
            f"Mail “Your order {order.pk}”",
            "To ann@example.com: sent",
        )
        assert mail.url.startswith("/admin/outbox/mail/")

    def test_shows_no_mail_of_another_order(self, admin_client, order, customer, make_product):
        other = Order(customer=customer)
        write_order(order=other, quantities={make_product().pk: 1})

        page = admin_client.get(change_url(order))

        assertNotContains(page, f"Your order {other.pk}”")


@pytest.mark.parametrize("rows", [1, 200])
def test_costs_no_more_for_more_rows(
    admin_client, customer, make_product, make_customer, django_assert_num_queries, rows
):
    order = Order(customer=customer)
    write_order(order=order, quantities={make_product().pk: 1 for _ in range(rows)})
    for number in range(min(rows, 9)):
        clerk = make_customer(f"clerk{number}").user
        change_order_status(order=order, status="cancelled", by=clerk)
        change_order_status(order=order, status="pending", by=clerk)
        add_note(order=order, text="Hm.", by=clerk)
        Payment.objects.create(order=order, gateway="development", amount=11)

    # Asked for once in the life of a process.
    ContentType.objects.get_for_model(Order)
    # The session and its user; the order, its lines, products and pictures; then payments, their events,
    # steps, corrected tracking and addresses, notes, mails and invoices.
    with django_assert_num_queries(14):
        page = admin_client.get(change_url(order))
    assert len(page.context["page"].lines) == rows
