"""The broker's time limits and the timetable of beat."""

from typing import Any

from celery.schedules import crontab

# Seconds.
TASK_TIME_LIMIT = 10 * 60
VISIBILITY_TIMEOUT = 20 * 60
REDIS_TIMEOUT = 1

BEAT_SCHEDULE: dict[str, Any] = {
    "resume-campaigns": {"task": "store.tasks.resume_campaigns", "schedule": 60},
    "close-campaigns": {"task": "store.tasks.close_campaigns", "schedule": crontab(minute=5)},
    "send-due-mails": {"task": "outbox.tasks.send_due_mails", "schedule": 60},
    "purge-finished-mails": {
        "task": "outbox.tasks.purge_finished_mails",
        "schedule": crontab(hour=3, minute=10),
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
