"""Where a payment leads the customer back."""

import pytest

from store.models import Payment
from storefront.settings.origins import LOOPBACK_ORIGIN

pytestmark = pytest.mark.django_db

FRONT_END = "https://www.example.com"


@pytest.fixture(autouse=True)
def origins(settings):
    settings.CORS_ALLOWED_ORIGINS = [FRONT_END]
    settings.STORE_RETURN_ORIGINS = ["http://app.example.com:8443"]
    settings.CORS_ALLOWED_ORIGIN_REGEXES = []


@pytest.fixture
def url(order):
    return f"/store/orders/{order.pk}/payments/"


@pytest.mark.parametrize(
    "address",
    [
        f"{FRONT_END}/thanks?order=1#top",
        "HTTPS://WWW.Example.com/",
        "http://app.example.com:8443/back",
    ],
)
def test_of_a_front_end_is_kept(api_client, url, address):
    response = api_client.post(url, {"return_url": address, "cancel_url": f"{FRONT_END}/cart"})
    assert response.status_code == 201
    payment = Payment.objects.get()
    assert (payment.return_url, payment.cancel_url) == (address, f"{FRONT_END}/cart")
    assert response.json()["return_url"] == address


def test_none_is_needed(api_client, url):
    assert api_client.post(url).json()["return_url"] == ""


@pytest.mark.parametrize("name", ["return_url", "cancel_url"])
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://www.example.com.evil.example/",
        "https://www.example.com@evil.example/",
        "https://evil.example\\@www.example.com/",
        "https://ann:secret@www.example.com/",
        "http://www.example.com/",
        "https://www.example.com:8443/",
        "//www.example.com/",
        "/thanks",
        "javascript:alert(1)",
        "https://www.example.com/\n",
        "https://www.exa\tmple.com/",
        f"{FRONT_END}/{'x' * 2000}",
        "\0",
    ],
)
def test_of_anywhere_else_is_refused(api_client, url, name, address):
    response = api_client.post(url, {name: address}, format="json")
    if response.status_code == 201:
        # What the field strips off is gone.
        assert (
            Payment.objects.get().return_url + Payment.objects.get().cancel_url == address.strip()
        )
        assert address.strip() == f"{FRONT_END}/"
    else:
        assert (response.status_code, [*response.json()]) == (400, [name])
        assert not Payment.objects.exists()


@pytest.mark.parametrize(("port", "status"), [(5173, 201), (99999, 400)])
def test_in_development_any_port_of_this_machine_will_do(api_client, url, settings, port, status):
    settings.CORS_ALLOWED_ORIGIN_REGEXES = [LOOPBACK_ORIGIN]
    response = api_client.post(url, {"return_url": f"http://localhost:{port}/"})
    assert response.status_code == status


def test_an_open_payment_keeps_those_it_was_made_with(api_client, url, ledger):
    first = api_client.post(url, {"return_url": f"{FRONT_END}/a"}).json()
    again = api_client.post(url, {"return_url": f"{FRONT_END}/b"}).json()
    assert (again["id"], again["return_url"]) == (first["id"], f"{FRONT_END}/a")
    assert [asked["return_url"] for asked in ledger.asked] == [f"{FRONT_END}/a"]


def test_the_page_of_the_development_gateway_leads_back(api_client, client, order, settings, url):
    settings.STORE_PAYMENT_GATEWAY = "store.gateways.development.DevelopmentGateway"
    settings.STORE_PAYMENT_GATEWAY_OPTIONS = {}
    back = {"return_url": f"{FRONT_END}/thanks?a=1&b=2", "cancel_url": f"{FRONT_END}/cart"}
    page = client.get(api_client.post(url, back).json()["checkout_url"])
    assert f'href="{FRONT_END}/thanks?a=1&amp;b=2"' in page.text
    assert f'href="{FRONT_END}/cart"' in page.text
