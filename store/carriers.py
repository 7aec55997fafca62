"""Who carries parcels, and where they tell of them."""

from urllib.parse import quote

from django.conf import settings

# What stands in STORE_CARRIERS for the tracking number.
NUMBER = "{number}"


def carrier_name(text: str) -> str:
    """Return a carrier as STORE_CARRIERS spells it, an unknown one as it was typed."""
    name = one_line(text)
    known = {each.casefold(): each for each in settings.STORE_CARRIERS}
    return known.get(name.casefold(), name)


def usual_carrier() -> str:
    """Return the carrier of a shop that has one alone."""
    carriers = [*settings.STORE_CARRIERS]
    return carriers[0] if len(carriers) == 1 else ""


def one_line(text: str) -> str:
    return " ".join(text.split())


def tracking_page(carrier: str, number: str) -> str | None:
    """Return the address of a carrier's page about a parcel, None where the shop knows none."""
    page = settings.STORE_CARRIERS.get(carrier_name(carrier))
    if not (page and number):
        return None
    # People group the digits with blanks; carriers do not.
    return page.replace(NUMBER, quote("".join(number.split()), safe=""))
