"""What accounts are told by mail. Nothing in it was typed by the user: whoever registers may name the address
of somebody else, and the shop would be the sender of whatever they typed."""

import logging
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from djoser.conf import settings as djoser_settings

from outbox.content import Content, render
from outbox.services import queue_decoy, queue_mail

from .links import RESET_PASSWORD, RESET_USERNAME, VERIFY_EMAIL, LinkTokens, encode_uid
from .models import User

logger = logging.getLogger(__name__)

TEMPLATE = "core/mail/account.html"
IF_NOT_YOU = "If that was not you, set a new password at once and tell us."


@dataclass(frozen=True)
class AccountMail:
    subject: str
    paragraphs: tuple[str, ...]
    # Signs a link to the page that this setting of djoser names.
    tokens: LinkTokens | None = None
    page: str = ""
    # A page of the shop itself that the link leads to instead.
    address: str = ""
    is_for_staff: bool = False

    @property
    def title(self) -> str:
        return self.subject.format(site=settings.SITE_NAME)

    def content(self, user: User) -> Content:
        context = {
            "subject": self.title,
            "paragraphs": [text.format(site=settings.SITE_NAME) for text in self.paragraphs],
            "link": self.link(user),
            "site_name": settings.SITE_NAME,
        }
        return render(TEMPLATE, context)

    def link(self, user: User) -> str:
        if self.tokens is None:
            return ""
        codes = {"uid": encode_uid(user.pk), "token": self.tokens.make_token(user)}
        if self.address:
            return f"{self.address}?{urlencode(codes)}"
        return f"{frontend()}/{getattr(djoser_settings, self.page).format(**codes)}"

    def is_for(self, user: User) -> bool:
        return user.is_staff or not self.is_for_staff


def frontend() -> str:
    scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
    return f"{scheme}://{settings.DOMAIN}"


VERIFICATION = AccountMail(
    "Confirm your e-mail address for {site}",
    (
        "This address was named for an account at {site}. If that was you, please confirm it on this "
        "page within a day:",
    ),
    VERIFY_EMAIL,
    "ACTIVATION_URL",
)
EMAIL_CHANGE_ASKED = AccountMail(
    "{site} - A new e-mail address for your account",
    (
        "A new e-mail address was named for your account. It replaces this one as soon as it is "
        "confirmed.",
        IF_NOT_YOU,
    ),
)
EMAIL_CHANGED = AccountMail(
    "{site} - Your e-mail address has been successfully changed!",
    ("The e-mail address of your account has been changed; you get no more mail here.", IF_NOT_YOU),
)
PASSWORD_CHANGED = AccountMail(
    "{site} - Your password has been successfully changed!",
    ("Your password has been changed.", IF_NOT_YOU),
)
USERNAME_CHANGED = AccountMail(
    "{site} - Your username has been successfully changed!",
    ("Your username has been changed.", IF_NOT_YOU),
)
PASSWORD_RESET = AccountMail(
    "Password reset on {site}",
    (
        "Somebody, you we hope, wants to set a new password for your account at {site}. This page "
        "does it, once and within an hour:",
    ),
    RESET_PASSWORD,
    "PASSWORD_RESET_CONFIRM_URL",
)
STAFF_PASSWORD_RESET = replace(PASSWORD_RESET, is_for_staff=True)
USERNAME_RESET = AccountMail(
    "Username reset on {site}",
    (
        "Somebody, you we hope, wants to set a new username for your account at {site}. This page "
        "does it, once and within an hour:",
    ),
    RESET_USERNAME,
    "USERNAME_RESET_CONFIRM_URL",
)


def queue_account_mail(*, user: User, mail: AccountMail) -> None:
    """Queue a mail to the address of an account, in the transaction of its cause, if it may be mailed to."""
    if user.is_mailable:
        queue_to(user.email, user=user, mail=mail)


def queue_verification(*, user: User) -> None:
    """Queue the link that confirms the address, or the one that is to replace it."""
    queue_to(user.pending_email or user.email, user=user, mail=VERIFICATION)


def queue_to(address: str, *, user: User, mail: AccountMail) -> None:
    content = mail.content(user)
    try:
        queue_mail(recipient=address, content=content)
    except ValueError as error:
        # An address that no mail can go to, such as one loaded by SQL; the account goes on without.
        logger.warning("No mail %r: %s", content.subject, error)


def queue_to_nobody(*, mail: AccountMail) -> None:
    """Take as long as one of the functions above, so that the time tells nobody whether a mail was queued."""
    queue_decoy(content=mail.content(User(pk=0)))


def mails_of(user: User) -> Q:
    """Return which mails of the outbox are an account's own: its address may be that of somebody else.

    Until it is confirmed, others may have got mail there before, and the staff of the shop may.
    """
    own = Q(recipient=user.email)
    if not user.has_confirmed_email:
        staff = [address for _, address in settings.ADMINS]
        own &= Q(queued_at__gte=user.date_joined) & ~Q(recipient__in=staff)
    if user.pending_email:
        own |= Q(recipient=user.pending_email, subject=VERIFICATION.title)
    return own
