"""Django's sessions in the database, each with its row of a UserSession."""

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends import db

# What a browser's session says of its UserSession.
SESSION_ID = "user_session"


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        super().save(must_create)
        if SESSION_ID in self:
            # The key and the hash are others after a change of the own password.
            self.rows(pk=self[SESSION_ID]).update(
                session_key=self.session_key, auth_hash=self[HASH_SESSION_KEY]
            )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        super().delete(session_key)
        if key is not None:
            self.rows(session_key=key).delete()

    @staticmethod
    def rows(**lookup: Any) -> Any:
        # Django loads this module for its middleware, before there are models.
        from .models import UserSession

        return UserSession.objects.filter(**lookup)
