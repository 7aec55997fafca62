"""If-Match: a write holds only while the row is as its sender read it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from core.models import UserSession
from store.models import Customer, Product

pytestmark = pytest.mark.django_db

# What each resource is changed by.
CHANGES = {
    "/store/products/{product}/": {"title": "Lantern"},
    "/store/collections/{collection}/": {"title": "Lanterns"},
    "/store/products/{product}/reviews/{review}/": {"name": "Bob"},
    "/store/customers/{customer}/": {"phone": "1"},
    "/store/orders/{order}/": {"payment_status": "C"},
    "/tags/{tag}/": {"label": "new"},
    "/auth/users/me/": {"first_name": "Nora"},
}


@pytest.fixture
def staff(world: dict[str, Any], django_user_model: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(django_user_model.objects.get(pk=world["user"]))
    return client


def tag_of(client: APIClient, url: str) -> str:
    return client.get(url)["ETag"]


def change(client: APIClient, url: str, body: Any, tag: str) -> Any:
    return client.patch(url, body, format="json", headers={"If-Match": tag})


@pytest.mark.parametrize("path", CHANGES)
def test_a_change_since_it_was_read_is_refused_and_nothing_is_written(staff, world, path):
    url, body = path.format(**world), CHANGES[path]
    tag = tag_of(staff, url)
    before = staff.get(url).json()

    refused = change(staff, url, body, '"other"')
    assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    assert staff.get(url).json() == before

    assert change(staff, url, body, tag).status_code == 200
    assert change(staff, url, body, tag).status_code == 412


def test_a_change_of_the_own_profile_too(staff, world):
    url = "/store/customers/me/"
    tag = tag_of(staff, url)

    def put(tag: str) -> int:
        body = {"phone": "1", "birth_date": None}
        return staff.put(url, body, format="json", headers={"If-Match": tag}).status_code

    assert (put('"other"'), tag_of(staff, url)) == (412, tag)
    assert (put(tag), put(tag)) == (200, 412)


def test_a_deletion_too(staff, world):
    url = f"/tags/{world['tag']}/"
    assert staff.delete(url, headers={"If-Match": '"other"'}).status_code == 412
    assert staff.delete(url, headers={"If-Match": tag_of(staff, url)}).status_code == 204
    assert staff.delete(url, headers={"If-Match": "*"}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/store/carts/{cart}/",
        "/store/products/{product}/images/{image}/",
        "/likes/{like}/",
        "/tags/items/{tagged}/",
    ],
)
def test_a_deletion_of_what_is_never_changed_too(staff, world, path):
    url = path.format(**world)
    refused = staff.delete(url, headers={"If-Match": '"other"'})
    assert (refused.status_code, staff.get(url).status_code) == (412, 200)
    assert staff.delete(url, headers={"If-Match": tag_of(staff, url)}).status_code == 204


def test_the_end_of_a_session_too(staff, world, django_user_model):
    user = django_user_model.objects.get(pk=world["user"])
    session = UserSession.objects.create(
        user=user,
        auth_hash=user.get_session_auth_hash(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    url = f"/auth/users/me/sessions/{session.pk}/"
    refused = staff.delete(url, headers={"If-Match": '"other"'})
    assert (refused.status_code, staff.get(url).status_code) == (412, 200)
    assert staff.delete(url, headers={"If-Match": tag_of(staff, url)}).status_code == 204


@pytest.mark.parametrize("tag", ["*", 'W/{0}, "a"', '"a", {0}'])
def test_several_tags_and_weak_ones(staff, world, tag):
    url = f"/store/products/{world['product']}/"
    tag = tag.format(tag_of(staff, url))
    assert change(staff, url, {"title": "Lantern"}, tag).status_code == 200


@pytest.mark.parametrize("tag", ["", "x", '"', "W/", '"\x7f"'])
def test_what_is_no_tag_matches_nothing(staff, world, tag):
    url = f"/store/products/{world['product']}/"
    assert change(staff, url, {"title": "Lantern"}, tag).status_code == 412


@pytest.mark.cache
def test_the_tag_that_a_visitor_got_of_the_same_body(client, staff, world):
    url = f"/store/collections/{world['collection']}/"
    tag = client.get(url)["ETag"]
    assert change(staff, url, {"title": "Lanterns"}, tag).status_code == 200


@pytest.mark.parametrize(
    ("permission", "path", "body"),
    [
        ("change_order", "/store/orders/{order}/", {"payment_status": "C"}),
        ("change_customer", "/store/customers/{customer}/", {"phone": "1"}),
    ],
)
def test_who_writes_what_they_may_not_read_has_no_tag_of_it(
    world, register, settings, permission, path, body
):
    settings.STAFF_NEEDS_PERMISSIONS = True
    clerk = register("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename=permission))
    client = APIClient()
    client.force_authenticate(clerk)
    url = path.format(**world)

    assert change(client, url, body, '"other"').status_code == 412
    assert change(client, url, body, "*").status_code == 200


@pytest.mark.parametrize("tag", ['"old"', "*"])
def test_a_profile_that_is_gone_is_as_nobody_expects(register, tag):
    user = register("newcomer")
    Customer.objects.filter(user=user).delete()
    client = APIClient()
    client.force_authenticate(user)
    body = {"phone": "1", "birth_date": None}

    response = client.put("/store/customers/me/", body, format="json", headers={"If-Match": tag})

    assert response.status_code == 412
    assert not Customer.objects.filter(user=user).exists()


def test_who_may_not_write_is_told_that(api_client, world):
    url = f"/store/products/{world['product']}/"
    assert change(api_client, url, {"title": "Lantern"}, '"other"').status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_writes(staff, world):
    url = f"/store/products/{world['product']}/"
    tag, both = tag_of(staff, url), Barrier(2)

    def write(title: str) -> int:
        both.wait(10)
        try:
            return change(staff, url, {"title": title}, tag).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        statuses = dict(zip("AB", threads.map(write, "AB"), strict=True))

    assert sorted(statuses.values()) == [200, 412]
    assert statuses[Product.objects.get(pk=world["product"]).title] == 200
