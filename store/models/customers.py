from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Left, Replace
from django.db.models.lookups import IStartsWith
from django.utils import timezone

from history.recording import RecordedModel, RecordingMixin
from storefront.indexes import LoneBeginningIndex
from storefront.models import PartialUpdateModel

# Rows that are found by their keys; more are found along the list, whose first page holds enough of them.
FEW = 5000
# Digits from which on a word may be a phone number.
PHONE_DIGITS = 5


# What people write between the digits of a phone number.
SEPARATORS = " +-/.()"
# Of a phone number that are looked at; none has more.
MOST_DIGITS = 20


def phone_digits(field: str) -> Any:
    """Return the first digits of a phone number without what stands between them."""
    digits: Any = F(field)
    for separator in SEPARATORS:
        digits = Replace(digits, Value(separator))
    return Left(digits, MOST_DIGITS)


def digits_of(text: str) -> str:
    """Return the digits of what may be a phone number, nothing of another text."""
    digits = "".join(sign for sign in text if sign not in SEPARATORS)
    return digits[:MOST_DIGITS] if digits.isascii() and digits.isdigit() else ""


def begins(word: str, *fields: str, by_index: bool = True) -> Q:
    """Keep rows of which one of these fields begins with a word, whatever its case."""
    spellings = [word]
    if not word.isascii():
        # SQLite tells the cases of ASCII only, as does PostgreSQL with the collation "C".
        spellings += [word.lower(), word.upper(), word.title()]
    found = Q()
    for spelling in dict.fromkeys(spellings):
        for field in fields:
            found |= (
                Q(**{f"{field}__istartswith": spelling})
                if by_index
                else Q(IStartsWith(unindexed(field), spelling))
            )
    return found


def is_placed(word: str) -> Q:
    """Keep the customers whose phone, or town of an address, begins with a word."""
    towns = Address.objects.order_by().filter(begins(word, "city"))
    placed = Q(pk__in=towns.values("customer"))
    digits = digits_of(word)
    return placed | begins(digits, "phone_digits") if len(digits) >= PHONE_DIGITS else placed


def told_by(word: str, *fields: str) -> Q:
    """Keep the customers of whom a word begins one of these fields, the phone or a town."""
    return begins(word, *fields) | is_placed(word)


def unindexed(field: str) -> Coalesce:
    """Return a text in a form that no index has: SQLite would read all that match, and sort them."""
    return Coalesce(F(field), Value(""), output_field=models.CharField())


class CustomerQuerySet(RecordingMixin, models.QuerySet["Customer"]):
    # How staff call somebody.
    NAMES = ("user__first_name", "user__last_name", "user__username", "user__email")

    def found_by(self, words: Sequence[str]) -> "CustomerQuerySet":
        """Keep the customers of whom each word begins a name, the e-mail, the phone or the town of an address.

        Several words may be one town. Asks for the keys of a few.
        """
        keys = self.keys_found_by(words, *self.NAMES)
        if keys is None:
            return self.filter(*(begins(word, *self.NAMES, by_index=False) for word in words))
        found = {*keys}
        for word in dict.fromkeys([*words, " ".join(words)]):
            placed = self.keys_placed(word)
            others = [told_by(other, *self.NAMES) for other in words if other != word]
            if word in words and others and placed:
                every = Customer.objects.using(self.db).order_by().filter(pk__in=placed)
                placed = [*every.filter(*others).values_list("pk", flat=True)]
            found.update(placed)
        return self.filter(pk__in=found)

    def keys_placed(self, word: str) -> list[int]:
        """Return the keys of FEW customers at most whose phone, or town of an address, begins with a word."""
        customers = Customer.objects.using(self.db).order_by()
        return [*customers.filter(is_placed(word)).values_list("pk", flat=True)[:FEW]]

    def shoppers(self) -> "CustomerQuerySet":
        """Leave out staff who have never ordered, reviewed or stored an address; asks for their keys."""
        traces = []
        for name in ("orders", "addresses"):
            model: Any = Customer._meta.get_field(name).related_model
            traces.append(Exists(model.objects.filter(customer=OuterRef("pk"))))
        reviews: Any = get_user_model()._meta.get_field("reviews").related_model
        traces.append(Exists(reviews.objects.filter(user=OuterRef("user"))))
        staff = Customer.objects.using(self.db).order_by().filter(user__is_staff=True)
        # Staff are few: to ask it of every customer would cost more than the list.
        keys = staff.exclude(reduce(or_, map(Q, traces))).values_list("pk", flat=True)
        return self.exclude(pk__in=[*keys])

    def keys_found_by(self, words: Sequence[str], *fields: str) -> list[int] | None:
        """Return the keys of the customers of whom each word begins one of the fields, None of too many."""
        customers = Customer.objects.using(self.db).order_by()
        found = customers.filter(*(begins(word, *fields) for word in words))
        keys = list(found.values_list("pk", flat=True)[: FEW + 1])
        return keys if len(keys) <= FEW else None

    def willing(self) -> "CustomerQuerySet":
        """Those who have agreed that campaigns write to them."""
        return self.filter(marketing_consent__isnull=False)

    def reachable(self) -> "CustomerQuerySet":
        """Those who are willing, with an active account and an address, confirmed where it must be."""
        found = self.willing().filter(user__is_active=True).exclude(user__email="")
        must_be_confirmed = settings.REQUIRE_VERIFIED_EMAIL
        return found.exclude(user__email_verified_at=None) if must_be_confirmed else found

    def membership_of(self, user: Any) -> str | None:
        """Return the membership that decides a user's prices, None for a visitor."""
        user_id = getattr(user, "pk", None)
        if user_id is None:
            return None
        found = self.filter(user_id=user_id).values_list("membership", flat=True).first()
        # What a profile that is missing will start with.
        return found or Customer.MEMBERSHIP_BRONZE

    def with_orders_count(self) -> "CustomerQuerySet":
        """Annotate each customer with the number of their orders."""
        # Per customer, not joined and grouped: a page of customers counts its own orders only.
        orders: Any = Customer._meta.get_field("orders").related_model
        count = Func("pk", function="COUNT", output_field=models.IntegerField())
        own = orders.objects.order_by().filter(customer=OuterRef("pk")).annotate(count=count)
        return self.annotate(orders_count=Subquery(own.values("count")))


class Customer(RecordedModel, PartialUpdateModel):
    keeps_deleted_values = False

    MEMBERSHIP_BRONZE = "B"
    MEMBERSHIP_SILVER = "S"
    MEMBERSHIP_GOLD = "G"
    MEMBERSHIP_CHOICES = [
        (MEMBERSHIP_BRONZE, "Bronze"),
        (MEMBERSHIP_SILVER, "Silver"),
        (MEMBERSHIP_GOLD, "Gold"),
    ]

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="customer"
    )
    phone = models.CharField(max_length=255, blank=True)
    # By which staff find somebody, whatever stands between the digits.
    phone_digits = models.GeneratedField(
        expression=phone_digits("phone"),
        output_field=models.CharField(max_length=MOST_DIGITS),
        db_persist=True,
    )
    birth_date = models.DateField(null=True, blank=True)
    membership = models.CharField(
        max_length=1, choices=MEMBERSHIP_CHOICES, default=MEMBERSHIP_BRONZE
    )

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["membership", "id"], name="customer_membership"),
            LoneBeginningIndex(fields=["phone_digits"], name="customer_phone_beginning"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(membership__in=["B", "S", "G"]), name="customer_membership_known"
            )
        ]
        permissions = [("view_history", "Can view history")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.user.get_full_name() or self.user.get_username()

    @property
    def email(self) -> str:
        return self.user.email

    @property
    def accepts_marketing(self) -> bool:
        """Tell whether campaigns may write to the customer."""
        return hasattr(self, "marketing_consent")

    @admin.display(ordering="user__first_name")
    def first_name(self) -> str:
        return self.user.first_name

    @admin.display(ordering="user__last_name")
    def last_name(self) -> str:
        return self.user.last_name


class AddressQuerySet(RecordingMixin, models.QuerySet["Address"]):
    pass


class Address(RecordedModel, PartialUpdateModel):
    told_at = "customer"
    keeps_deleted_values = False

    # What an order copies.
    FIELDS = ("street", "city", "zip")

    street = models.CharField(max_length=255)
    city = models.CharField(max_length=255)
    zip = models.CharField(max_length=32, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")

    objects = AddressQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "addresses"
        indexes = [LoneBeginningIndex(fields=["city"], name="address_city_beginning")]

    def __str__(self) -> str:
        return ", ".join((self.street, f"{self.zip} {self.city}".lstrip()))


class MarketingConsent(RecordedModel, PartialUpdateModel):
    """A customer's word that campaigns may write to them; without the row they may not.

    A table of its own: with a column more in that of the customers, MariaDB reads all of them for a page in the order
    of their names.
    """

    told_at = "customer"
    keeps_deleted_values = False

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="marketing_consent"
    )
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Customer {self.customer_id}"
