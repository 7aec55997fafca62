"""Addresses as mail servers take them: all ASCII, since none is asked for SMTPUTF8."""

from email.headerregistry import Address
from email.utils import parseaddr

import idna


def ascii_address(text: str) -> str:
    """Return a name and address, such as of a sender, with the domain in ASCII.

    Raises ValueError where no mail server could take it: one without SMTPUTF8 knows no other letters
    before the @, and to encode them would name another mailbox.
    """
    name, address = parseaddr(text)
    local_part, _, domain = address.rpartition("@")
    if not local_part.isascii():
        raise ValueError("Only ASCII may stand before the @ of an address.")
    return str(Address(name, local_part, ascii_domain(domain)))


def ascii_domain(domain: str) -> str:
    # Not Python's own codec, whose older standard makes another domain of a "ß".
    return domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")


def ascii_message_id(text: str) -> str:
    """Return a Message-ID with its domain in ASCII, always the same one for the same text."""
    left, at, domain = text.removesuffix(">").rpartition("@")
    return f"{left}{at}{ascii_domain(domain)}>"
