from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend

from .attempts import attempt


class LimitedBackend(ModelBackend):
    """Finds who signs in; a name that nobody has is counted, and takes as long, as one that somebody has."""

    def authenticate(
        self, request: Any, username: Any = None, password: Any = None, **kwargs: Any
    ) -> Any:
        name = kwargs.get("username") if username is None else username
        if name is None or password is None:
            return None
        with attempt(name) as checked:
            user = super().authenticate(request, name, password)
            checked.is_right = user is not None
        return user

    async def aauthenticate(
        self, request: Any, username: Any = None, password: Any = None, **kwargs: Any
    ) -> Any:
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)
