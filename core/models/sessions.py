from datetime import timedelta
from typing import ClassVar
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from rest_framework_simplejwt.settings import api_settings

from storefront.models import PartialUpdateModel
from storefront.unique_keys.exact import ExactCharField

from .users import User

# A browser names itself in some 120 characters.
USER_AGENT_LENGTH = 255
# Two tabs that hold one token both send it; so long does the second get the answer of the first.
GRACE = timedelta(seconds=10)


def new_id() -> str:
    return uuid4().hex


class UserSessionQuerySet(models.QuerySet["UserSession"]):
    def alive(self) -> "UserSessionQuerySet":
        """Keep those with a token, or a cookie, that has not run out."""
        now = timezone.now()
        cookies = Session.objects.filter(pk=OuterRef("session_key"), expire_date__gt=now)
        return self.filter(Q(expires_at__gt=now) | Exists(cookies))

    def of(self, user: User) -> "UserSessionQuerySet":
        """Keep the living ones of a user that began with the password of now."""
        if user.pk is None:
            return self.none()
        hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
        return self.alive().filter(user=user, auth_hash__in=hashes)


class UserSession(PartialUpdateModel):
    """One sign-in: the tokens that come of it, or the cookie of a browser. Without its row they are refused."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    user_agent = models.CharField(max_length=USER_AGENT_LENGTH, blank=True)
    # Enough to know the own place by, and no more: 203.0.113.0/24.
    network = models.CharField(max_length=43, blank=True)
    # Of the password, as in Django's own sessions: a new one ends what began with another.
    auth_hash = models.CharField(max_length=128)
    # Whether the sign-in came with the code of a second factor.
    is_verified = models.BooleanField(default=False)
    # Of tokens: the id of the refresh token that is valid, and of the one before it.
    jti = models.CharField(max_length=32, default=new_id)
    previous_jti = models.CharField(max_length=32, blank=True)
    rotated_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, db_index=True)
    # Of a browser: the key of its row in django_session.
    session_key = ExactCharField(max_length=40, null=True, unique=True)

    objects: ClassVar[models.Manager["UserSession"]] = UserSessionQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_agent} ({self.network})"

    def accepts(self, jti: str) -> bool:
        """Tell whether a refresh token is the valid one, or was until just now."""
        if jti == self.jti:
            return True
        is_recent = self.rotated_at is not None and timezone.now() - self.rotated_at <= GRACE
        return jti == self.previous_jti and is_recent

    def rotate(self) -> bool:
        """Make another refresh token the valid one; of several at once one does it."""
        now = timezone.now()
        change = {
            "jti": new_id(),
            "previous_jti": self.jti,
            "rotated_at": now,
            "last_used_at": now,
            "expires_at": now + api_settings.REFRESH_TOKEN_LIFETIME,
        }
        if not UserSession.objects.filter(pk=self.pk, jti=self.jti).update(**change):
            return False
        for name, value in change.items():
            setattr(self, name, value)
        return True
