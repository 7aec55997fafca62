"""What the shop sends to: refusals first."""

import socket
from ipaddress import ip_address

import pytest

from webhooks.addresses import AddressRefused, addresses_of, is_public, target_of

pytestmark = pytest.mark.once

INNER = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),
    *("169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "192.0.0.192"),
    *("198.18.0.1", "192.0.2.1", "203.0.113.7", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "168.63.129.16", "192.88.99.1"),
    *("::1", "::", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "fe80::1", "fe80::1%1"),
    *("fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1", "2001::1", "fec0::1"),
    *("3fff::1", "2001:10::1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::808:808"),
    *("2002:7f00:1::", "2002:808:808::1"),
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"]
REFUSED = {
    "http://crm.example.com/": "It must begin with https://.",
    "ftp://crm.example.com/": "It must begin with https:// and a host.",
    "crm.example.com/hooks": "It must begin with https:// and a host.",
    "https:///hooks": "It must begin with https:// and a host.",
    "": "It must begin with https:// and a host.",
    "https://ann:pw@crm.example.com/": "It must hold no user or password.",
    "https://@crm.example.com/": "It must hold no user or password.",
    "https://crm.example.com/#top": "It must end before the #.",
    "https://crm.example.com:8443/": "It must use port 443.",
    "https://crm.example.com:22/": "It must use port 443.",
    "https://crm.example.com:99999/": "It cannot be read.",
    "https://crm.example.com:x/": "It cannot be read.",
    "https://[::1/": "It cannot be read.",
    "https://crm.example.com/a b": "It holds a character that no address has.",
    "https://crm.example.com\\@evil.example/": "It holds a character that no address has.",
    "https://crm.example.com/\r\nHost: x": "It holds a character that no address has.",
    "https://crm.example.com/ä": "Letters beyond ASCII must be percent-encoded.",
    "https://xn--\N{LATIN SMALL LETTER SHARP S}.\u2488/": "It cannot be read.",
    "https://127.0.0.1/": "It is an address of the inner network.",
    "https://127.1/": "It is an address of the inner network.",
    "https://0x7f.1/": "It is an address of the inner network.",
    "https://2130706433/": "It is an address of the inner network.",
    "https://0/": "It is an address of the inner network.",
    "https://[::ffff:10.0.0.1]/": "It is an address of the inner network.",
    "https://169.254.169.254/latest/meta-data/": "It is an address of the inner network.",
    "https://localhost/": "It is an address of the inner network.",
    "https://LOCALHOST./": "It is an address of the inner network.",
}


def found(*addresses):
    return lambda *args, **kwargs: [
        (socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, 443))
        for each in addresses
    ]


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_refused(address, monkeypatch):
    assert not is_public(ip_address(address))
    # Whatever else the name leads to.
    monkeypatch.setattr(socket, "getaddrinfo", found("8.8.8.8", address))
    with pytest.raises(AddressRefused, match="inner network"):
        addresses_of(target_of("https://crm.example.com/"))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_taken(address, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", found(address, address))
    assert addresses_of(target_of("https://crm.example.com/")) == [address]


@pytest.mark.parametrize(("url", "why"), REFUSED.items())
def test_a_bad_address_is_refused(url, why):
    with pytest.raises(AddressRefused) as refusal:
        target_of(url)
    assert str(refusal.value) == why


# How C libraries read them: by the resolver, so that what it finds is what is checked.
@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "017700000001"])
def test_another_spelling_of_an_inner_address_is_refused(host):
    with pytest.raises(AddressRefused, match="inner network"):
        addresses_of(target_of(f"https://{host}/"))


def test_a_name_of_any_alphabet_is_sent_in_ascii():
    target = target_of("https://Kaffeemühle.example/hooks?x=1")
    assert (target.host, target.path) == ("xn--kaffeemhle-geb.example", "/hooks?x=1")
    assert target.host_header == "xn--kaffeemhle-geb.example"


class TestTrustedHosts:
    def test_may_use_http_and_a_port_and_be_inside(self, settings):
        settings.WEBHOOK_TRUSTED_HOSTS = ["127.0.0.1:8080"]
        target = target_of("http://127.0.0.1:8080/x")
        assert addresses_of(target) == ["127.0.0.1"]
        assert target.host_header == "127.0.0.1:8080"

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:8081/", "http://127.0.0.1/", "http://127.0.0.1.example:8080/"]
    )
    def test_nothing_beside_them_is_trusted(self, url, settings):
        settings.WEBHOOK_TRUSTED_HOSTS = ["127.0.0.1:8080"]
        with pytest.raises(AddressRefused):
            target_of(url)

    def test_without_a_port_stand_for_that_of_the_scheme(self, settings):
        settings.WEBHOOK_TRUSTED_HOSTS = ["crm.internal"]
        assert target_of("http://crm.internal/").is_trusted
        assert target_of("https://crm.internal/").is_trusted
        with pytest.raises(AddressRefused):
            target_of("https://crm.internal:8443/")
