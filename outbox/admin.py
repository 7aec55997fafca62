from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest

from storefront.admin.actions import confirmed_action
from storefront.admin.options import ConcurrentEditAdmin
from storefront.admin.permissions import ReadOnlyMixin

from .models import Mail, MailQuerySet
from .services import send_again

# What a mail says.
TEXTS = ("text", "html")


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("sent", "Sent"), ("given_up", "Given up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        match self.value():
            case "waiting":
                return queryset.filter(due_at__isnull=False, sent_at=None)
            case "sent":
                return queryset.filter(sent_at__isnull=False)
            case "given_up":
                return queryset.filter(due_at=None, sent_at=None)
        return queryset


@admin.register(Mail)
class MailAdmin(ReadOnlyMixin, ConcurrentEditAdmin):
    """Shows what became of a mail, never what it says: it may hold a key to somebody's account."""

    list_display = ["subject", "recipient", "queued_at", "sent_at", "due_at", "attempts"]
    list_filter = [StateFilter]
    search_fields = ["recipient", "message_id"]
    search_help_text = "A whole address or Message-ID."
    ordering = ["-queued_at", "-id"]
    # The indexes sort by date and by nothing else.
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    actions = ["try_again"]
    fields = [
        *("subject", "recipient", "queued_at", "sent_at", "due_at"),
        *("attempts", "last_error", "message_id"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request).defer(*TEXTS)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Refuse a filter by what mails say: who tries one letter after the other reads it by it."""
        is_secret = lookup.partition(LOOKUP_SEP)[0] in TEXTS
        return not is_secret and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Mail], search_term: str
    ) -> tuple[QuerySet[Mail], bool]:
        if term := search_term.strip():
            # Exactly: an index finds it then.
            queryset = queryset.filter(Q(recipient__in=[term, term.lower()]) | Q(message_id=term))
        return queryset, False

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.change_mail")

    @confirmed_action(
        description="Send again what was given up",
        permissions=["resend"],
        effect="will be sent again",
        done=("%d mail will be sent again.", "%d mails will be sent again."),
        affects=MailQuerySet.given_up,
    )
    def try_again(self, request: HttpRequest, mails: MailQuerySet) -> int:
        return send_again(mails=mails)
