from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models


class LowercaseEmailField(models.EmailField):
    """An address that is stored and looked up in lower case, so that unique means one mailbox."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.get_prep_value(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.lower() if isinstance(value, str) else value


class User(AbstractUser):
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
