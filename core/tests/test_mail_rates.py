"""Links that anybody can have mailed to anybody: a few an hour for one address."""

from ipaddress import ip_network

import pytest

from core.models import User
from outbox.models import Mail

pytestmark = pytest.mark.django_db
RESET = "/auth/users/reset_password/"
RESEND = "/auth/users/resend_verification/"


@pytest.fixture(autouse=True)
def rates(settings):
    settings.RATES = {"mails": [(2, 3600)]}


@pytest.fixture
def ask(api_client):
    """Ask for a link for an address, from another network each time."""
    networks = iter(range(1, 250))

    def ask(email, path=RESET, **fields):
        return api_client.post(
            path, {"email": email, **fields}, REMOTE_ADDR=f"192.0.2.{next(networks)}"
        )

    return ask


@pytest.mark.parametrize("address", ["ann@example.com", "nobody@example.com"])
def test_no_more_links_than_allowed_known_or_not(ask, register, mailoutbox, settings, address):
    # Not from a trusted address either: a front-end passes on what strangers type.
    settings.TRUSTED_ADDRESSES = [ip_network("192.0.2.0/24")]
    register("ann")
    mailoutbox.clear()
    assert [ask(address).status_code for _ in range(2)] == [204, 204]
    sent = len(mailoutbox)
    response = ask(address)
    assert (response.status_code, list(response.json())) == (429, ["detail"])
    assert 3590 <= int(response["Retry-After"]) <= 3600
    assert len(mailoutbox) == sent


def test_spellings_count_as_one(ask, register):
    register("ann")
    ask("ann@example.com"), ask("  ANN@Example.com ")
    assert ask("Ann@example.com").status_code == 429
    assert ask("bob@example.com").status_code == 204


@pytest.mark.parametrize(
    "path",
    [RESEND, "/auth/users/", "/auth/users/resend_activation/", "/auth/users/reset_username/"],
)
def test_no_other_request_keeps_an_owner_from_a_reset(ask, register, path):
    register("ann")
    for _ in range(5):
        ask("ann@example.com", path, username="stranger", password="a-Str0ng-one")
    assert ask("ann@example.com").status_code == 204


def test_registering_counts_for_the_address(ask):
    password = {"password": "a-Str0ng-one"}
    for name in ("one", "two"):
        assert ask("bob@example.com", "/auth/users/", username=name).status_code == 400
    response = ask("bob@example.com", "/auth/users/", username="bob", **password)
    assert response.status_code == 429
    assert not User.objects.exists()


def test_a_new_address_counts_and_the_own_does_not(api_client, sign_in):
    sign_in("ann")

    def change(email):
        body = {"email": email, "current_password": "a-Str0ng-one"}
        return api_client.patch("/auth/users/me/", body).status_code

    assert [change("ann@example.com") for _ in range(4)] == [200] * 4
    assert [change("new@example.com") for _ in range(3)] == [200, 200, 429]


def test_the_own_address_may_be_a_strangers_and_counts(api_client, sign_in):
    sign_in("ann")
    statuses = [api_client.post(RESET, {"email": "ann@example.com"}).status_code for _ in range(4)]
    assert statuses == [204, 204, 429, 429]
    assert Mail.objects.filter(recipient="ann@example.com").count() == 2


def test_an_account_asks_for_no_more_new_addresses_than_allowed(api_client, sign_in):
    sign_in("ann")

    def change(email):
        body = {"email": email, "current_password": "a-Str0ng-one"}
        return api_client.patch("/auth/users/me/", body).status_code

    assert [change(f"new{i}@example.com") for i in range(4)] == [200, 200, 429, 429]
    assert Mail.objects.filter(recipient="ann@example.com").count() == 2


def test_an_account_is_told_of_no_more_changes_than_allowed(api_client, sign_in):
    sign_in("ann")

    def change(name, password="a-Str0ng-one"):
        body = {"new_username": name, "current_password": password}
        return api_client.post("/auth/users/set_username/", body).status_code

    # What is refused changes nothing, and is told to nobody.
    assert [change("one", "wrong") for _ in range(3)] == [400] * 3
    assert [change(name) for name in ("one", "two", "three")] == [204, 204, 429]
    assert User.objects.get().username == "two"
    body = {"new_password": "another-Str0ng-one", "current_password": "a-Str0ng-one"}
    assert api_client.post("/auth/users/set_password/", body).status_code == 429
    assert Mail.objects.filter(recipient="ann@example.com").count() == 2


@pytest.mark.parametrize(
    "email",
    ['["a"]', '{"a": 1}', "5", "null", '"\\ud800@example.com"', '"{}"'.format("x" * 10_000)],
)
def test_what_is_no_address_is_refused_as_such(api_client, email):
    body = f'{{"email": {email}}}'
    response = api_client.post(RESET, body, content_type="application/json")
    assert response.status_code == 400
