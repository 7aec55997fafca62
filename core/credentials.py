"""What an Authorization header says, for all who look at it."""

from typing import NamedTuple

from rest_framework_simplejwt.authentication import AUTH_HEADER_TYPES

# Those of the API's own tokens, in lower case.
TOKEN_SCHEMES = {scheme.lower() for scheme in AUTH_HEADER_TYPES}


class Authorization(NamedTuple):
    """A scheme, which RFC 9110 has in any case of letters, and the words behind it."""

    scheme: str
    words: list[str]

    @classmethod
    def of(cls, header: str) -> "Authorization":
        scheme, *words = header.split() or [""]
        return cls(scheme.lower(), words)

    @property
    def is_token(self) -> bool:
        """Tell whether the API takes it for one of its tokens: a bad one is refused, not passed over."""
        return self.scheme in TOKEN_SCHEMES
