"""What the tests' own mail server, Redis and RabbitMQ are worth."""

from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core.mail import send_mail
from kombu import Connection
from redis import Redis


def send(to="ann@example.com"):
    send_mail("Subject", "Text", "shop@example.com", [to])


class TestMailServer:
    def test_collects_letters_with_their_envelope(self, smtp_server):
        send()

        [letter] = smtp_server.wait_for(1)
        assert (letter.sender, letter.recipients) == ("shop@example.com", ["ann@example.com"])
        assert letter.message["Subject"] == "Subject"

    def test_refuses_a_recipient(self, smtp_server):
        smtp_server.answers["ann@example.com"] = "550 Nobody here"

        with pytest.raises(SMTPRecipientsRefused):
            send()
        send("bob@example.com")
        assert [letter.recipients for letter in smtp_server.received] == [["bob@example.com"]]

    def test_refuses_a_letter(self, smtp_server):
        smtp_server.on_letter = lambda letter: "451 Later"

        with pytest.raises(SMTPDataError):
            send()
        assert smtp_server.received == []

    def test_breaks_off(self, smtp_server):
        smtp_server.on_letter = lambda letter: None

        with pytest.raises(SMTPServerDisconnected):
            send()

    def test_goes_and_comes_back(self, smtp_server):
        smtp_server.stop()
        with pytest.raises(ConnectionRefusedError):
            send()

        smtp_server.start()
        send()
        assert len(smtp_server.wait_for(1)) == 1


@pytest.mark.redis
def test_redis_is_empty(redis_url):
    with Redis.from_url(redis_url) as redis:
        assert redis.dbsize() == 0


@pytest.mark.rabbitmq
def test_rabbitmq_takes_connections(rabbitmq_url):
    with Connection(rabbitmq_url, connect_timeout=5) as broker:
        assert broker.connect()
