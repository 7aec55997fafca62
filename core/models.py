from typing import Any

from django.contrib.auth.hashers import check_password, make_password, verify_password
from django.contrib.auth.models import AbstractUser
from django.db import models

from storefront.models import PartialUpdateModel


class LowercaseEmailField(models.EmailField):
    """An address that is stored and looked up in lower case, so that unique means one mailbox."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.get_prep_value(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.lower() if isinstance(value, str) else value


class User(PartialUpdateModel, AbstractUser):
    email = LowercaseEmailField(
        "email address",
        unique=True,
        error_messages={"unique": "A user with that email address already exists."},
    )

    class Meta:
        indexes = [
            models.Index(fields=["first_name", "last_name"], name="user_first_last_name"),
            models.Index(fields=["last_name"], name="user_last_name"),
            models.Index(fields=["is_staff", "username"], name="user_is_staff"),
            models.Index(fields=["is_active", "username"], name="user_is_active"),
        ]

    def check_password(self, raw_password: str) -> bool:
        """Tell whether it is the password; a right one is hashed anew where its hash is of an old kind."""
        correct, outdated = verify_password(raw_password, self.password)
        return self._upgrade_password(raw_password) if correct and outdated else correct

    def _upgrade_password(self, raw_password: str) -> bool:
        row = User.objects.filter(pk=self.pk)
        new = make_password(raw_password)
        # Only over the hash that was checked: a password that was changed meanwhile stays changed, and
        # of two sign-ins at once both go on with the one hash that their tokens are checked against.
        if row.filter(password=self.password).update(password=new):
            self.password = new
            return True
        self.password = row.values_list("password", flat=True).first() or ""
        return check_password(raw_password, self.password)
