from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from storefront.unique_keys.texts import nfkc

# Characters; as in the forms of Django.
MAX_PASSWORD = 4096


class NormalizedField(serializers.CharField):
    """Validates what the column stores, not what was typed."""

    def __init__(self, *, normalized: Callable[[str], str], **kwargs: Any) -> None:
        self.normalized = normalized
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        return self.normalized(super().to_internal_value(data))


class NormalizedEmailField(NormalizedField, serializers.EmailField):
    pass


class TypedPasswordField(serializers.CharField):
    """A password as it was typed, with the blanks around it."""

    def __init__(self, **kwargs: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(trim_whitespace=False, max_length=MAX_PASSWORD, style=style, **kwargs)


class PasswordField(TypedPasswordField):
    """A new password, judged in NFKC, of which the hash is stored."""

    def to_internal_value(self, data: Any) -> str:
        return nfkc(super().to_internal_value(data))


class CodeField(serializers.CharField):
    """The code of a second factor: of an app, or a recovery code with its dashes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
