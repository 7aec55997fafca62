"""What tells one person from another: the canonical forms of names and addresses, and the fields that keep them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.db import models

from outbox.addresses import ascii_domain
from storefront.unique_keys.fields import Canonical, DigestField
from storefront.unique_keys.texts import LONGEST, nfkc, nfkc_casefold

from .lookalikes import is_imitation

LOOKS_TAKEN = "This username looks like that of another user."


def canonical_address(address: str) -> str:
    """Return what the spellings of one mailbox have in common."""
    local, at, domain = nfkc(address).rpartition("@")
    # What is no name of a host is compared as it is.
    with suppress(UnicodeError):
        domain = ascii_domain(domain)
    return nfkc_casefold(f"{local}{at}{domain}")


class UsernameField(models.CharField):
    """A name that is validated in the form in which it is stored, which is NFKC."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return self.normalized(value) if isinstance(value, str) else value

    def normalized(self, value: str) -> str:
        return nfkc(value, self.max_length or LONGEST)


class LowercaseEmailField(models.EmailField):
    """An address that is stored and looked up in lower case, and validated so."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return self.normalized(value) if isinstance(value, str) else value

    def normalized(self, value: str) -> str:
        return value.lower()

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.get_prep_value(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.lower() if isinstance(value, str) else value


class SkeletonField(DigestField):
    """The look of a name, by which names of other scripts that imitate it are found."""

    def __init__(self, source: str, canonical: Canonical, **kwargs: Any) -> None:
        super().__init__(source, canonical, **kwargs | {"db_index": True})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_index", None)
        return name, path, args, kwargs

    def refusals(self, text: str, *, pk: Any = None) -> Iterable[str]:
        alike = self.model._base_manager.filter(**{self.name: self.digest(text)}).exclude(pk=pk)
        others = alike.values_list(self.source, flat=True)
        if any(is_imitation(text, other) for other in others):
            yield LOOKS_TAKEN
