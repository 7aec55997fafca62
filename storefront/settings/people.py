"""Those who are named by a mail address."""

from email.utils import parseaddr

from environs import ValidationError, validate

is_address = validate.Email(error='"{input}" is not an address such as ann@example.com.')


def person(text: str) -> tuple[str, str]:
    """Return the name and address of one of those a variable lists, or raise a ValidationError."""
    name, address = parseaddr(text)
    is_address(address)
    if not address.rpartition("@")[0].isascii():
        raise ValidationError(f'"{address}": only ASCII may stand before the @ of an address.')
    return name, address
