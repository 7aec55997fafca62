"""What follows once a campaign is written down."""

from uuid import uuid4

import pytest
from celery.exceptions import OperationalError

from store import tasks
from store.models import Campaign, Customer
from store.services.campaigns import start_campaign
from store.tests.bakers import let_all_agree

pytestmark = pytest.mark.django_db


def test_a_campaign_waits_where_no_broker_takes_its_task(
    customer, django_capture_on_commit_callbacks, monkeypatch, caplog
):
    def refuse(*args):
        raise OperationalError("Connection refused.")

    let_all_agree()
    monkeypatch.setattr(tasks.send_campaign, "delay", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        campaign = start_campaign(
            key=uuid4(), subject="Sale", text="20 % off.", customers=Customer.objects.all()
        )

    assert caplog.messages == [
        "No broker takes tasks, a campaign waits for the sweep: Connection refused."
    ]
    assert Campaign.objects.running().get() == campaign
