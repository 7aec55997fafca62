from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from outbox.content import Content, render
from outbox.models import Attachment, Mail
from outbox.services import File, new_mail, queue_mail, queue_mails
from outbox.signals import mail_queued

from .conftest import LETTER


@pytest.mark.django_db(transaction=True)
class TestTransaction:
    def test_a_rollback_leaves_no_row_and_sends_nothing(self, queue, mailoutbox):
        with transaction.atomic():
            queue(files=[File("a.txt", "text/plain", b"a")])
            transaction.set_rollback(True)

        assert not Mail.objects.exists()
        assert not Attachment.objects.exists()
        assert mailoutbox == []

    def test_a_mail_goes_out_after_the_commit(self, queue, mailoutbox):
        with transaction.atomic():
            queue()
            assert mailoutbox == []

        assert [mail.to for mail in mailoutbox] == [["ann@example.com"]]

    def test_a_batch_goes_out_after_the_commit(self, mailoutbox):
        with transaction.atomic():
            queue_mails(
                new_mail(recipient=f"{name}@example.com", content=LETTER) for name in ("ann", "bob")
            )
            assert mailoutbox == []

        assert sorted(mail.to[0] for mail in mailoutbox) == ["ann@example.com", "bob@example.com"]

    def test_a_listener_that_fails_fails_nobody(self, queue, caplog):
        def fail(**kwargs):
            raise RuntimeError("listener is down")

        mail_queued.connect(fail)
        queue()
        mail_queued.disconnect(fail)

        assert Mail.objects.get().sent_at
        assert "listener is down" in caplog.text


@pytest.mark.django_db
class TestRefusal:
    def test_an_address_that_is_none(self, queue, subtests):
        for recipient in [
            "",
            "nobody",
            "ann@example.com\nBcc: bob@example.com",
            "ann@example.com\r\n",
            "ann@example.com, bob@example.com",
            "Ann <ann@example.com>",
            f"{'a' * 250}@example.com",
        ]:
            with subtests.test(recipient=recipient):
                with pytest.raises(ValueError, match="Not a mail: recipient"):
                    queue(recipient=recipient)
                assert not Mail.objects.exists()

    @pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n"])
    def test_a_subject_that_adds_a_header(self, queue, line_break):
        with pytest.raises(ValueError, match="newline"):
            queue(content=Content(f"Hello{line_break}Bcc: bob@example.com", "Text"))
        assert not Mail.objects.exists()

    @pytest.mark.parametrize("subject", ["", "s" * 256])
    def test_a_subject_that_is_none(self, queue, subject):
        with pytest.raises(ValueError, match="Not a mail: subject"):
            queue(content=Content(subject, "Text"))
        assert not Mail.objects.exists()

    @pytest.mark.parametrize("body", [("\ud800", ""), ("Text", "<p>\ud800</p>")])
    def test_a_text_that_no_mail_can_hold(self, queue, body):
        with pytest.raises(ValueError, match="surrogates not allowed"):
            queue(content=Content("Hello", *body))
        assert not Mail.objects.exists()

    def test_does_not_show_the_address(self, queue):
        with pytest.raises(ValueError, match="Not a mail") as refusal:
            queue(recipient="ann at example")
        assert "ann" not in str(refusal.value)

    def test_leaves_the_transaction_of_its_cause_usable(self, queue):
        with pytest.raises(ValueError, match="Not a mail"):
            queue(recipient="nobody")
        queue()
        assert Mail.objects.count() == 1


class TestKey:
    @pytest.mark.django_db
    def test_is_queued_once(self, queue):
        mail = queue(key="order:1")

        assert queue_mail(recipient="bob@example.com", content=LETTER, key="order:1") is None
        assert Mail.objects.get() == mail

    @pytest.mark.django_db
    def test_none_is_queued_every_time(self, queue):
        queue()
        queue()
        assert Mail.objects.count() == 2

    @pytest.mark.django_db
    def test_leaves_those_of_a_batch_that_are_there(self, queue):
        queue(key="campaign:1:1")

        queue_mails(
            new_mail(recipient="bob@example.com", content=LETTER, key=f"campaign:1:{number}")
            for number in (1, 2, 3)
        )

        assert sorted(Mail.objects.values_list("key", "recipient")) == [
            ("campaign:1:1", "ann@example.com"),
            ("campaign:1:2", "bob@example.com"),
            ("campaign:1:3", "bob@example.com"),
        ]

    @pytest.mark.django_db(transaction=True)
    def test_is_queued_once_from_many_connections(self, mailoutbox):
        start = Barrier(8)

        def work(number):
            try:
                start.wait(30)
                with transaction.atomic():
                    return queue_mail(
                        recipient=f"user{number}@example.com", content=LETTER, key="report:1"
                    )
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            queued = [mail for mail in pool.map(work, range(8)) if mail]

        assert queued == list(Mail.objects.all())
        assert len(queued) == len(mailoutbox) == 1


class TestContent:
    @pytest.fixture(autouse=True)
    def _templates(self, settings):
        blocks = (
            "{% extends 'outbox/mail.html' %}"
            "{% block subject %}Hello\n {{ name }}{% endblock %}"
            "{% block text_body %}Dear {{ name }}{% endblock %}"
            "{% block html_body %}<p>{{ name }}</p>{% endblock %}"
        )
        settings.TEMPLATES = [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        ("django.template.loaders.locmem.Loader", {"hello.html": blocks}),
                        "django.template.loaders.app_directories.Loader",
                    ]
                },
            }
        ]

    def test_escapes_in_the_html_part_only(self):
        subject, text, html = render("hello.html", {"name": "Tom & <b>"})

        assert (subject, text) == ("Hello Tom & <b>", "Dear Tom & <b>\n")
        assert "<p>Tom &amp; &lt;b&gt;</p>" in html
        assert "<b>" not in html

    def test_keeps_a_subject_in_one_line(self):
        assert render("hello.html", {"name": "Ann\r\nBcc: x@example.com"}).subject == (
            "Hello Ann Bcc: x@example.com"
        )
