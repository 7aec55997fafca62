"""Who counts as one client."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.test import RequestFactory

from storefront.limits.addresses import client_address, is_trusted, network_of


def address_of(forwarded: str | None = None, *, remote: str = "10.0.0.1") -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))


@pytest.fixture
def proxies(settings: Any) -> Any:
    def proxies(number: int) -> None:
        settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": number}

    return proxies


class TestClientAddress:
    def test_is_no_claim_of_the_client(self, proxies: Any) -> None:
        proxies(0)
        assert address_of("203.0.113.7") == "10.0.0.1"
        proxies(1)
        assert address_of("203.0.113.7, 198.51.100.1") == "198.51.100.1"

    def test_is_what_the_outermost_proxy_saw(self, proxies: Any) -> None:
        proxies(2)
        assert address_of("1.1.1.1, 203.0.113.7, 10.0.0.2") == "203.0.113.7"
        assert address_of("203.0.113.7") == "203.0.113.7"
        assert address_of() == "10.0.0.1"

    @pytest.mark.parametrize(
        ("sent", "address"),
        [
            ("1.2.3.4:5678", "1.2.3.4"),
            (" 1.2.3.4 ", "1.2.3.4"),
            ("[2001:db8::1]:5678", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:DB8:0:0::1", "2001:db8::1"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
            ("unknown", "unknown"),
            ("", "10.0.0.1"),
            ("x" * 5000, "x" * 100),
        ],
    )
    def test_has_one_spelling(self, proxies: Any, sent: str, address: str) -> None:
        proxies(1)
        assert address_of(sent) == address

    def test_is_whom_a_trusted_front_end_asks_for(self, proxies: Any, settings: Any) -> None:
        settings.TRUSTED_ADDRESSES = [ip_network("198.51.100.0/24")]
        proxies(1)
        assert address_of("1.1.1.1, 203.0.113.7:80, 198.51.100.1") == "203.0.113.7"
        assert address_of("203.0.113.7, 192.0.2.1") == "192.0.2.1"
        for nobody in ("198.51.100.1", ", 198.51.100.1", "unknown, 198.51.100.1"):
            assert address_of(nobody) == "198.51.100.1"
        proxies(0)
        assert address_of("203.0.113.7", remote="198.51.100.1") == "203.0.113.7"
        assert address_of("203.0.113.7") == "10.0.0.1"

    def test_of_a_unix_socket_is_nobodys(self) -> None:
        assert address_of(remote="") == ""


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_address_of_ipv6_counts_by_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_whoever_a_trusted_front_end_asks_for_it_is_trusted(settings: Any) -> None:
    settings.TRUSTED_ADDRESSES = [ip_network("10.0.0.0/8")]

    def trusts(remote: str, sent: str) -> bool:
        headers = {"X-Forwarded-For": sent}
        return is_trusted(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote))

    assert trusts("10.0.0.1", "203.0.113.7")
    assert not trusts("203.0.113.7", "10.0.0.1")


def test_only_named_networks_are_trusted(settings: Any) -> None:
    def trusts(remote: str) -> bool:
        return is_trusted(RequestFactory().get("/", REMOTE_ADDR=remote))

    assert not trusts("10.1.2.3")
    settings.TRUSTED_ADDRESSES = [ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")]
    remotes = ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::1", "11.0.0.1", "unknown", ""]
    assert [trusts(remote) for remote in remotes] == [True, True, True, False, False, False]
