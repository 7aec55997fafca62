"""What the admin lists and the sweep look for has an index, as MariaDB itself explains it."""

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from outbox.models import Mail

pytestmark = [pytest.mark.mariadb, pytest.mark.django_db]


@pytest.fixture(scope="module", autouse=True)
def _rows(django_db_setup, django_db_blocker):
    # Fewer, and MariaDB sorts them all rather than read an index.
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_mail (message_id, recipient, subject, text, html, queued_at, due_at,"
            " sent_at, attempts, last_error) SELECT seq, concat('user', seq, '@example.com'),"
            " 'Your order', '', '', now() - interval seq second, if(seq % 1000, null, now()),"
            " if(seq % 500, now(), null), 1, '' FROM seq_1_to_100000"
        )
        cursor.execute("ANALYZE TABLE outbox_mail")
        yield
        cursor.execute("DELETE FROM outbox_mail")


def index_of(queryset):
    sql, params = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        columns = [column[0] for column in cursor.description]
        [step] = (dict(zip(columns, row, strict=True)) for row in cursor.fetchall())
    return step["key"], "filesort" in step["Extra"]


@pytest.mark.parametrize(
    ("query", "plan"),
    [
        ({}, ("outbox_mail_queued", False)),
        ({PAGE_VAR: "2"}, ("outbox_mail_queued", False)),
        ({"state": "sent"}, ("outbox_mail_queued", False)),
        ({"state": "given_up"}, ("outbox_mail_sent", False)),
    ],
)
def test_a_list_of_the_admin(rf, admin_user, query, plan):
    request = rf.get(reverse("admin:outbox_mail_changelist"), query)
    request.user = admin_user
    changelist = admin.site.get_model_admin(Mail).get_changelist_instance(request)

    assert index_of(changelist.result_list) == plan


def test_a_search_of_the_admin(rf, admin_user):
    request = rf.get(reverse("admin:outbox_mail_changelist"), {"q": "user7@example.com"})
    request.user = admin_user
    changelist = admin.site.get_model_admin(Mail).get_changelist_instance(request)

    key, _ = index_of(changelist.result_list)
    assert "outbox_mail_recipient" in key


def test_the_sweep():
    due = Mail.objects.due().order_by("due_at", "queued_at").values_list("pk")[:100]
    assert index_of(due) == ("outbox_mail_due", False)


def test_the_purge():
    old = Mail.objects.finished().filter(queued_at__lt=timezone.now()).values_list("pk")[:1000]
    assert index_of(old) == ("outbox_mail_due", False)
