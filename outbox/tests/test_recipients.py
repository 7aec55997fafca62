"""One address gets so many mails an hour; the others are sent later and none is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from outbox.content import Content
from outbox.models import Mail
from outbox.services import queue_mail, send_due_mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rates(settings):
    settings.RATES = {"recipients": [(2, 3600)]}


def queue(*recipients):
    for recipient in recipients:
        queue_mail(recipient=recipient, content=Content("Your order", "Thank you."))


def test_what_is_too_much_waits_and_others_do_not(mailoutbox):
    queue("ann@example.com", "Ann@example.com", "ann@example.com", "bob@example.com")
    assert send_due_mails().sent == 3
    assert [mail.to[0].lower() for mail in mailoutbox].count("ann@example.com") == 2
    waiting = Mail.objects.get(sent_at=None)
    assert waiting.attempts == 0
    assert waiting.due_at is not None
    wait = waiting.due_at - timezone.now()
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)
    assert waiting.text == "Thank you."


def test_it_is_sent_in_time(mailoutbox, settings):
    queue(*["ann@example.com"] * 3)
    send_due_mails()
    Mail.objects.filter(sent_at=None).update(due_at=timezone.now())
    settings.RATES = {}
    assert send_due_mails().sent == 1
    assert len(mailoutbox) == 3
