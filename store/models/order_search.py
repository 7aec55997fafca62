"""How staff find orders: by number, customer, phone, town and product."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

from django.db import connections
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value

from storefront.converters import is_key

from ..fulltext import words_of
from ..fulltext.plans import as_common
from ..statement_limits import StatementTooSlow, statement_limit
from .catalog import Product
from .customers import PHONE_DIGITS, Customer, begins, digits_of

# How staff call the customer.
NAMES = ("user__first_name", "user__last_name", "user__username", "user__email")
PHONE = "phone_digits"
TOWN = "shipping_city"
# Letters from which on words of titles are looked for: nearly every title has one that starts with two.
TITLE_LETTERS = 3
# Customers, products or orders that are found by their keys; more are soon met along the list of orders.
FEW = 2000
# For which a database may look for the products of a word; more are taken for many.
SECONDS = 0.1
# Sorts behind every character that a SKU may have.
LAST = "\U0010ffff"


def found_by(orders: Any, words: Iterable[str]) -> Any:
    """Keep the orders that all words find as one town, phone or title, or else those that each word finds."""
    texts = [*dict.fromkeys(words)]
    if not texts:
        return orders
    whole = Q()
    if len(texts) > 1:
        phrase = PhraseTerm(orders, " ".join(texts))
        keys = phrase.keys()
        if keys:
            # What is meant: a title has words that very many others have, too.
            return orders.filter(pk__in=keys)
        whole = phrase.condition() if keys is None else Q()
    found = all_of(orders, [Term(orders, text) for text in texts])
    return orders.filter(found | whole if whole else found)


def all_of(orders: Any, terms: Iterable["Term"]) -> Q:
    """Return the condition that each of the terms finds an order: its keys, where any finds a few alone."""
    few: set[int] | None = None
    many = []
    for term in terms:
        keys = term.keys()
        if keys is None:
            many.append(term.condition())
        else:
            few = keys if few is None else few & keys
    if few is None:
        return Q(*many)
    if few and many:
        every = orders.model.objects.using(orders.db).order_by().filter(pk__in=few)
        few = {*every.filter(*many).values_list("pk", flat=True)}
    return Q(pk__in=few)


class Term:
    """A word of a search, and what it finds in each place."""

    # Whether it may be a name or an e-mail.
    has_names = True

    def __init__(self, orders: Any, text: str) -> None:
        self.using = orders.db
        self.text = text
        number = text.removeprefix("#")
        self.number = int(number) if is_key(number) else None
        self.is_number = text.startswith("#")
        self.digits = digits if len(digits := digits_of(text)) >= PHONE_DIGITS else ""
        self.orders = self.every(orders.model)
        self.lines = self.every(orders.model._meta.get_field("items").related_model)
        # The keys of a few, None for many.
        self.customers: list[int] | None = []
        self.products: list[int] | None = []

    def every(self, model: Any) -> QuerySet[Any, Any]:
        return model.objects.using(self.using).order_by()

    def keys(self) -> set[int] | None:
        """Return the keys of the orders that are found, None of too many."""
        numbered = set() if self.number is None else {self.number}
        if self.is_number:
            return numbered
        self.customers, self.products = few_of_each(self.named(), self.ordered())
        if self.customers is None or self.products is None:
            return None
        found: QuerySet[Any, Any] = self.orders.filter(begins(self.text, TOWN)).values_list("pk")
        if self.customers:
            theirs = self.orders.filter(customer__in=self.customers)
            found = found.union(theirs.values_list("pk"))
        if self.products:
            lines = self.lines.filter(product__in=self.products)
            found = found.union(lines.values_list("order"))
        keys = [key for (key,) in found[: FEW + 1]]
        return {*keys, *numbered} if len(keys) <= FEW else None

    def named(self) -> list[QuerySet[Any, Any]]:
        """Return the queries of customers whose name, e-mail or phone begins with the word."""
        every = self.every(Customer)
        found = [every.filter(begins(self.text, *NAMES))] if self.has_names else []
        phone = every.filter(begins(self.digits, PHONE))
        return [*found, phone] if self.digits else found

    def ordered(self) -> list[QuerySet[Any, Any]]:
        """Return the queries of products with such a SKU, or such words in the title."""
        found = [self.every(Product).filter(has_sku(self.text, self.using))]
        titled = self.titled()
        return found if titled is None else [*found, titled]

    def title_words(self) -> list[str]:
        # What has digits is rather a SKU, whose beginning is in very many.
        has_digits = any(map(str.isdigit, self.text))
        return [] if has_digits else telling(words_of(self.text))

    def titled(self) -> Any:
        words = self.title_words()
        if not words:
            return None
        every: Any = self.every(Product)
        return every.with_title_words(words)

    def condition(self) -> Q:
        """Return what tells of one order after the other, along their list, whether it is found."""
        found = begins(self.text, TOWN, by_index=False)
        found |= Q(pk=self.number) if self.number is not None else Q()
        if self.customers is None:
            found |= self.has_name()
        elif self.customers:
            found |= Q(customer__in=self.customers)
        if self.products is None:
            return found | self.has_product()
        lines = self.lines.filter(order=OuterRef("pk"), product__in=self.products)
        return found | Q(Exists(lines)) if self.products else found

    def has_name(self) -> Q:
        if connections[self.using].vendor != "postgresql":
            # Found once for all orders; joined, MariaDB would begin with the customers.
            keys = (Q(customer__in=each.values("pk")) for each in self.named())
            return Q(*keys, _connector=Q.OR)
        names = [f"customer__{name}" for name in NAMES] if self.has_names else []
        found = begins(self.text, *names, by_index=False)
        phone = begins(self.digits, f"customer__{PHONE}", by_index=False)
        return found | phone if self.digits else found

    def has_product(self) -> Q:
        products: Any = self.every(Product).filter(has_sku(self.text, self.using))
        own = {"orderitems__order": OuterRef("pk")}
        found = Q(Exists(products.filter(**own)))
        titled = self.titled()
        return found if titled is None else found | Q(Exists(as_common(titled).filter(**own)))


class PhraseTerm(Term):
    """The words of a search together: a town such as New York, a phone number with blanks, a whole title."""

    has_names = False

    def ordered(self) -> list[QuerySet[Any, Any]]:
        return super().ordered()[1:]

    def title_words(self) -> list[str]:
        return [word for word in telling(words_of(self.text)) if word.isalpha()]


def telling(words: Iterable[str]) -> list[str]:
    return [word for word in words if len(word) >= TITLE_LETTERS]


def few_of_each(*kinds: list[QuerySet[Any, Any]]) -> list[list[int] | None]:
    """Return the keys that the queries of each kind find, None of many; all in one query."""
    branches = [
        query.values_list(Value(kind, IntegerField()), "pk")
        for kind, queries in enumerate(kinds)
        for query in queries
    ]
    if not branches:
        return [[] for _ in kinds]
    first, *others = branches
    most = len(kinds) * FEW
    # InnoDB reads all of a common word before it gives the first.
    is_slow = connections[first.db].vendor == "mysql"
    try:
        with statement_limit(first.db, SECONDS) if is_slow else nullcontext():
            rows = [*first.union(*others)[: most + 1]]
    except StatementTooSlow:
        return [None for _ in kinds]
    if len(rows) > most:
        return [None for _ in kinds]
    found = [[key for of, key in rows if of == kind] for kind in range(len(kinds))]
    return [keys if len(keys) <= FEW else None for keys in found]


def has_sku(word: str, using: str) -> Q:
    """Keep the products whose SKU begins with a word, in a form that the index of SKUs serves."""
    if connections[using].vendor != "mysql":
        return begins(word, "sku")
    # The column is compared exactly; to ignore its case would leave the index aside.
    found = Q()
    for spelling in dict.fromkeys((word, word.upper(), word.lower(), word.title())):
        found |= Q(sku__gte=spelling, sku__lt=spelling + LAST)
    return found
