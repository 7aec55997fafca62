"""Advertising goes to those who agreed, and one click ends it without signing in."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from model_bakery import baker

from core.models import User
from core.services.accounts import delete_account
from outbox.models import Mail
from outbox.services import send_due_mails
from store.exceptions import NoRecipients
from store.models import Campaign, CampaignRecipient, Customer, MarketingConsent
from store.services.campaigns import queue_campaign_batch, start_campaign, stop_campaign
from store.services.consent import unsubscribe_link

pytestmark = pytest.mark.django_db
ME = "/store/customers/me/"


@pytest.fixture
def ann() -> Customer:
    user = User.objects.create_user("ann", "ann@example.com", "a-Str0ng-one")
    MarketingConsent.objects.create(customer=user.customer)
    return Customer.objects.get(user=user)


@pytest.fixture
def campaign(ann: Customer) -> Campaign:
    return begun()


def begun() -> Campaign:
    everybody = Customer.objects.all()
    return start_campaign(key=uuid4(), subject="Sale", text="20 % off.", customers=everybody)


def path_of(customer: Customer) -> str:
    return urlsplit(unsubscribe_link(customer_id=customer.pk)).path


def is_willing(customer: Customer) -> bool:
    return Customer.objects.willing().filter(pk=customer.pk).exists()


class TestConsent:
    def test_nobody_has_agreed_before_they_say_so(self) -> None:
        user = User.objects.create_user("bob", "bob@example.com", "a-Str0ng-one")

        assert not is_willing(user.customer)
        with pytest.raises(NoRecipients):
            begun()

    def test_it_is_given_and_taken_back_in_the_profile(self, api_client: Any) -> None:
        user = User.objects.create_user("bob", "bob@example.com", "a-Str0ng-one")
        api_client.force_authenticate(user)
        given = api_client.put(ME, {"phone": "1", "accepts_marketing": True}, format="json")
        since = MarketingConsent.objects.get().given_at
        api_client.put(ME, {"phone": "2"})
        assert given.json()["accepts_marketing"] is True
        assert MarketingConsent.objects.get().given_at == since

        api_client.put(ME, {"phone": "2", "accepts_marketing": False}, format="json")
        assert not MarketingConsent.objects.exists()


class TestUnsubscribing:
    def test_a_look_changes_nothing(self, client: Client, ann: Customer) -> None:
        page = client.get(path_of(ann))

        assert (page.status_code, is_willing(ann)) == (200, True)

    def test_one_click_of_a_mail_program_ends_it(self, ann: Customer) -> None:
        program = Client(enforce_csrf_checks=True)
        answers = [
            program.post(path_of(ann), {"List-Unsubscribe": "One-Click"}).status_code
            for _ in range(2)
        ]

        assert (answers, is_willing(ann)) == ([200, 200], False)

    @pytest.mark.parametrize("token", ["1", "1:x", "x:y", "9" * 300])
    def test_a_link_that_is_none(self, client: Client, ann: Customer, token: str) -> None:
        answers = [client.get(f"/unsubscribe/{token}/"), client.post(f"/unsubscribe/{token}/")]

        assert [answer.status_code for answer in answers] == [404, 404]
        assert is_willing(ann)

    def test_the_link_of_somebody_who_left(self, client: Client, ann: Customer) -> None:
        path = path_of(ann)
        delete_account(user=ann.user)

        assert client.post(path).status_code == 200

    def test_the_mail_carries_the_link_and_the_headers(
        self, campaign: Campaign, ann: Customer
    ) -> None:
        queue_campaign_batch(campaign_id=campaign.pk)
        send_due_mails()

        (message,) = mail.outbox
        link = unsubscribe_link(customer_id=ann.pk)
        assert message.extra_headers["List-Unsubscribe"] == f"<{link}>"
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link in message.body

    def test_what_waits_in_the_outbox_is_not_sent(
        self, client: Client, campaign: Campaign, ann: Customer
    ) -> None:
        queue_campaign_batch(campaign_id=campaign.pk)
        client.post(path_of(ann))
        send_due_mails()

        campaign.refresh_from_db()
        assert (mail.outbox, campaign.queued, campaign.skipped) == ([], 0, 1)

    def test_what_is_not_queued_yet_is_skipped(
        self, client: Client, campaign: Campaign, ann: Customer
    ) -> None:
        client.post(path_of(ann))
        queue_campaign_batch(campaign_id=campaign.pk)

        assert not Mail.objects.exists()


class TestStopping:
    def test_what_has_not_gone_out_stays(self, campaign: Campaign) -> None:
        queue_campaign_batch(campaign_id=campaign.pk)

        assert stop_campaign(campaign=campaign)
        send_due_mails()
        campaign.refresh_from_db()
        assert (mail.outbox, campaign.queued, campaign.skipped) == ([], 0, 1)
        assert campaign.recipients.get().state == CampaignRecipient.SKIPPED

    def test_one_that_has_not_begun_queues_nothing(self, campaign: Campaign) -> None:
        assert stop_campaign(campaign=campaign)
        assert not queue_campaign_batch(campaign_id=campaign.pk)
        assert not Mail.objects.exists()

    def test_twice_or_after_the_end_there_is_nothing_to_stop(self, campaign: Campaign) -> None:
        queue_campaign_batch(campaign_id=campaign.pk)
        send_due_mails()

        assert not stop_campaign(campaign=campaign)
        assert Campaign.objects.get().stopped_at is None

    def test_the_admin_asks_first_and_needs_the_right(
        self, campaign: Campaign, admin_client: Client, client: Client
    ) -> None:
        url = f"/admin/store/campaign/{campaign.pk}/stop/"
        client.force_login(baker.make(User, is_staff=True))
        assert client.post(url).status_code == 403
        assert "1 mail" in admin_client.get(url).text
        assert Campaign.objects.get().stopped_at is None

        assert "was stopped" in admin_client.post(url, follow=True).text
