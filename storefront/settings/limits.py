"""How often strangers may do something."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from environs import ValidationError

from .environment import env


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
