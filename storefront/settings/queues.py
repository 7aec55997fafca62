"""The broker's time limits and the timetable of beat."""

from typing import Any

from celery.schedules import crontab
from environs import validate

# Seconds.
TASK_TIME_LIMIT = 10 * 60
VISIBILITY_TIMEOUT = 20 * 60
# A publish over a connection that hangs takes three of these: the write, a new try, a new connection.
REDIS_TIMEOUT = 0.5

is_broker = validate.Regexp(
    r"((rediss?|amqps?)://.|\Z)", error="Not an address such as amqp://user:password@host//."
)

# What comes again in a minute need not pile up where no worker is.
EVERY_MINUTE = {"schedule": 60, "options": {"expires": 60}}

BEAT_SCHEDULE: dict[str, Any] = {
    "send-due-mails": {"task": "outbox.tasks.send_due_mails", **EVERY_MINUTE},
    "send-due-deliveries": {"task": "webhooks.tasks.send_due_deliveries", **EVERY_MINUTE},
    "resume-campaigns": {"task": "store.tasks.resume_campaigns", **EVERY_MINUTE},
    "close-campaigns": {"task": "store.tasks.close_campaigns", "schedule": crontab(minute=5)},
    "resume-imports": {"task": "store.tasks.resume_imports", **EVERY_MINUTE},
    "refund-payments": {"task": "store.tasks.refund_payments", **EVERY_MINUTE},
    "cancel-overdue-orders": {"task": "store.tasks.cancel_overdue_orders", **EVERY_MINUTE},
    "make-image-sizes": {"task": "store.tasks.make_image_sizes", "schedule": crontab(minute=55)},
    "send-sales-report": {
        "task": "store.tasks.send_sales_report",
        # Queued once a week; the later hours are for a broker that was away at half past seven.
        "schedule": crontab(day_of_week="mon", hour="7-23", minute=30),
    },
    "send-low-stock-mail": {
        "task": "store.tasks.send_low_stock_mail",
        # What a day misses, because its broker was away, is in the mail of the next.
        "schedule": crontab(hour=6, minute=0),
    },
    "purge-finished-mails": {
        "task": "outbox.tasks.purge_finished_mails",
        "schedule": crontab(hour=3, minute=10),
    },
    "purge-webhook-events": {
        "task": "webhooks.tasks.purge_webhook_events",
        "schedule": crontab(hour=3, minute=5),
    },
    "purge-history": {
        "task": "history.tasks.purge_history",
        "schedule": crontab(hour=3, minute=25),
    },
    "join-stock-movements": {
        "task": "store.tasks.join_stock_movements",
        "schedule": crontab(hour=3, minute=35),
    },
    "learn-words": {"task": "store.tasks.learn_words", "schedule": crontab(hour=2, minute=40)},
    "purge-carts": {"task": "store.tasks.purge_carts", "schedule": crontab(hour=3, minute=20)},
    "purge-imports": {"task": "store.tasks.purge_imports", "schedule": crontab(hour=3, minute=25)},
    "erase-old-addresses": {
        "task": "store.tasks.erase_old_addresses",
        "schedule": crontab(hour=3, minute=15),
    },
    "purge-idempotency-keys": {
        "task": "store.tasks.purge_idempotency_keys",
        "schedule": crontab(minute=25),
    },
    "purge-expired-tokens": {
        "task": "core.tasks.purge_expired_tokens",
        "schedule": crontab(hour=3, minute=30),
    },
    "purge-expired-sessions": {
        "task": "core.tasks.purge_expired_sessions",
        "schedule": crontab(hour=3, minute=40),
    },
    "purge-hit-counts": {
        "task": "storefront.tasks.purge_hit_counts",
        "schedule": crontab(minute=35),
    },
    "purge-attempts": {"task": "core.tasks.purge_attempts", "schedule": crontab(minute=45)},
    "purge-form-submissions": {
        "task": "storefront.tasks.purge_form_submissions",
        "schedule": crontab(hour=3, minute=50),
    },
}


def broker_options(broker_url: str | None) -> dict[str, Any]:
    """Return the transport options that keep a request from waiting long for a broker that is away."""
    if not (broker_url or "").startswith(("redis", "rediss")):
        return {}
    return {
        "visibility_timeout": VISIBILITY_TIMEOUT,
        "socket_connect_timeout": REDIS_TIMEOUT,
        "socket_timeout": REDIS_TIMEOUT,
    }
