"""Customers are found by an index of each name, on the databases where it is one of its own."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from store.models import Customer
from store.models.customers import begins

pytestmark = pytest.mark.django_db

NAMES = ("first_name", "last_name", "username", "email")


@pytest.fixture
def plan():
    """Return how rows are found, where to read a whole table is no choice."""
    if connection.vendor == "mysql":
        pytest.skip("test_query_plans.py reads the plans of MariaDB")

    def plan(queryset):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
        return queryset.explain()

    return plan


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("word", ["ann", "100%", "Éli"])
def test_each_name_has_an_index_of_beginnings(plan, name, word):
    users = get_user_model().objects.filter(begins(word, name)).order_by()

    assert f"user_{name}_beginning" in plan(users)


def test_all_four_are_read_for_one_word(plan):
    found = plan(Customer.objects.order_by().filter(begins("ann", *Customer.objects.all().NAMES)))

    assert [name for name in NAMES if f"user_{name}_beginning" not in found] == []


def test_words_that_many_have_are_looked_for_along_the_list(plan):
    names = Customer.objects.all().NAMES
    found = plan(Customer.objects.order_by("id").filter(begins("a", *names, by_index=False))[:101])

    assert "beginning" not in found
