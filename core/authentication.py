"""Who sends a JWT, at less than what it costs to check its signature and compile a query each time."""

from copy import copy
from functools import lru_cache
from threading import Lock
from typing import Any, cast

from cachetools import LRUCache, cached
from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, Token
from rest_framework_simplejwt.utils import aware_utcnow

from store.models.statements import Slot, Statement

# Tokens whose signature a process remembers to have checked; each takes about a kilobyte.
REMEMBERED = 1000


class ShopJWTAuthentication(JWTAuthentication):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Where the parent class, which judges a user by what their row says now, looks for one.
        self.user_model: Any = Users

    def get_validated_token(self, raw_token: bytes) -> Token:
        try:
            token = copy(signed_token(raw_token))
            token.check_exp(current_time=aware_utcnow())
        except TokenError:
            # It says what is wrong.
            return super().get_validated_token(raw_token)
        return token


@cached(LRUCache(REMEMBERED), lock=Lock())
def signed_token(raw_token: bytes) -> Token:
    """Return an access token that the shop has signed; raises TokenError, of which nothing is kept."""
    return AccessToken(cast(Any, raw_token))


class Users:
    """Stands for the user model where a user is looked up by key, with SQL that is compiled once."""

    DoesNotExist = get_user_model().DoesNotExist

    class objects:
        @staticmethod
        def get(**lookup: Any) -> Any:
            ((name, value),) = lookup.items()
            rows = user_by(name).rows(value=value)
            if not rows:
                raise Users.DoesNotExist
            return get_user_model().from_db(DEFAULT_DB_ALIAS, columns(), rows[0])


@lru_cache(maxsize=1)
def columns() -> list[str]:
    return [field.attname for field in get_user_model()._meta.concrete_fields]


@lru_cache(maxsize=1)
def user_by(name: str) -> Statement:
    users = get_user_model().objects.filter(**{name: Slot("value", BigIntegerField())})
    return Statement(users.order_by().values_list(*columns()))
