"""What staff read at a row of who changed it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from model_bakery import baker

from core.models import User
from history.origins import origin
from store.models import Product

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def clerk(client: Any) -> Any:
    """Somebody who may see products and users, and change none."""
    user = baker.make(User, is_staff=True)
    rights = Permission.objects.filter(codename__in=["view_product", "view_user"])
    user.user_permissions.set(rights)
    client.force_login(user)
    return client


def test_each_change_says_who_and_from_what_to_what(admin_client: Any) -> None:
    product = baker.make(Product, title="Lamp")
    with origin(by=User.objects.get(username="admin"), reason="A new name"):
        Product.objects.update(title="Bulb")
    page = admin_client.get(f"/admin/store/product/{product.pk}/history/").text

    for text in ("<td>Lamp</td><td>Bulb</td>", "admin<br>", "A new name"):
        assert text in page


def test_who_may_only_look_reads_the_fields_of_the_page(clerk: Any) -> None:
    user = baker.make(User, first_name="Ann")
    User.objects.filter(pk=user.pk).update(first_name="Bo", is_superuser=True)
    page = clerk.get(f"/admin/core/user/{user.pk}/history/").text

    assert "<td>Ann</td><td>Bo</td>" in page
    assert "Superuser status" not in page


def test_nobody_reads_of_rows_that_they_may_not_see(clerk: Any) -> None:
    promotion = baker.make("store.Promotion")

    assert clerk.get(f"/admin/store/promotion/{promotion.pk}/history/").status_code == 403
