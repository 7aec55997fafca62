"""How much of anything one account, or one address, may have, and how often it may do something."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from environs import ValidationError, validate

from .environment import env

is_number = validate.Range(1, 10**9)


def network(text: str) -> IPv4Network | IPv6Network:
    """Return one of the networks that a variable lists."""
    try:
        return ip_network(text.strip())
    except ValueError as error:
        raise ValidationError(f'"{text}" is not a network such as 10.0.0.0/8.') from error


# Addresses that speak for many people, such as a front-end that renders on its server: no rate holds them up.
TRUSTED_ADDRESSES: list[IPv4Network | IPv6Network] = env.list(
    "TRUSTED_ADDRESSES", [], subcast=network
)

# Characters of a review's description; one that is longer already is still read.
STORE_REVIEW_LENGTH = env.int("STORE_REVIEW_LENGTH", 5000, validate=is_number)
# Bytes at which a page of a list ends early; a single row may exceed it.
PAGE_BYTES = env.int("PAGE_BYTES", 1_000_000, validate=is_number)
