from datetime import datetime

import pytest
from celery.schedules import crontab
from django.conf import settings

from storefront.celery import app
from storefront.settings.queues import BEAT_SCHEDULE, TASK_TIME_LIMIT, VISIBILITY_TIMEOUT


@pytest.mark.parametrize("entry", BEAT_SCHEDULE.values(), ids=BEAT_SCHEDULE.keys())
def test_what_is_scheduled_is_a_task(entry):
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks


def test_the_sales_report_goes_out_on_mondays_at_half_past_seven():
    schedule = BEAT_SCHEDULE["send-sales-report"]["schedule"]
    assert isinstance(schedule, crontab)
    assert (schedule.day_of_week, schedule.minute) == ({1}, {30})
    # Then hourly, for a broker that was away: the report of a week is queued once.
    assert schedule.hour == set(range(7, 24))
    assert datetime(2026, 11, 23).isoweekday() == 1
    assert settings.CELERY_TIMEZONE == "UTC"


def test_a_broker_hands_no_task_on_that_is_still_being_done():
    assert TASK_TIME_LIMIT < VISIBILITY_TIMEOUT
