"""/.well-known/security.txt, and the addresses that follow the settings and not the Host of a request."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from storefront.paths.addresses import shop_address

from .conftest import PRODUCTION, Start
from .test_production import read

URL = "/.well-known/security.txt"
GATEWAY = {
    "PAYMENT_GATEWAY": "store.gateways.Gateway",
    "PAYMENT_WEBHOOK_SECRET": "s" * 16,
}


def fields(text: str) -> list[tuple[str, str]]:
    return [
        (name, value) for name, _, value in (line.partition(": ") for line in text.splitlines())
    ]


class TestSecurityTxt:
    def test_says_whom_to_tell(self, client: Client, settings: Any) -> None:
        settings.SECURITY_CONTACT = ["mailto:a@example.com", "https://example.com/report"]
        settings.SHOP_URL = "https://shop.example.com"
        response = client.get(URL, HTTP_HOST="localhost")
        assert (response.status_code, response["Content-Type"]) == (
            200,
            "text/plain; charset=utf-8",
        )
        found = fields(response.text)
        # RFC 9116: Contact at least once, Expires once.
        assert [name for name, _ in found] == [
            *("Contact", "Contact", "Expires", "Preferred-Languages", "Canonical")
        ]
        assert found[0] == ("Contact", "mailto:a@example.com")
        expires = datetime.fromisoformat(dict(found)["Expires"])
        assert timedelta(days=179) < expires - datetime.now(UTC) <= timedelta(days=180)
        assert found[-1] == ("Canonical", f"https://shop.example.com{URL}")

    def test_is_only_read(self, client: Client) -> None:
        assert client.head(URL).status_code == 200
        assert client.post(URL).status_code == 405


@pytest.mark.once
class TestSettings:
    def test_the_first_host_is_the_address_of_the_shop(self, start: Start) -> None:
        assert read(start, "SHOP_URL", ALLOWED_HOSTS=".example.com,other") == "https://example.com"
        given = {"ALLOWED_HOSTS": "a.example", "HTTPS_ONLY": "false"}
        assert read(start, "SHOP_URL", **given) == "http://a.example"
        assert (
            read(start, "SHOP_URL", SHOP_URL="https://b.example:8443") == "https://b.example:8443"
        )
        assert read(start, "SHOP_URL", ALLOWED_HOSTS="*") == ""

    def test_a_gateway_has_to_know_it(self, start: Start) -> None:
        result = start("prod", **{**PRODUCTION, **GATEWAY, "ALLOWED_HOSTS": "*"})
        assert result.returncode == 1
        assert "Set the SHOP_URL environment variable" in result.stderr

    def test_the_sender_of_mails_is_told_unless_others_are(self, start: Start) -> None:
        sender = {"DEFAULT_FROM_EMAIL": "Shop <shop@example.com>"}
        assert read(start, "SECURITY_CONTACT", **sender) == ["mailto:shop@example.com"]
        contacts = "mailto:a@example.com, https://example.com/report"
        assert read(start, "SECURITY_CONTACT", SECURITY_CONTACT=contacts) == contacts.split(", ")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("SHOP_URL", "shop.example.com"),
            ("SHOP_URL", "https://shop.example.com/path"),
            ("SECURITY_CONTACT", "ann@example.com"),
            ("SECURITY_CONTACT", "mailto:a@example.com\nExpires: 1999-01-01T00:00:00Z"),
        ],
    )
    def test_a_malformed_one_stops_the_start(self, start: Start, name: str, value: str) -> None:
        result = start("prod", **{**PRODUCTION, name: value})
        assert result.returncode == 1
        assert f'Environment variable "{name}" invalid' in result.stderr

    def test_browsers_keep_no_list_of_the_shop_unless_asked(self, start: Start) -> None:
        assert read(start, "SECURE_HSTS_PRELOAD") is False
        assert read(start, "SECURE_HSTS_PRELOAD", SECURE_HSTS_PRELOAD="true") is True


def test_an_address_that_leaves_follows_the_settings(settings: Any, rf: RequestFactory) -> None:
    request = rf.get("/", HTTP_HOST="127.0.0.1:8000")
    settings.SHOP_URL = ""
    assert shop_address("/a/", request) == "http://127.0.0.1:8000/a/"
    settings.SHOP_URL = "https://shop.example.com"
    assert shop_address("/a/", request) == "https://shop.example.com/a/"
