"""What the shop tells other systems: for how long it waits for them, and which may be where it is itself."""

from datetime import timedelta

from environs import validate

from .environment import env

is_host_and_port = validate.Regexp(
    r"[\w.-]+(:\d{1,5})?\Z", error='"{input}" is not a host such as crm.internal or 127.0.0.1:8080.'
)


def trusted_host(text: str) -> str:
    """Return one of the hosts that a variable lists, or raise a ValidationError."""
    return str(is_host_and_port(text.strip())).lower()


# Seconds from the connection to the headers of the answer.
WEBHOOK_TIMEOUT = env.int("WEBHOOK_TIMEOUT", 10, validate=validate.Range(1, 60))
# Hosts, with a port where it is not that of the scheme, which may be inside the network and use http.
WEBHOOK_TRUSTED_HOSTS: list[str] = env.list("WEBHOOK_TRUSTED_HOSTS", [], subcast=trusted_host)
# Days for which an event and the log of its deliveries are kept.
WEBHOOK_RETENTION = timedelta(
    days=env.int("WEBHOOK_RETENTION", 30, validate=validate.Range(3, 3650))
)
