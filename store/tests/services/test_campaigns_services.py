"""A campaign writes to each of its customers once, whatever happens on the way."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from outbox.models import Mail
from outbox.services import BATCH, RETENTION, purge_finished_mails
from store import tasks
from store.exceptions import NoRecipients
from store.models import Campaign, CampaignRecipient, Customer, Promotion
from store.services.campaigns import (
    close_campaigns,
    queue_campaign_batch,
    resume_campaigns,
    start_campaign,
)
from store.tests.bakers import let_all_agree

pytestmark = pytest.mark.django_db
User = get_user_model()


@pytest.fixture
def make_customers(db):
    """Make customers in bulk: c0@example.com, c1@example.com, ..."""

    def make_customers(number):
        User.objects.bulk_create(
            User(username=f"c{index}", email=f"c{index}@example.com") for index in range(number)
        )
        users = User.objects.filter(username__startswith="c").order_by("pk")
        Customer.objects.bulk_create(Customer(user=user) for user in users)
        let_all_agree()
        return list(Customer.objects.order_by("pk").select_related("user"))

    return make_customers


def start(customers=None, **fields):
    usual = {"key": uuid4(), "subject": "Summer sale", "text": "20 % off."}
    customers = Customer.objects.all() if customers is None else customers
    return start_campaign(customers=customers, **{**usual, **fields})


def addresses():
    return sorted(Mail.objects.values_list("recipient", flat=True))


def queue_all(campaign):
    while queue_campaign_batch(campaign_id=campaign.pk):
        pass
    campaign.refresh_from_db()


class TestStartCampaign:
    def test_refuses_what_is_no_message(self, make_customers, subtests):
        make_customers(1)

        for fields in [
            {"subject": ""},
            {"subject": "Sale\nBcc: everybody@example.com"},
            {"subject": "Sale\r"},
            {"subject": "x" * 201},
            {"text": ""},
            {"text": "x" * 5001},
        ]:
            with subtests.test(fields=fields):
                with pytest.raises(ValidationError) as refusal:
                    start(**fields)

                assert list(refusal.value.message_dict) == list(fields)
                assert not Campaign.objects.exists()

    def test_refuses_a_message_to_nobody(self, make_customers):
        first, second = make_customers(2)
        User.objects.filter(pk=first.user_id).update(is_active=False)
        User.objects.filter(pk=second.user_id).update(email="")

        with pytest.raises(NoRecipients):
            start()

        assert not Campaign.objects.exists()

    def test_writes_down_whom_it_is_for(self, make_customers):
        chosen, _ = make_customers(2)
        promotion = Promotion.objects.create(description="Sale", discount=0.2)

        campaign = start(Customer.objects.filter(pk=chosen.pk), promotion=promotion)

        assert (campaign.total, campaign.queued, campaign.promotion) == (1, 0, promotion)
        assert [row.customer for row in campaign.recipients.all()] == [chosen]
        assert not Mail.objects.exists()

    def test_the_same_key_starts_one_campaign(self, make_customers):
        make_customers(1)
        first = start()

        second = start(key=first.key, subject="Sent twice")

        assert second == first == Campaign.objects.get()
        assert (second.subject, first.recipients.count()) == ("Summer sale", 1)

    def test_the_mails_follow_the_commit(self, make_customers, django_capture_on_commit_callbacks):
        make_customers(BATCH + 1)

        with django_capture_on_commit_callbacks(execute=True):
            campaign = start()

        campaign.refresh_from_db()
        assert campaign.finished_at
        assert Mail.objects.count() == BATCH + 1


class TestQueueCampaignBatch:
    def test_goes_on_batch_by_batch_until_none_is_left(self, make_customers):
        make_customers(BATCH + 1)
        campaign = start()

        assert queue_campaign_batch(campaign_id=campaign.pk) is True
        assert Mail.objects.count() == BATCH
        assert queue_campaign_batch(campaign_id=campaign.pk) is False
        assert queue_campaign_batch(campaign_id=campaign.pk) is False

        campaign.refresh_from_db()
        assert (campaign.queued, campaign.skipped) == (BATCH + 1, 0)
        assert len(set(addresses())) == Mail.objects.count() == BATCH + 1

    def test_skips_whom_no_mail_reaches(self, make_customers):
        left, gone, switched_off, without_address, refused, kept = make_customers(6)
        campaign = start()
        left.delete()
        gone.user.delete()
        User.objects.filter(pk=switched_off.user_id).update(is_active=False)
        User.objects.filter(pk=without_address.user_id).update(email="")
        User.objects.filter(pk=refused.user_id).update(email="a@b.org\nBcc: c@d.org")

        queue_all(campaign)

        assert addresses() == [kept.user.email]
        assert (campaign.total, campaign.queued, campaign.skipped) == (6, 1, 5)
        assert campaign.finished_at

    def test_a_mail_that_is_there_already_is_not_queued_again(self, make_customers):
        make_customers(3)
        campaign = start()
        queue_all(campaign)
        campaign.recipients.update(state=CampaignRecipient.WAITING, mail=None)
        Campaign.objects.update(finished_at=None)

        queue_all(campaign)

        assert len(addresses()) == 3
        assert not campaign.recipients.filter(mail=None).exists()

    def test_greets_and_keeps_what_staff_typed(self, make_customers):
        make_customers(1)
        User.objects.update(first_name="Ann-Lu", email_verified_at=timezone.now())
        queue_all(
            start(subject="Tea & <more>", text="One <b>\ntwo\n\nhttps://shop.example/a?b=1&c=2")
        )

        mail = Mail.objects.get()

        assert mail.subject == "Tea & <more>"
        said = "Hello Ann-Lu,\n\nOne <b>\ntwo\n\nhttps://shop.example/a?b=1&c=2\n\n--\n"
        assert mail.text.startswith(said)
        assert "Hello Ann-Lu," in mail.html
        assert "<p>One &lt;b&gt;<br>two</p>" in mail.html
        assert '<a href="https://shop.example/a?b=1&amp;c=2" rel="nofollow">' in mail.html

    @pytest.mark.django_db(transaction=True)
    def test_workers_at_once_write_to_each_customer_once(self, make_customers):
        make_customers(5 * BATCH + 7)
        campaign = Campaign.objects.get(pk=start_unsent().pk)

        def work():
            queue_all(Campaign.objects.get(pk=campaign.pk))
            connection.close()

        workers = [Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

        campaign.refresh_from_db()
        assert (campaign.queued, campaign.skipped) == (5 * BATCH + 7, 0)
        assert campaign.recipients.filter(mail=None).count() == 0
        assert len(set(addresses())) == Mail.objects.count() == 5 * BATCH + 7

    @pytest.mark.django_db(transaction=True)
    def test_a_batch_that_dies_leaves_nothing_behind(self, make_customers):
        make_customers(BATCH + 1)
        campaign = start_unsent()

        def die_at_the_end(execute, sql, *args):
            if sql.startswith("UPDATE") and "store_campaign" in sql and "active_at" in sql:
                raise KeyboardInterrupt
            return execute(sql, *args)

        with connection.execute_wrapper(die_at_the_end), pytest.raises(KeyboardInterrupt):
            queue_campaign_batch(campaign_id=campaign.pk)
        assert not Mail.objects.exists()

        queue_all(campaign)

        assert len(set(addresses())) == Mail.objects.count() == BATCH + 1


def start_unsent():
    """Start a campaign whose task is lost."""
    campaign = Campaign.objects.create(
        subject="Sale", text="20 % off.", total=Customer.objects.count()
    )
    CampaignRecipient.objects.bulk_create(
        CampaignRecipient(campaign=campaign, customer=customer)
        for customer in Customer.objects.all()
    )
    return campaign


class TestResumeCampaigns:
    def test_takes_each_lost_one_once(self, make_customers):
        make_customers(1)
        lost, running, finished = start(), start(), start()
        queue_all(finished)
        long_ago = timezone.now() - timedelta(minutes=6)
        Campaign.objects.exclude(pk=running.pk).update(active_at=long_ago)

        assert resume_campaigns() == [lost.pk]
        assert resume_campaigns() == []

    def test_a_lost_campaign_is_sent_to_its_end(self, make_customers):
        make_customers(BATCH + 1)
        campaign = start()
        Campaign.objects.update(active_at=timezone.now() - timedelta(minutes=6))

        tasks.resume_campaigns.delay()

        campaign.refresh_from_db()
        assert campaign.finished_at
        assert Mail.objects.count() == BATCH + 1


class TestCloseCampaigns:
    @pytest.fixture
    def campaign(self, make_customers):
        make_customers(3)
        campaign = start()
        queue_all(campaign)
        return campaign

    @staticmethod
    def progress():
        found = Campaign.objects.with_progress().get()
        return found.sent_now, found.given_up_now, found.waiting

    def finish(self, sent, given_up):
        keys = list(Mail.objects.order_by("pk").values_list("pk", flat=True))
        Mail.objects.filter(pk__in=keys[:sent]).update(sent_at=timezone.now(), due_at=None)
        Mail.objects.filter(pk__in=keys[sent : sent + given_up]).update(due_at=None)

    def test_the_numbers_outlive_the_mails(self, campaign):
        self.finish(sent=3, given_up=0)
        close_campaigns()

        Mail.objects.update(queued_at=timezone.now() - RETENTION - timedelta(days=1))
        assert purge_finished_mails() == 3

        assert self.progress() == (3, 0, 0)

    def test_mails_that_wait_keep_it_open(self, campaign):
        self.finish(sent=2, given_up=0)
        close_campaigns()

        assert self.progress() == (2, 0, 1)
        assert not Campaign.objects.filter(closed_at__isnull=False).exists()

    def test_one_given_up_may_be_sent_again_for_a_while(self, campaign):
        self.finish(sent=2, given_up=1)
        close_campaigns()
        assert self.progress() == (2, 1, 0)

        self.finish(sent=3, given_up=0)
        assert self.progress() == (3, 0, 0)

        self.finish(sent=0, given_up=0)
        Mail.objects.filter(pk=Mail.objects.first().pk).update(sent_at=None)
        Campaign.objects.update(created_at=timezone.now() - RETENTION / 2)
        close_campaigns()
        Mail.objects.all().delete()
        assert self.progress() == (2, 1, 0)
