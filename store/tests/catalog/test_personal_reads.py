"""Who is signed in gets, past the serializers, what the serializers would say to them; nobody keeps it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.response import Response

from store.models import Customer, Promotion
from store.views.answers import AnswerResponse
from store.views.catalog_memory import current_memory

from .test_visitor_reads import FILTERS, PAGES

pytestmark = pytest.mark.django_db

MEMBERSHIPS = ["B", "S", "G"]


@pytest.fixture
def member(sign_in):
    """Sign somebody in with a membership, None for one without a profile."""

    def member(membership):
        sign_in()
        if membership is None:
            Customer.objects.all().delete()
        else:
            Customer.objects.update(membership=membership)

    return member


class TestRefusals:
    def test_are_the_serializers(self, api_client, products, member, subtests):
        member("G")

        for path, status in [
            ("?page=9", 404),
            ("?page=nine", 404),
            ("?price_min=cheap", 400),
            ("999999/", 404),
            (f"{2**63}/", 404),
        ]:
            with subtests.test(path=path, status=status):
                answer = api_client.get(f"/store/products/{path}")

                assert (type(answer), answer.status_code) == (Response, status)


@pytest.mark.parametrize("membership", [*MEMBERSHIPS, None])
def test_every_page(kept, serialized, products, member, membership):
    member(membership)

    for query in PAGES:
        url = f"/store/products/{query}"
        assert kept(url).json() == serialized(url).json() == kept(url).json(), query


def test_every_filter(kept, serialized, products, collection, member):
    member("S")

    for name, value in FILTERS.items():
        url = f"/store/products/?{name}={value.format(collection=collection.pk)}"
        assert kept(url).json() == serialized(url).json(), name


@pytest.mark.parametrize("membership", MEMBERSHIPS)
def test_every_product(kept, serialized, products, member, membership):
    member(membership)

    for product in products:
        url = f"/store/products/{product.pk}/"
        assert kept(url).json() == serialized(url).json()
        assert kept(url).data == serialized(url).data


def test_each_membership_has_its_prices_beside_the_others(api_client, kept, products, member):
    url = f"/store/products/{products[0].pk}/"
    visitors = kept(url).json()["price"]
    member("B")
    user = Customer.objects.get().user
    found = {}
    for membership in [*MEMBERSHIPS, *MEMBERSHIPS]:
        Customer.objects.update(membership=membership)
        api_client.force_authenticate(user)
        found.setdefault(membership, set()).add(kept(url).json()["price"])
        api_client.force_authenticate(None)
        assert kept(url).json()["price"] == visitors

    assert found == {"B": {9.0}, "S": {9.0}, "G": {5.0}}


def test_nobody_keeps_it(kept, products, member, settings):
    settings.STORE_CATALOG_MEMORY = 16
    member("G")

    answers = [kept("/store/products/"), kept(f"/store/products/{products[0].pk}/")]

    for answer in answers:
        assert answer["Cache-Control"] == "private, no-cache"
        assert answer["Allow"].startswith("GET")
    memory = current_memory.memory
    assert memory is not None
    assert not memory.answers.items


def test_a_membership_that_comes_later_prolongs_nothing(
    api_client, kept, products, member, monkeypatch
):
    """A promotion ends between the first read of a visitor and that of a customer."""
    url, now = f"/store/products/{products[0].pk}/", timezone.now()
    Promotion.objects.exclude(description="Tenth").delete()
    Promotion.objects.update(ends_at=now + timedelta(minutes=1))
    assert kept(url).json()["price"] == 9
    memory = current_memory.memory

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=2))
    memory.products("G")

    assert memory.changes_at == now + timedelta(minutes=1)
    assert kept(url).json()["price"] == 10
    member("G")
    assert kept(url).json()["price"] == 10


def test_other_forms_stay_with_the_serializers(api_client, products, member):
    member("G")

    page = api_client.get("/store/products/", headers={"accept": "text/html"})

    assert not isinstance(page, AnswerResponse)
    assert page["Content-Type"].startswith("text/html")
