from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from store.models import Address, Customer, MarketingConsent
from storefront.unique_keys.texts import nfkc_casefold

from .rows import insert, insert_all

# Reserved for examples, so that no mail reaches anybody; it also marks whom the seed made.
MAIL_DOMAIN = "demo.example.com"
PASSWORD = settings.DEMO_PASSWORD
# Username -> what the account is for.
ACCOUNTS = settings.DEMO_ACCOUNTS
CUSTOMERS = 200

FIRST_NAMES = (
    "Aisha Anton Beatrix Ben Carla Chidi Dana Diego Elif Emil Farah Felix Greta Hamid Hana Hugo "
    "Ines Ivan Jasmin Jonas Kaito Klara Lea Leon Maja Marek Nadia Noah Olga Omar Paula Pavel Rosa "
    "Samir Sofia Tariq Tess Viktor Yara Zoë"
)
LAST_NAMES = (
    "Abara Adler Bakker Bianchi Castro Chen Dahl Demir Eriksen Falk Ferrari Gruber Haddad Horvat "
    "Ito Jansen Kaya Keller Kowalski Larsen Lindgren Lopez Mensah Molnar Moreau Nagy Novak Okafor "
    "Olsen Pereira Quist Rahman Rossi Sato Silva Singh Tanaka Varga Weber Yilmaz"
)
STREETS = (
    "Mill Lane, Station Road, Orchard Way, Harbour Street, Chapel Hill, Linden Avenue, "
    "Market Square, Quarry Road, Meadow Close, Tannery Row, Bridge Street, Foundry Yard"
)
TOWNS = (
    "Ashbourne Vale, Port Merrin, Kestrel Bay, Upper Larch, Millhaven, Saltmarsh, Thornwick, "
    "Elmsfield, Rowan Cross, Brackenford, Lower Dunley, Greywater"
)


def seeded_users() -> QuerySet[Any]:
    return get_user_model().objects.filter(email__endswith=f"@{MAIL_DOMAIN}")


def insert_people(*, now: datetime) -> list[Customer]:
    """Insert the demo accounts and the customers, and return those who shop, the demo one first."""
    random = Random("people")
    # One hash for all: a good hash takes a while, 200 of them would take a minute. A shop that strangers
    # can reach gets none that lets anybody in.
    password = make_password(PASSWORD if settings.SEED_KNOWN_PASSWORDS else None)
    users = [*demo_users(), *named_users(random)]
    for user in users:
        user.password = password
        user.date_joined = now - timedelta(days=random.randint(366, 1100))
    insert(users, key="username")
    customers = [profile_of(random, user, now) for user in users]
    insert(customers, key="user_id")
    shoppers = [customer for customer in customers if not customer.user.is_staff]
    insert_all(Address, addresses(random, shoppers))
    # Two of three have agreed to advertising.
    willing = [customer for place, customer in enumerate(shoppers) if place % 3]
    insert_all(MarketingConsent, (MarketingConsent(customer=each) for each in willing))
    join_customer_service(users)
    return shoppers


def demo_users() -> list[Any]:
    """Return the demo accounts, less those whose name somebody here already has.

    They have rights where everybody knows their password only.
    """
    model: Any = get_user_model()
    rights: dict[str, dict[str, Any]] = {
        "admin": {"is_staff": True, "is_superuser": True},
        "support": {"is_staff": True},
        "customer": {"first_name": "Mina", "last_name": "Example"},
    }
    taken = taken_of(ACCOUNTS)
    return [
        model(username=name, email=f"{name}@{MAIL_DOMAIN}", **rights[name])
        for name in ACCOUNTS
        if name not in taken and (settings.SEED_KNOWN_PASSWORDS or "is_staff" not in rights[name])
    ]


def taken_of(names: Collection[str]) -> set[str]:
    """Return those of the names that somebody has, in lower case or another spelling."""
    model: Any = get_user_model()
    digest = model._meta.get_field("username_key").digest
    found = Q(username_key__in=[digest(name) for name in names]) | Q(username__in=names)
    usernames = model.objects.filter(found).values_list("username", flat=True)
    return {nfkc_casefold(username) for username in usernames}


def named_users(random: Random) -> Iterator[Any]:
    model: Any = get_user_model()
    names = random.sample(list(product(FIRST_NAMES.split(), LAST_NAMES.split())), CUSTOMERS * 2)
    logins = {f"{slugify(first)}.{slugify(last)}": (first, last) for first, last in names}
    taken = taken_of(logins)
    free = [login for login in logins if login not in taken]
    # The demo customer is one of the number.
    for login in free[: CUSTOMERS - 1]:
        first, last = logins[login]
        yield model(
            username=login, email=f"{login}@{MAIL_DOMAIN}", first_name=first, last_name=last
        )


def profile_of(random: Random, user: Any, now: datetime) -> Customer:
    born = now.date() - timedelta(days=random.randint(19 * 365, 80 * 365))
    return Customer(
        user=user,
        # A range that the numbering plan keeps free for fiction.
        phone=f"+44 20 7946 0{random.randrange(1000):03}" if random.random() < 0.9 else "",
        birth_date=born if random.random() < 0.8 else None,
        membership=random.choices("BSG", (70, 22, 8))[0],
    )


def addresses(random: Random, customers: list[Customer]) -> Iterator[Address]:
    for customer in customers:
        for _ in range(random.choices((1, 2), (4, 1))[0]):
            yield Address(
                customer=customer,
                street=f"{random.randint(1, 120)} {random.choice(STREETS.split(', '))}",
                city=random.choice(TOWNS.split(", ")),
                zip=f"{random.randrange(10000, 100000)}",
            )


def join_customer_service(users: list[Any]) -> None:
    group, _ = Group.objects.get_or_create(name="Customer Service")
    for user in users:
        if user.is_staff and not user.is_superuser:
            user.groups.add(group)
