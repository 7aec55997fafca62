"""Error reports to Sentry: what went wrong and where, nothing of whom it happened to."""

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import ignore_logger

from .redaction import scrub
from .request_ids import request_id

# Ids look like tokens; versions and commits like them, too.
SENT_KEYS = {
    *("event_id", "trace_id", "span_id", "parent_span_id", "dynamic_sampling_context"),
    *("timestamp", "start_timestamp", "release", "modules", "sdk"),
}


def start_sentry(dsn: str, *, traces_sample_rate: float | None = None) -> None:
    """Report what nobody caught; traces only where a share of them is asked for.

    The reports are sent by a thread from a queue of bounded length, and dropped where it is full.
    """
    sentry_sdk.init(
        dsn=dsn,
        integrations=[DjangoIntegration(), CeleryIntegration()],
        auto_enabling_integrations=False,
        # Besides what the default leaves out (who the user is): bodies and variables could hold anything.
        max_request_body_size="never",
        include_local_variables=False,
        traces_sample_rate=traces_sample_rate,
        # No counts of sessions or of dropped reports: nothing leaves that nobody asked for.
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=clean,
        before_send_transaction=clean,
    )
    # Whoever scans the internet for hosts is no error of ours.
    ignore_logger("django.security.DisallowedHost")


def clean(event: Any, hint: dict[str, Any]) -> Any:
    """Return the event with its request's id and without secrets and addresses."""
    asked = event.pop("request", {})
    event.pop("user", None)
    cleaned = scrub(event, keep=SENT_KEYS.__contains__)
    if asked:
        # Neither query nor headers, cookies or body.
        asked = {"method": asked.get("method"), "url": asked.get("url", "").partition("?")[0]}
        cleaned["request"] = scrub(asked, keep=SENT_KEYS.__contains__)
    cleaned.setdefault("tags", {})["request_id"] = request_id.get()
    return cleaned
