"""Customers in: profiles of people who are there already."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from store.models import Customer, ImportRow
from store.services.imports import apply_import, undo_import
from store.services.personal_data import erase_customer

from .conftest import rows_of

pytestmark = pytest.mark.django_db


def test_a_profile_is_found_by_any_spelling_of_the_address(
    customer: Customer, check: Any, carry_out: Any
) -> None:
    run = check("E-Mail,phone,birth_date,membership", "Zoe@EXAMPLE.com,+49 30,1991-01-31,gold")
    carry_out(apply_import, run, by=None)
    customer.refresh_from_db()
    assert (customer.phone, customer.birth_date) == ("+49 30", date(1991, 1, 31))
    assert customer.membership == "G"

    carry_out(undo_import, run)
    customer.refresh_from_db()
    assert (customer.phone, customer.membership) == ("555-0100", "B")


def test_values_are_taken_away(customer: Customer, check: Any, carry_out: Any) -> None:
    run = check("id,phone,birth_date", f"{customer.pk},(empty),(EMPTY)")
    carry_out(apply_import, run, by=None)
    customer.refresh_from_db()
    assert (customer.phone, customer.birth_date) == ("", None)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("new@example.com,,5,,", "email"),
        ("zoe@example.com,,,31.01.1990,", "birth_date"),
        ("zoe@example.com,,,,Platinum", "membership"),
        ("zoe@example.com,,,,(empty)", "membership"),
        (",999999,5,,", "id"),
        (",,5,,", ""),
    ],
)
def test_refusals(line: str, column: str, customer: Customer, check: Any) -> None:
    users = get_user_model().objects.count()
    run = check("email,id,phone,birth_date,membership", line)
    [(_, state, errors)] = rows_of(run)
    assert (state, [name for name, _ in errors]) == ("E", [column])
    assert get_user_model().objects.count() == users


def test_an_id_and_an_address_that_disagree(
    customer: Customer, django_user_model: Any, check: Any
) -> None:
    other = django_user_model.objects.create_user("bob", "bob@example.com").customer
    run = check("id,email,phone", f"{other.pk},zoe@example.com,5")
    assert rows_of(run) == [(2, "E", [["email", f"Customer {other.pk} has another e-mail."]])]


def test_an_erasure_reaches_the_rows(customer: Customer, check: Any) -> None:
    check("email,phone", "zoe@example.com,5")
    erase_customer(user_id=customer.user_id, successor=lambda: 0)
    row = ImportRow.objects.get()
    assert (row.label, row.changes, row.errors) == ("", {}, [])
