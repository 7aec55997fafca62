"""How model_bakery makes a customer (BAKER_CUSTOM_CLASS): every new user has a profile, of which there is one."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from model_bakery.baker import Baker

from store.models import Customer, MarketingConsent


class ShopBaker(Baker):
    """Makes a customer of the profile that the user has already."""

    # A prepared customer takes the place of the profile of a stored user.
    replaces = False

    def prepare(self, _save_related: bool = False, **attrs: Any) -> Any:
        # Rows that are inserted in bulk are prepared too, with these arguments of save().
        self.replaces = _save_related or "_save_kwargs" in attrs
        return super().prepare(_save_related=_save_related, **attrs)

    def instance(self, attrs: dict[str, Any], _commit: bool, **options: Any) -> Any:
        if self.model is not Customer:
            return super().instance(attrs, _commit=_commit, **options)
        if _commit:
            self.take_over_profile(attrs)
        elif self.replaces:
            self.profile_of(attrs).delete()
        customer = super().instance(attrs, _commit=_commit, **options)
        customer.replaces_profile = not _commit
        return customer

    def take_over_profile(self, attrs: dict[str, Any]) -> None:
        profile = self.profile_of(attrs)
        key = attrs.get("pk", attrs.get("id"))
        if key is not None:
            profile.update(id=key)
        elif profile.exists():
            # Django updates the row that has the key.
            attrs["id"] = profile.get().pk

    def profile_of(self, attrs: dict[str, Any]) -> "QuerySet[Customer]":
        user_id = getattr(attrs.get("user"), "pk", attrs.get("user_id"))
        return Customer.objects.using(self._using or None).filter(user_id=user_id)


@receiver(post_save, sender=settings.AUTH_USER_MODEL)
def make_way(instance: Any, created: bool, using: str, **kwargs: Any) -> None:
    """Take the profile of a new user away for a prepared one, which is saved after its user."""
    customer = instance._state.fields_cache.get("customer")
    if created and getattr(customer, "replaces_profile", False):
        Customer.objects.using(using).filter(user=instance).delete()


def let_all_agree() -> None:
    """Let campaigns write to every customer."""
    unasked = Customer.objects.filter(marketing_consent=None)
    MarketingConsent.objects.bulk_create(MarketingConsent(customer=each) for each in unasked)
