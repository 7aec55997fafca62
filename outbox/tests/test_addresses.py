import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import parseaddr

import pytest

from outbox.content import Content
from outbox.models import Mail
from outbox.services import send_due_mails, send_mail

pytestmark = pytest.mark.django_db


class TestLettersBeyondAscii:
    @pytest.mark.parametrize("name", ["Bücher", "Bücher, Inc", "B" + "ü" * 120, ""])
    def test_go_over_the_wire_in_ascii(self, queue, settings, smtp_server, name):
        settings.DEFAULT_FROM_EMAIL = str(Address(name, "info", "bücher.example"))
        content = Content("Größe " * 30, "Schön\n")

        mail = queue(recipient="ann@späße.example", content=content)
        send_mail(mail_id=mail.pk)

        [letter] = smtp_server.received
        head = letter.content.partition(b"\r\n\r\n")[0]
        assert head.isascii()
        assert max(len(line) for line in head.splitlines()) <= 78
        assert letter.sender == "info@xn--bcher-kva.example"
        assert letter.recipients == ["ann@xn--spe-6kay.example"]
        shown, address = parseaddr(message_from_bytes(letter.content)["From"])
        assert (str(make_header(decode_header(shown))), address) == (name, letter.sender)
        assert letter.message["To"] == letter.recipients[0]
        assert letter.message["Subject"].strip() == content.subject.strip()
        assert re.fullmatch(r"<[!-~]+@xn--bcher-kva\.example>", letter.message_id)
        assert letter.message_id == mail.message_id

    def test_in_the_name_of_the_machine_make_no_broken_id(self, queue, settings, monkeypatch):
        settings.DEFAULT_FROM_EMAIL = "shop"
        monkeypatch.setattr("outbox.models.DNS_NAME", "bücher.example")
        assert queue().message_id.endswith("@xn--bcher-kva.example>")

    def test_in_an_id_of_before_are_sent_in_ascii(self, queue, smtp_server):
        Mail.objects.filter(pk=queue().pk).update(message_id="<1@bücher.example>")
        assert send_due_mails().sent == 1
        assert smtp_server.received[0].message_id == "<1@xn--bcher-kva.example>"

    @pytest.mark.parametrize("sender", [True, False])
    def test_before_the_at_sign_are_refused_and_keep_back_no_other_mail(
        self, queue, settings, smtp_server, sender
    ):
        mail = queue()
        if sender:
            settings.DEFAULT_FROM_EMAIL = "Shop <bücher@shop.example>"
        else:
            Mail.objects.filter(pk=mail.pk).update(recipient="ännchen@example.com")

        assert send_due_mails().sent == 0

        mail.refresh_from_db()
        assert mail.last_error == "ValueError: Only ASCII may stand before the @ of an address."
        settings.DEFAULT_FROM_EMAIL = "shop@shop.example"
        queue(recipient="bob@example.com")
        assert send_due_mails().sent == 1
        assert smtp_server.received[0].recipients == ["bob@example.com"]
