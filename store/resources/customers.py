from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from import_export.fields import Field

from storefront.unique_keys.models import unique_key

from ..models import Customer
from .bases import RowRefused, SheetResource
from .widgets import ChoiceWidget, DayWidget, IdWidget, TextWidget, id_in


class CustomerResource(SheetResource):
    """Profiles of people who have an account; an import makes no accounts, nor changes their names and addresses."""

    keys = ("id", "email")
    fixed_keys = frozenset({"id", "email"})
    aliases = {"e_mail": "email", "mail": "email"}

    id = Field(attribute="id", column_name="id", widget=IdWidget())
    email = Field(attribute="user__email", column_name="email", widget=TextWidget())
    first_name = Field(attribute="user__first_name", column_name="first_name", readonly=True)
    last_name = Field(attribute="user__last_name", column_name="last_name", readonly=True)
    phone = Field(attribute="phone", column_name="phone", widget=TextWidget())
    birth_date = Field(attribute="birth_date", column_name="birth_date", widget=DayWidget())
    membership = Field(
        attribute="membership",
        column_name="membership",
        widget=ChoiceWidget(Customer.MEMBERSHIP_CHOICES),
    )

    class Meta:
        model = Customer
        fields = [*("id", "email", "first_name", "last_name", "phone", "birth_date", "membership")]

    def stored(self) -> Any:
        return Customer.objects.select_related("user")

    def label(self, instance: Customer) -> str:
        return f"{instance.name} {instance.email}"

    def find(self, rows: Sequence[Mapping[str, str]]) -> list[Any]:
        ids = {id_in(row["id"]) for row in rows if row.get("id")} - {None}
        customers = Customer.objects.select_related("user")
        by_id = customers.in_bulk(ids)
        canonical: Any = unique_key(get_user_model(), "email").canonical
        addresses = {row["email"] for row in rows if row.get("email")}
        by_address = defaultdict(list)
        for customer in customers.filter(has_address(addresses)).order_by():
            by_address[canonical(customer.user.email)].append(customer)
        return [find_one(cells, by_id, by_address, canonical) for cells in rows]


def has_address(addresses: set[str]) -> Q:
    key = unique_key(get_user_model(), "email")
    digests = [key.digest(address) for address in addresses]
    without_key = Q(**{f"user__{key.name}": None}, user__email__in=addresses)
    return Q(**{f"user__{key.name}__in": digests}) | without_key


def find_one(cells: Mapping[str, str], by_id: Any, by_address: Any, canonical: Any) -> Any:
    address = cells.get("email", "")
    found = by_address.get(canonical(address), []) if address else []
    if cells.get("id"):
        customer = by_id.get(id_in(cells["id"]))
        if customer is None:
            return RowRefused("id", "No customer has this id.")
        if address and canonical(customer.user.email) != canonical(address):
            return RowRefused("email", f"Customer {customer.pk} has another e-mail.")
        return copy(customer)
    if not address:
        return RowRefused("", "The row names no customer: it needs an id or an e-mail.")
    if len(found) > 1:
        return RowRefused("email", f"{len(found)} customers have this e-mail; write the id.")
    if not found:
        return RowRefused(
            "email", "No customer has this e-mail. People make their accounts themselves."
        )
    return copy(found[0])
