"""Where the shop sends to: public addresses only, so that nobody reaches the inner network through it."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from outbox.addresses import ascii_domain

PORTS = {"https": 443, "http": 80}
# The one part of IPv6 that is given out to the public (RFC 4291).
GLOBAL_UNICAST = IPv6Network("2000::/3")
# A translator sends on to the IPv4 address in the last 32 bits (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")
# What Python 3.11 takes for public: protocol assignments, the relay of 6to4, an example, and the metadata of
# one cloud.
SPECIAL = [
    ip_network(block)
    for block in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")
]


class AddressRefused(ValueError):
    """The shop sends nothing there."""


class Target(NamedTuple):
    scheme: str
    # In ASCII, without the brackets of IPv6.
    host: str
    port: int
    # Path and query.
    path: str
    is_trusted: bool

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """Return where an address leads, or raise AddressRefused where the shop sends nothing there."""
    if not url.isprintable() or set(url) & {" ", "\\"}:
        raise AddressRefused("It holds a character that no address has.")
    try:
        parts = urlsplit(url)
        host = ascii_domain((parts.hostname or "").rstrip("."))
        given_port = parts.port
    except ValueError as error:
        raise AddressRefused("It cannot be read.") from error
    if parts.scheme not in PORTS or not host:
        raise AddressRefused("It must begin with https:// and a host.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("It must hold no user or password.")
    if parts.fragment:
        raise AddressRefused("It must end before the #.")
    port = PORTS[parts.scheme] if given_port is None else given_port
    is_trusted = is_trusted_host(host, port, parts.scheme)
    if not is_trusted:
        refuse_untrusted(parts.scheme, host, port)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    if not path.isascii():
        raise AddressRefused("Letters beyond ASCII must be percent-encoded.")
    return Target(parts.scheme, host, port, path, is_trusted)


def is_trusted_host(host: str, port: int, scheme: str) -> bool:
    named = {f"{host}:{port}"} | ({host} if port == PORTS[scheme] else set())
    return not named.isdisjoint(settings.WEBHOOK_TRUSTED_HOSTS)


def refuse_untrusted(scheme: str, host: str, port: int) -> None:
    if scheme != "https":
        raise AddressRefused("It must begin with https://.")
    if port != PORTS["https"]:
        raise AddressRefused("It must use port 443.")
    literal = literal_address(host)
    if host == "localhost" or (literal and not is_public(literal)):
        raise AddressRefused("It is an address of the inner network.")


def literal_address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        # As resolvers read it: 127.1, 0x7f.1 and 2130706433 are one address.
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def addresses_of(target: Target) -> list[str]:
    """Resolve a host once and return its addresses, of which each is public unless the host is trusted.

    Raises AddressRefused, and OSError where the host is unknown.
    """
    try:
        found = socket.getaddrinfo(
            target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except UnicodeError as error:
        raise AddressRefused("Its host is none.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    # One of many is enough to refuse: who has an inner one among them may mean that one.
    if not target.is_trusted and not all(is_public(ip_address(each)) for each in addresses):
        raise AddressRefused("It leads into the inner network.")
    return addresses


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one of the public Internet, also the one that is wrapped in it."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        if address in NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        # Mapped IPv4 and all special blocks are outside of it; those inside lead through a relay.
        if address not in GLOBAL_UNICAST or address.sixtofour or address.teredo:
            return False
    is_special = address.is_multicast or address.is_reserved or address.is_unspecified
    is_special |= any(address in block for block in SPECIAL)
    return address.is_global and not is_special
