from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from outbox import services
from outbox.models import Attachment, Mail
from outbox.services import RETRY_AFTER, File, purge_finished_mails, send_due_mails, send_mail

pytestmark = pytest.mark.django_db

CSV = File("sales.csv", "text/csv", "day,revenue\r\n2026-11-23,12.34 €\r\n".encode())
PICTURE = File("logo.png", "image/png", b"\x89PNG\x00\xff")


def make_due():
    Mail.objects.exclude(due_at=None).update(due_at=timezone.now())


def waits_minutes(mail):
    mail.refresh_from_db()
    return round((mail.due_at - timezone.now()) / timedelta(minutes=1))


@pytest.fixture
def refuse(smtp_server):
    """Have the mail server answer each letter in this way; None breaks the connection off."""

    def refuse(answer):
        smtp_server.on_letter = lambda letter: answer

    return refuse


class TestDelivery:
    def test_carries_both_parts_and_the_attachments(self, queue, smtp_server):
        mail = queue(files=[CSV, PICTURE])

        send_mail(mail_id=mail.pk)

        [letter] = smtp_server.received
        message = letter.message
        assert letter.recipients == ["ann@example.com"]
        assert (message["Subject"], message["To"]) == ("Your order", "ann@example.com")
        assert message["From"] == "Storefront <shop@localhost>"
        assert message["Message-ID"] == mail.message_id
        assert message.get_body(["plain"]).get_content().strip() == "Thank you."
        assert message.get_body(["html"]).get_content().strip() == "<p>Thank you.</p>"
        files = [
            (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
            for part in message.iter_attachments()
        ]
        assert files == [
            ("sales.csv", "text/csv", CSV.content),
            ("logo.png", "image/png", PICTURE.content),
        ]

    def test_empties_what_was_sent(self, queue, smtp_server):
        mail = queue(files=[CSV])

        send_mail(mail_id=mail.pk)

        mail.refresh_from_db()
        assert (mail.text, mail.html, mail.due_at, mail.attempts) == ("", "", None, 1)
        assert mail.sent_at
        assert not Attachment.objects.exists()

    def test_sends_once(self, queue, smtp_server):
        mail = queue()

        send_mail(mail_id=mail.pk)
        send_mail(mail_id=mail.pk)

        assert send_due_mails().sent == 0
        assert len(smtp_server.received) == 1

    def test_keeps_message_id_and_date_on_every_attempt(self, queue, smtp_server):
        mail = queue()
        yesterday = timezone.now().replace(microsecond=0) - timedelta(days=1)
        Mail.objects.update(queued_at=yesterday)
        tried = []
        smtp_server.on_letter = lambda letter: tried.append(letter.message) or "451 Later"
        for _ in range(3):
            make_due()
            send_mail(mail_id=mail.pk)

        assert len(tried) == 3
        assert {message["Message-ID"] for message in tried} == {mail.message_id}
        assert {message["Date"].datetime for message in tried} == {yesterday}

    def test_makes_the_message_id_in_the_senders_domain(self, queue, settings):
        settings.DEFAULT_FROM_EMAIL = "Shop <orders@shop.example>"
        assert queue().message_id.endswith("@shop.example>")


class TestFailure:
    @pytest.mark.parametrize("answer", ["451 Later", "452 Full", "421 Closing", None])
    def test_waits_where_the_server_may_take_it_later(self, queue, refuse, answer):
        mail = queue(files=[CSV])
        refuse(answer)

        send_mail(mail_id=mail.pk)

        assert waits_minutes(mail) == RETRY_AFTER[0]
        assert (mail.sent_at, mail.attempts, mail.text) == (None, 1, "Thank you.\n")
        assert mail.last_error.startswith("SMTP")
        assert mail.attachments.count() == 1

    def test_waits_where_no_server_is_there(self, queue, smtp_server):
        mail = queue()
        smtp_server.stop()

        send_mail(mail_id=mail.pk)

        assert waits_minutes(mail) == RETRY_AFTER[0]
        smtp_server.start()
        make_due()
        assert send_due_mails().sent == 1
        assert [letter.message_id for letter in smtp_server.received] == [mail.message_id]

    @pytest.mark.parametrize("answer", ["550 Nobody", "552 Too large", "554 Spam"])
    def test_gives_up_at_once_what_the_server_will_never_take(self, queue, refuse, answer):
        mail = queue()
        refuse(answer)

        send_mail(mail_id=mail.pk)

        mail.refresh_from_db()
        assert (mail.due_at, mail.sent_at, mail.attempts) == (None, None, 1)
        assert answer[4:] in mail.last_error

    def test_gives_up_an_address_that_is_nobodys(self, queue, smtp_server, caplog):
        mail = queue()
        smtp_server.answers["ann@example.com"] = "550 Nobody here"

        send_mail(mail_id=mail.pk)

        assert Mail.objects.given_up().get() == mail
        assert "ann" not in caplog.text

    def test_waits_longer_each_time_and_gives_up_in_the_end(self, queue, refuse):
        mail = queue()
        refuse("451 Later")
        for minutes in RETRY_AFTER:
            send_mail(mail_id=mail.pk)
            assert waits_minutes(mail) == minutes
            make_due()

        send_mail(mail_id=mail.pk)

        assert Mail.objects.given_up().get().attempts == len(RETRY_AFTER) + 1

    def test_is_not_written_by_a_worker_whose_claim_ran_out(self, queue, refuse, smtp_server):
        mail = queue()

        def answer(letter):
            Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), due_at=None)
            return "451 Later"

        # In this thread, whose transaction the row is in.
        services._send(mail.pk, Refusing(answer))

        mail.refresh_from_db()
        assert mail.sent_at
        assert (mail.due_at, mail.last_error) == (None, "")


class Refusing:
    """A connection that does something and then breaks."""

    def __init__(self, act):
        self.act = act

    def open(self):
        self.act(None)
        raise ConnectionResetError

    def send_messages(self, messages):
        raise AssertionError("was never open")


class TestBatch:
    def test_goes_over_one_connection_oldest_first(self, queue, smtp_server):
        mails = [queue(recipient=f"user{number}@example.com") for number in range(3)]

        assert send_due_mails().sent == 3

        assert [letter.message_id for letter in smtp_server.received] == [
            mail.message_id for mail in mails
        ]
        assert smtp_server.connections == 1

    def test_stops_where_the_connection_breaks(self, queue, refuse):
        first, second = queue(), queue()
        refuse(None)

        assert send_due_mails().sent == 0

        assert waits_minutes(first) == RETRY_AFTER[0]
        second.refresh_from_db()
        assert second.attempts == 0

    def test_goes_on_behind_one_that_is_refused(self, queue, smtp_server):
        queue(recipient="nobody@example.com")
        queue()
        smtp_server.answers["nobody@example.com"] = "550 Nobody here"

        assert send_due_mails().sent == 1
        assert [letter.recipients for letter in smtp_server.received] == [["ann@example.com"]]

    def test_goes_on_behind_one_that_cannot_be_written(self, queue, smtp_server):
        broken, whole = queue(), queue()
        Mail.objects.filter(pk=broken.pk).update(subject="Two\nlines")

        assert send_due_mails().sent == 1

        assert waits_minutes(broken) == RETRY_AFTER[0]
        assert [letter.message_id for letter in smtp_server.received] == [whole.message_id]

    def test_leaves_what_is_not_due(self, queue, smtp_server):
        Mail.objects.filter(pk=queue().pk).update(due_at=timezone.now() + timedelta(minutes=1))

        assert send_due_mails().sent == 0
        assert smtp_server.received == []

    def test_is_what_the_command_sends_until_nothing_is_left(
        self, queue, smtp_server, monkeypatch, capsys
    ):
        monkeypatch.setattr(services, "BATCH", 2)
        smtp_server.answers["nobody@example.com"] = "550 Nobody here"
        queue(recipient="nobody@example.com")
        for _ in range(5):
            queue()

        call_command("send_due_mails")

        assert capsys.readouterr().out == "Sent 5 mails.\n"
        assert len(smtp_server.received) == 5

    def test_of_the_command_ends_where_no_server_is_there(self, queue, smtp_server, capsys):
        queue()
        smtp_server.stop()

        call_command("send_due_mails")

        assert capsys.readouterr().out == "Sent 0 mails.\n"


class TestPurge:
    def test_deletes_what_was_finished_long_ago(self, queue, monkeypatch):
        monkeypatch.setattr(services, "PURGED_AT_ONCE", 2)
        long_ago = timezone.now() - services.RETENTION - timedelta(seconds=1)
        for _ in range(3):
            queue(files=[CSV])
        Mail.objects.update(due_at=None, queued_at=long_ago)
        waiting = queue()
        Mail.objects.filter(pk=waiting.pk).update(queued_at=long_ago)
        recent = queue()
        Mail.objects.filter(pk=recent.pk).update(due_at=None, sent_at=timezone.now())

        assert purge_finished_mails() == 3
        assert set(Mail.objects.all()) == {waiting, recent}
        assert not Attachment.objects.exists()
