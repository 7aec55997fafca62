"""How much of anything one account, or one address, may have, and how often it may do something."""

from ipaddress import IPv4Network, IPv6Network, ip_network

from environs import ValidationError, validate

from .environment import env

is_number = validate.Range(1, 10**9)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 24 * 3600}
is_rate = validate.Regexp(r"^\d+/(s|m|h|d)\w*$", error="Not a rate such as 30/min or 100/hour.")


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
# Lines of a cart, and with it of an order.
STORE_CART_LINES = env.int("STORE_CART_LINES", 100, validate=is_number)
# Kilobytes of a picture as it is uploaded; the web server in front of the shop takes 10 MB.
STORE_IMAGE_KILOBYTES = env.int("STORE_IMAGE_KILOBYTES", 500, validate=validate.Range(1, 9 * 1024))
# Of one customer.
STORE_ADDRESSES = env.int("STORE_ADDRESSES", 50, validate=is_number)
# Of one account on one product.
STORE_REVIEWS_PER_PRODUCT = env.int("STORE_REVIEWS_PER_PRODUCT", 10, validate=is_number)
# Of one account, live at a time; each lives for a day.
STORE_IDEMPOTENCY_KEYS = env.int("STORE_IDEMPOTENCY_KEYS", 1000, validate=is_number)
# For which a report may keep the database busy.
STORE_REPORT_SECONDS = env.int("STORE_REPORT_SECONDS", 10, validate=validate.Range(1, 3600))
# For which a search that no index helps may keep the database busy.
STORE_SEARCH_SECONDS = env.int("STORE_SEARCH_SECONDS", 5, validate=validate.Range(1, 3600))
# Of one account.
LIKES = env.int("LIKES", 1000, validate=is_number)


def credentials_rate(default: str) -> tuple[int, int]:
    """Return how many requests about credentials, and in how many seconds, a network may send."""
    number, _, period = env.str("THROTTLE_CREDENTIALS", default, validate=is_rate).partition("/")
    return int(number), SECONDS[period[0]]


def sign_in_failures(default: int) -> int:
    return env.int("SIGN_IN_FAILURES", default, validate=validate.Range(0))


# Sign-in, registration, changes and resets of names and passwords are what guessers try. None: no limit.
CREDENTIALS_RATE: tuple[int, int] | None = credentials_rate("30/min")
# Wrong passwords of an account from one network before it has to wait. 0: no limit.
SIGN_IN_FAILURES = sign_in_failures(10)
web_threads = env.int("WEB_THREADS", 4, validate=validate.Range(1))
# Threads of a web process that check a password, or wait to; beyond them: 503.
HASHING_PLACES = max(web_threads - 1, 1)
# Threads of a web process that compute a report, or wait to; beyond them: 503.
REPORT_PLACES = max(web_threads // 2, 1)

is_rates = validate.Regexp(
    r"(\d+/(s|m|h|d)\w*(,(?!\Z)|\Z))*\Z", error="No list of rates such as 10/hour,30/day."
)


def rates(text: str) -> list[tuple[int, int]]:
    """Return how many, in how many seconds, of each rate that a variable lists."""
    parts = [rate.partition("/") for rate in text.split(",") if rate]
    return [(int(number), SECONDS[period[0]]) for number, _, period in parts]


# How often an account, or a network where nobody is signed in, may write what; empty: without limit.
RATES: dict[str, list[tuple[int, int]]] = {
    "reviews": rates(env.str("RATE_REVIEWS", "20/hour,50/day", validate=is_rates)),
    "carts": rates(env.str("RATE_CARTS", "600/hour,3000/day", validate=is_rates)),
    "cart_lines": rates(env.str("RATE_CART_LINES", "600/minute", validate=is_rates)),
    "orders": rates(env.str("RATE_ORDERS", "20/minute,300/day", validate=is_rates)),
    "addresses": rates(env.str("RATE_ADDRESSES", "60/hour", validate=is_rates)),
    "likes": rates(env.str("RATE_LIKES", "120/minute", validate=is_rates)),
    # Read by staff; each may cost the database seconds.
    "reports": rates(env.str("RATE_REPORTS", "120/minute", validate=is_rates)),
    # Links to one address that is typed by whoever asks, or registers.
    "mails": rates(env.str("RATE_MAILS", "5/hour,20/day", validate=is_rates)),
    # Mails of whatever kind to one address; those beyond go out later.
    "recipients": rates(env.str("RATE_RECIPIENTS", "30/hour,100/day", validate=is_rates)),
    # What else is written over the API.
    "writes": rates(env.str("RATE_WRITES", "600/minute", validate=is_rates)),
}
# Off where a machine sends what thousands of people do, such as a load test.
if not env.bool("RATE_LIMITS", True):
    RATES = {}
