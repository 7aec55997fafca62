"""The address of who asks, and the network that counts as one client."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

Address = IPv4Address | IPv6Address
# A customer of an IPv6 network has at least this many bits of addresses for themselves.
CUSTOMER_BITS = 64
# Of a text that is no address.
MAX_LENGTH = 100


def client_address(request: HttpRequest | Request) -> str:
    """Return the address that the outermost of NUM_PROXIES saw; a client cannot choose it.

    One of TRUSTED_ADDRESSES says in X-Forwarded-For for whom it asks: else strangers at a front-end that renders on
    its server would share an address with the owner of the account that they try.
    """
    return address_behind(*sent_by(request))


def sent_by(request: HttpRequest | Request) -> tuple[str, str]:
    """Return the address of the connection, and the X-Forwarded-For that came on it."""
    return request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")


def address_behind(peer: str, forwarded: str) -> str:
    seen, sent_to_it = hops(peer, forwarded)
    for_whom = readable(sent_to_it[-1]) if sent_to_it else ""
    return for_whom if parsed(for_whom) and is_of_trusted(seen) else seen


@lru_cache(maxsize=1024)
def network_behind(peer: str, forwarded: str) -> str:
    """Return what counts as one client, for the web server, which asks once for each request."""
    return network_of(address_behind(peer, forwarded))


def hops(peer: str, forwarded: str) -> tuple[str, list[str]]:
    """Return the address that the outermost of NUM_PROXIES saw, and what was in X-Forwarded-For there."""
    rest_framework: dict[str, Any] = settings.REST_FRAMEWORK
    proxies: int = rest_framework["NUM_PROXIES"]
    hops = forwarded.split(",") if forwarded else []
    if not (hops and proxies):
        return readable(peer), hops
    outermost = -min(proxies, len(hops))
    return readable(hops[outermost]), hops[:outermost]


def readable(text: str) -> str:
    """Return an address in its one spelling, without a port; what is none stays as it is."""
    text = text.strip()
    address = parsed(text) or parsed(without_port(text))
    return str(address) if address else text[:MAX_LENGTH]


def without_port(text: str) -> str:
    """Take the port off, as in 192.0.2.1:5678 or [2001:db8::1]:5678."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    host, _, port = text.rpartition(":")
    return host if port.isdecimal() else text


def parsed(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_of(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 that an IPv6 address is in."""
    found = parsed(address)
    if not isinstance(found, IPv6Address):
        return address
    host_bits = found.max_prefixlen - CUSTOMER_BITS
    return str(IPv6Network((int(found) >> host_bits << host_bits, CUSTOMER_BITS)))


def is_trusted(request: HttpRequest | Request) -> bool:
    """Tell whether it comes from TRUSTED_ADDRESSES, such as a front-end that renders on its server."""
    return is_of_trusted(hops(*sent_by(request))[0])


def is_of_trusted(text: str) -> bool:
    address = parsed(text)
    return address is not None and any(address in network for network in settings.TRUSTED_ADDRESSES)
