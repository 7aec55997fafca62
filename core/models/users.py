from contextlib import nullcontext
from typing import Any, ClassVar, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password, verify_password
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models, transaction
from django.utils import timezone

from history.origins import unrecorded
from history.recording import RecordedModel, RecordingMixin
from outbox.typed import plain_name
from storefront.indexes import BeginningIndex
from storefront.unique_keys.fields import UniqueKeyField
from storefront.unique_keys.models import UniqueKeyModel, UniqueKeyQuerySet
from storefront.unique_keys.texts import nfkc, nfkc_casefold

from ..attempts import attempt
from ..canonical import LowercaseEmailField, SkeletonField, UsernameField, canonical_address
from ..lookalikes import skeleton
from ..signals import password_changed


class UserQuerySet(RecordingMixin, UniqueKeyQuerySet["User"]):
    def with_username(self, name: str) -> "User":
        """Return who signs in by a name, in this spelling or else another; raises DoesNotExist."""
        return self.closest("username", name, nfkc(name))

    def with_email(self, address: str) -> "User":
        """Return who reads mail at an address, in this spelling or else another; raises DoesNotExist."""
        return self.closest("email", address, address.lower())


class UserManager(DjangoUserManager["User"]):
    use_in_migrations = False

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> "User":
        if not username:
            raise self.model.DoesNotExist
        return self.get_queryset().with_username(username)

    def reading(self, address: str) -> "User | None":
        """Return who is active and reads mail at an address, if anybody does."""
        try:
            return cast(UserQuerySet, self.filter(is_active=True)).with_email(address)
        except self.model.DoesNotExist:
            return None

    def create_user(self, username: str, email: Any = None, password: Any = None, **kw: Any) -> Any:
        return super().create_user(username, email, password and nfkc(password), **kw)

    def create_superuser(
        self, username: str, email: Any = None, password: Any = None, **kw: Any
    ) -> Any:
        """Create a superuser; raises ValidationError for a name or an address that is taken."""
        self.model(username=nfkc(username), email=email or "").validate_unique()
        # The operator of the shop vouches for it.
        kw.setdefault("email_verified_at", timezone.now())
        return super().create_superuser(username, email, password and nfkc(password), **kw)


def spellings_of(password: str) -> list[str]:
    """Return what is tried for a password; the API took the blanks around it off once."""
    normal = nfkc(password) if password else password
    return [*dict.fromkeys((password, normal, normal and normal.strip()))]


class User(RecordedModel, UniqueKeyModel, AbstractUser):
    secret_fields = frozenset({"password"})
    unrecorded_fields = frozenset({"last_login"})
    keeps_deleted_values = False

    # The keys are what makes the two unique on every database; MariaDB's index is there to find them.
    username = UsernameField(
        "username",
        max_length=150,
        unique=True,
        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "A user with that username already exists."},
    )
    email = LowercaseEmailField(
        "email address",
        unique=True,
        error_messages={"unique": "A user with that email address already exists."},
    )
    username_key = UniqueKeyField("username", nfkc_casefold)
    username_skeleton = SkeletonField("username", skeleton)
    email_key = UniqueKeyField("email", canonical_address)
    # Null until a link that was mailed to the address was followed.
    email_verified_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Replaces the address once the link that was mailed to it was followed.
    pending_email = LowercaseEmailField(null=True, blank=True, editable=False)

    # Of whom the orders of a deleted account belong to; null for everybody else.
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    # Set by set_password(), until it is saved.
    has_new_password = False

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        indexes = [
            models.Index(fields=["first_name", "last_name"], name="user_first_last_name"),
            models.Index(fields=["last_name"], name="user_last_name"),
            models.Index(fields=["is_staff", "username"], name="user_is_staff"),
            models.Index(fields=["is_active", "username"], name="user_is_active"),
            # By which staff find customers and orders.
            *(
                BeginningIndex(fields=[field], name=f"user_{field}_beginning")
                for field in ("first_name", "last_name", "username", "email")
            ),
        ]

    @property
    def is_mailable(self) -> bool:
        """Tell whether there is an address, and what it must be for other mails than its verification."""
        return bool(self.email) and (
            self.has_confirmed_email or not settings.REQUIRE_VERIFIED_EMAIL
        )

    @property
    def has_confirmed_email(self) -> bool:
        """Tell whether who uses the account reads its mail: until then it may be mail to somebody else."""
        return self.email_verified_at is not None

    @property
    def greeting_name(self) -> str:
        """What a mail greets the user by, empty where a stranger may have typed it."""
        return plain_name(self.first_name) if self.has_confirmed_email else ""

    def set_password(self, raw_password: str | None) -> None:
        """Store the hash of a password in NFKC: devices compose the same letters differently."""
        spelling, *others = spellings_of(raw_password) if raw_password else [raw_password]
        for _ in others:
            # As much work as check_password() does: Django times the sign-in of an unknown name by it.
            make_password(spelling)
        super().set_password(raw_password and nfkc(raw_password))
        # Whoever knew the password before may have asked for it.
        self.pending_email = None
        self.has_new_password = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the account; whoever has set a new password for it, wherever, its user is told."""
        is_told = self.has_new_password and not self._state.adding
        with transaction.atomic() if is_told else nullcontext():
            super().save(*args, **kwargs)
            if is_told:
                password_changed.send(sender=User, user=self)
        self.has_new_password = False

    def check_password(self, raw_password: str) -> bool:
        """Tell whether it is the password: as typed, in NFKC, or without blanks around it.

        A right one is hashed again where its hash is of an old kind. Raises Throttled in a request
        where too many were wrong.
        """
        with attempt(self.username) as checked:
            checked.is_right = any(map(self._is_password, spellings_of(raw_password)))
        return checked.is_right

    async def acheck_password(self, raw_password: str) -> bool:
        return await sync_to_async(self.check_password)(raw_password)

    def _is_password(self, raw_password: str) -> bool:
        correct, outdated = verify_password(raw_password, self.password)
        return self._upgrade_password(raw_password) if correct and outdated else correct

    def _upgrade_password(self, raw_password: str) -> bool:
        row = User.objects.filter(pk=self.pk)
        new = make_password(raw_password)
        # Only over the hash that was checked: a password that was changed meanwhile stays changed, and
        # of two sign-ins at once both go on with the one hash that their tokens are checked against.
        # The password stays; nobody has changed it.
        with unrecorded():
            is_written = row.filter(password=self.password).update(password=new)
        if is_written:
            self.password = new
            return True
        self.password = row.values_list("password", flat=True).first() or ""
        return check_password(raw_password, self.password)
