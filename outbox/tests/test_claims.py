from datetime import timedelta

import pytest
from django.utils import timezone

from outbox import tasks
from outbox.claims import MAX_ATTEMPTS
from outbox.models import Mail
from outbox.services import send_due_mails, send_mail

from .conftest import LETTER
from .crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mails(db):
    """Thirty mails that nobody was told of."""
    return Mail.objects.bulk_create(
        Mail(recipient=f"user{number}@example.com", **LETTER._asdict()) for number in range(30)
    )


def test_one_of_many_workers_gets_a_mail(mails):
    for mail in mails[:5]:
        claims = at_once(8, lambda _, pk=mail.pk: Mail.objects.claim(pk))

        assert sorted(claims) == [False] * 7 + [True]
        mail.refresh_from_db()
        assert mail.attempts == 1


def test_sweeps_at_once_send_each_mail_once(mails, smtp_server):
    sweeps = at_once(4, lambda _: send_due_mails())

    assert sum(sweep.sent for sweep in sweeps) == 30
    assert sorted(letter.recipients[0] for letter in smtp_server.received) == sorted(
        mail.recipient for mail in mails
    )
    assert not Mail.objects.filter(sent_at=None).exists()


def test_a_task_and_a_sweep_send_a_mail_once(mails, smtp_server):
    at_once(2, lambda n: send_due_mails() if n else [send_mail(mail_id=m.pk) for m in mails])

    assert len(smtp_server.received) == 30


def test_the_mail_of_a_dead_worker_is_sent_when_its_lease_ends(mails, smtp_server, settings):
    mail = mails[0]
    Mail.objects.exclude(pk=mail.pk).delete()
    assert Mail.objects.claim(mail.pk)
    assert send_due_mails().sent == 0
    mail.refresh_from_db()
    left = mail.due_at - timezone.now()
    assert timedelta() < settings.OUTBOX_LEASE - left < timedelta(seconds=10)

    Mail.objects.update(due_at=timezone.now())

    assert send_due_mails().sent == 1
    assert smtp_server.received[0].message_id == mail.message_id


def test_a_full_batch_is_followed_by_the_next(mails, smtp_server, monkeypatch):
    monkeypatch.setattr("outbox.services.BATCH", 8)

    tasks.send_due_mails()

    assert len(smtp_server.received) == 30


def test_a_sweep_without_a_server_is_the_last(mails, smtp_server, monkeypatch):
    monkeypatch.setattr("outbox.services.BATCH", 8)
    smtp_server.stop()

    tasks.send_due_mails()

    assert sum(Mail.objects.values_list("attempts", flat=True)) == 1


def test_a_mail_that_was_taken_more_often_than_the_column_counts_is_taken_again(mails):
    mail = Mail.objects.earliest("pk")
    Mail.objects.filter(pk=mail.pk).update(attempts=MAX_ATTEMPTS)

    assert Mail.objects.claim(mail.pk)

    assert Mail.objects.get(pk=mail.pk).attempts == MAX_ATTEMPTS
