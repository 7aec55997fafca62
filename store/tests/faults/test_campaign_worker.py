"""A campaign whose worker is killed with -9, again and again, writes to each customer once."""

from collections import Counter, defaultdict
from datetime import timedelta
from uuid import uuid4

import pytest
from celery import Celery
from django.conf import settings
from django.utils import timezone

from outbox.models import Mail
from store.models import Campaign, CampaignRecipient, Customer
from store.models.campaigns import STALLED
from store.services.campaigns import start_campaign
from store.signals import campaign_started
from store.signals.handlers import send_campaign
from store.tests.bakers import let_all_agree
from storefront.tests.faults.addresses import database_url
from storefront.tests.faults.mailrooms import wait_until
from storefront.tests.workers import working

pytestmark = [pytest.mark.faults, pytest.mark.redis, pytest.mark.django_db(transaction=True)]

# Customers, and letters that have come when a worker dies: in the middle of batches of 100, between
# them, near the end.
PROFILES = {"reduced": (230, [30, 100, 220]), "full": (450, [30, 110, 200, 333, 440])}


@pytest.fixture
def profile(pytestconfig):
    return PROFILES[pytestconfig.getoption("--faults")]


@pytest.fixture
def campaign(make_users, profile):
    """A campaign that was started where no broker took its task."""
    make_users(profile[0])
    let_all_agree()
    campaign_started.disconnect(send_campaign)
    yield start_campaign(
        key=uuid4(), subject="Sale", text="20 % off.", customers=Customer.objects.all()
    )
    campaign_started.connect(send_campaign)


def let_time_pass():
    """Age what the dead left behind, as far as the sweeps wait for."""
    Campaign.objects.running().update(active_at=timezone.now() - STALLED - timedelta(minutes=1))
    Mail.objects.filter(due_at__isnull=False).update(due_at=timezone.now())


def test_each_customer_once(campaign, profile, smtp_server, redis_url, tmp_path, report_figures):
    customers, deaths = profile
    environment = {
        "DATABASE_URL": database_url(),
        "REDIS_URL": redis_url,
        "EMAIL_HOST": smtp_server.host,
        "EMAIL_PORT": str(smtp_server.port),
    }
    # Not the current one, which would take the tasks of the tests that follow.
    beat = Celery(broker=redis_url, set_as_current=False)
    beat.conf.task_default_queue = settings.CELERY_TASK_DEFAULT_QUEUE
    states = []
    for letters in [*deaths, customers]:
        let_time_pass()
        beat.send_task("store.tasks.resume_campaigns")
        beat.send_task("outbox.tasks.send_due_mails")
        with working(tmp_path / "worker.log", **environment) as worker:
            come = smtp_server.wait_for(letters, seconds=60)
            if letters == customers:
                wait_until(lambda: not Mail.objects.exclude(due_at=None).exists(), "all is marked")
            worker.kill()
        assert len(come) >= letters, (tmp_path / "worker.log").read_text()
        states.append(Campaign.objects.get().queued)

    campaign.refresh_from_db()
    assert (campaign.total, campaign.queued, campaign.skipped) == (customers, customers, 0)
    assert campaign.recipients.filter(state=CampaignRecipient.QUEUED).count() == customers
    assert Mail.objects.count() == len(set(Mail.objects.values_list("recipient"))) == customers
    assert not Mail.objects.filter(sent_at=None).exists()
    # The first deaths fell before the last batch.
    assert states[0] < customers

    received = Counter(letter.recipients[0] for letter in smtp_server.received)
    ids = defaultdict(set)
    for letter in smtp_server.received:
        ids[letter.recipients[0]].add(letter.message_id)
    assert len(received) == customers
    # A mail may come twice where the worker died between the acceptance and the mark: the same mail.
    assert all(len(found) == 1 for found in ids.values())
    twice = received.total() - customers
    assert twice <= 2 * len(deaths)
    report_figures(f"{customers} mails, {len(deaths)} workers killed: {twice} came twice")
