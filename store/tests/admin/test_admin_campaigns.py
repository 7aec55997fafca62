"""Staff write to customers: the form that asks first, and the page that shows how far it is."""

from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from outbox.models import Mail
from store.models import Campaign, CampaignRecipient, Customer, MarketingConsent, Promotion
from store.services.campaigns import queue_campaign_batch, start_campaign

from .forms import messages_in

pytestmark = [pytest.mark.once, pytest.mark.django_db]

CUSTOMERS = "/admin/store/customer/"
PROMOTIONS = "/admin/store/promotion/"
CAMPAIGNS = "/admin/store/campaign/"
NOBODY = "None of these customers has an active account with an e-mail address."


def chosen(*rows, **fields):
    """Return what the list sends: these rows, or all of the list behind them."""
    keys = [row.pk for row in rows]
    return {"action": "notify_customers", "select_across": 0, "_selected_action": keys, **fields}


def confirmed(*rows, **fields):
    message = {"subject": "Summer sale", "text": "20 % off.", "key": uuid4(), "confirm": "Send"}
    return chosen(*rows, **{**message, **fields})


def send(client, url, *rows, **fields):
    """Choose in the list, then confirm what the page that asks has shown."""
    page = client.post(url, chosen(*rows, select_across=fields.get("select_across", 0)))
    return client.post(url, confirmed(*rows, shown=page.context["shown"], **fields))


def recipients():
    found = CampaignRecipient.objects.order_by("customer_id")
    return list(found.values_list("customer_id", flat=True))


@pytest.fixture(autouse=True)
def willing():
    """Let new customers agree to advertising, so that a test names those who do not."""

    def agree(instance, created, **kwargs):
        if created:
            MarketingConsent.objects.create(customer=instance)

    post_save.connect(agree, sender=Customer)
    yield
    post_save.disconnect(agree, sender=Customer)


@pytest.fixture
def promotion(db):
    return Promotion.objects.create(description="Summer sale", discount=0.2)


class TestRefusals:
    def test_a_message_that_is_none(self, admin_client, customer, subtests):
        for changes, field, error in [
            ({"subject": " "}, "subject", "This field is required."),
            ({"subject": "a\nBcc: b@c.org"}, "subject", "Line breaks are not allowed here."),
            ({"subject": "a\rb"}, "subject", "Line breaks are not allowed here."),
            ({"subject": "x" * 201}, "subject", "at most 200 characters (it has 201)."),
            ({"text": "\n"}, "text", "This field is required."),
            ({"text": "x" * 5001}, "text", "at most 5000 characters (it has 5001)."),
            ({"key": "7"}, "key", "Enter a valid UUID."),
        ]:
            with subtests.test(changes=changes, field=field, error=error):
                page = admin_client.post(CUSTOMERS, confirmed(customer, **changes))

                assert list(page.context["form"].errors) == [field]
                assert page.context["form"].errors[field][0].endswith(error)
                assertContains(page, "Please correct the error below.")
                assert not Campaign.objects.exists()
                assert not Mail.objects.exists()

    @pytest.mark.parametrize("form", [chosen, confirmed])
    @pytest.mark.parametrize("fields", [{"is_active": False}, {"email": ""}])
    def test_a_message_to_nobody(self, admin_client, customer, form, fields):
        get_user_model().objects.filter(pk=customer.user_id).update(**fields)

        page = admin_client.post(CUSTOMERS, form(customer), follow=True)

        assert messages_in(page) == [NOBODY]
        assert not Campaign.objects.exists()

    @pytest.mark.parametrize("form", [chosen, confirmed])
    def test_staff_without_the_right(self, desk_client, customer, form):
        page = desk_client.get(CUSTOMERS)
        assertNotContains(page, "notify_customers")

        assertContains(desk_client.post(CUSTOMERS, form(customer)), "<h1>Customers</h1>")
        assert desk_client.get(CAMPAIGNS).status_code == 403
        assert not Campaign.objects.exists()

    @pytest.mark.parametrize("form", [chosen, confirmed])
    def test_two_promotions_at_once(self, admin_client, customer, promotion, form):
        other = Promotion.objects.create(description="Winter sale", discount=0.1)

        page = admin_client.post(PROMOTIONS, form(promotion, other), follow=True)

        assert messages_in(page) == ["Choose one promotion; the mail is about it."]
        assert not Campaign.objects.exists()

    def test_looking_writes_nothing(self, admin_client, customer):
        admin_client.get(CUSTOMERS, confirmed(customer))
        admin_client.post(CUSTOMERS, chosen(customer))

        assert not Campaign.objects.exists()
        assert not Mail.objects.exists()

    @pytest.mark.parametrize("url", [f"{CAMPAIGNS}add/", f"{CAMPAIGNS}%d/delete/"])
    def test_a_campaign_is_neither_added_nor_deleted_by_hand(self, admin_client, customer, url):
        campaign = start(Customer.objects.all())

        assert admin_client.post(url.replace("%d", str(campaign.pk))).status_code == 403
        assert Campaign.objects.get() == campaign


def start(customers):
    return start_campaign(key=uuid4(), subject="Sale", text="20 % off.", customers=customers)


class TestFromCustomers:
    def test_asks_first_and_says_how_many(self, admin_client, customer, make_customer):
        make_customer("bob")
        off = make_customer("cid", is_active=False)

        page = admin_client.post(CUSTOMERS, chosen(customer, off))

        assertContains(page, '<strong id="recipients">1 customer</strong>', html=True)
        assertContains(page, "1 of those chosen will not: no active account, or no address.")
        assertContains(page, 'value="Send to 1 customer"')

    def test_writes_to_those_chosen(
        self, admin_client, customer, make_customer, django_capture_on_commit_callbacks
    ):
        make_customer("bob")

        with django_capture_on_commit_callbacks(execute=True):
            response = send(admin_client, CUSTOMERS, customer)

        campaign = Campaign.objects.get()
        page = f"{CAMPAIGNS}{campaign.pk}/change/"
        assertRedirects(response, page, fetch_redirect_response=False)
        assert messages_in(admin_client.get(page)) == ["The mail to 1 customer is on its way."]
        assert (campaign.subject, campaign.text) == ("Summer sale", "20 % off.")
        assert campaign.created_by.username == "admin"
        assert list(Mail.objects.values_list("recipient", flat=True)) == ["ann@example.com"]
        entry = LogEntry.objects.get()
        assert (entry.object_repr, entry.content_type.model) == ("Summer sale", "campaign")

    def test_writes_to_all_that_the_list_shows(self, admin_client, make_customer):
        gold = [make_customer(f"gold{number}") for number in range(3)]
        make_customer("bob")
        Customer.objects.filter(pk__in=[row.pk for row in gold]).update(membership="G")
        url = f"{CUSTOMERS}?membership__exact=G"

        page = admin_client.post(url, chosen(*gold, select_across=1))
        assertContains(page, "3 customers</strong>")
        assertContains(page, 'name="_selected_action"', count=1)
        send(admin_client, url, gold[0], select_across=1)

        assert recipients() == [row.pk for row in gold]

    def test_a_form_sent_twice_starts_one_campaign(self, admin_client, customer):
        key = uuid4()
        first = send(admin_client, CUSTOMERS, customer, key=key)
        second = admin_client.post(CUSTOMERS, confirmed(customer, key=key))

        assert first.url == second.url
        assert recipients() == [customer.pk]

    def test_a_form_that_was_sent_and_then_edited_says_so(self, admin_client, customer):
        form = confirmed(customer, text="First line.\r\nSecond line.")
        sent = send(admin_client, CUSTOMERS, customer, text=form["text"], key=form["key"])
        for changes in ({"subject": "Winter sale"}, {"text": "30 % off."}):
            edited = admin_client.post(CUSTOMERS, form | changes, follow=True)
            assert messages_in(edited)[-1] == (
                "What you changed was not sent: this form has started the campaign below already."
            )
            assertRedirects(edited, sent.url)
        assert [str(campaign) for campaign in Campaign.objects.all()] == ["Summer sale"]
        assert LogEntry.objects.count() == 1

    def test_asks_again_where_others_would_get_it(self, admin_client, customer, make_customer):
        page = admin_client.post(CUSTOMERS, chosen(customer, select_across=1))
        make_customer("late")

        form = confirmed(customer, select_across=1, shown=page.context["shown"])
        page = admin_client.post(CUSTOMERS, form)

        assert not Campaign.objects.exists()
        assertContains(page, "2 customers</strong>")
        assertContains(page, "The selection has changed since it was shown.")
        # What was typed is still there.
        assertContains(page, "20 % off.")


class TestFromAPromotion:
    def test_starts_from_what_the_promotion_says(self, admin_client, customer, promotion):
        page = admin_client.post(PROMOTIONS, chosen(promotion))

        initial = page.context["form"].initial
        assert (initial["subject"], initial["text"]) == ("Summer sale", "Summer sale: 20 % off.")
        # The admin is one, too.
        assertContains(page, "2 customers</strong>")

    def test_a_long_or_broken_description_gives_a_subject_that_is_taken(
        self, admin_client, customer, promotion
    ):
        Promotion.objects.update(description="Two\nlines " + "x" * 240)

        page = admin_client.post(PROMOTIONS, chosen(promotion))
        subject = page.context["form"].initial["subject"]
        send(admin_client, PROMOTIONS, promotion, subject=subject)

        assert Campaign.objects.get().subject == "Two lines " + "x" * 190

    def test_writes_to_every_customer(self, admin_client, customer, make_customer, promotion):
        rows = [customer, make_customer("bob")]
        make_customer("cid", is_active=False)

        send(admin_client, PROMOTIONS, promotion)

        admin = Customer.objects.get(user__username="admin")
        assert set(recipients()) == {admin.pk, *(row.pk for row in rows)}
        assert Campaign.objects.get().promotion == promotion


class TestProgress:
    @pytest.fixture
    def campaign(self, make_customer):
        for number in range(10):
            make_customer(f"c{number}")
        off = make_customer("off")
        campaign = start(Customer.objects.exclude(user__username="admin"))
        get_user_model().objects.filter(pk=off.user_id).update(is_active=False)
        queue_campaign_batch(campaign_id=campaign.pk)
        keys = list(Mail.objects.values_list("pk", flat=True))
        Mail.objects.filter(pk__in=keys[:6]).update(sent_at=timezone.now(), due_at=None)
        Mail.objects.filter(pk__in=keys[6:7]).update(due_at=None)
        return campaign

    @pytest.mark.parametrize("page", ["", "%d/change/"])
    def test_shows_how_far_it_is(self, admin_client, campaign, page):
        page = admin_client.get(CAMPAIGNS + page.replace("%d", str(campaign.pk)))

        for name, number in {
            "Recipients": 11,
            "Queued": 10,
            "Sent": 6,
            "Waiting": 3,
            "Given up": 1,
            "Skipped": 1,
        }.items():
            assertContains(page, f"<div><dt>{name}</dt><dd>{number}</dd></div>", html=True)
        assertContains(page, '<progress max="11" value="8"')
        assertContains(page, "data-unfinished")

    def test_a_finished_one_asks_for_no_more(self, admin_client, campaign):
        Mail.objects.update(sent_at=timezone.now(), due_at=None)

        page = admin_client.get(f"{CAMPAIGNS}{campaign.pk}/change/")

        assertContains(page, '<progress max="11" value="11"')
        assertNotContains(page, "data-unfinished")

    def test_shows_the_text_as_text(self, admin_client, campaign):
        Campaign.objects.update(text="<script>alert(1)</script>\nnext")

        page = admin_client.get(f"{CAMPAIGNS}{campaign.pk}/change/")

        assertContains(page, "&lt;script&gt;alert(1)&lt;/script&gt;<br>next")

    def test_who_may_start_one_may_follow_it(self, client, make_customer, campaign):
        user = make_customer("boss", is_staff=True).user
        user.user_permissions.add(Permission.objects.get(codename="add_campaign"))
        client.force_login(user)

        assert client.get(f"{CAMPAIGNS}{campaign.pk}/change/").status_code == 200
        assert client.get(CAMPAIGNS).status_code == 200

    def test_the_page_costs_few_queries(self, admin_client, campaign):
        url = f"{CAMPAIGNS}{campaign.pk}/change/"
        admin_client.get(url)

        with CaptureQueriesContext(connection) as queries:
            admin_client.get(url)

        # The session, its user, the campaign with its numbers.
        assert len(queries) == 3
