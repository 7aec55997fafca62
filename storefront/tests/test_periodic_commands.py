"""What beat does at its times can be done by cron: a command for each entry of the timetable."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands
from django.utils import timezone
from model_bakery import baker

from core.models import TriedAccount
from outbox.models import Mail
from store.models import Campaign, Cart, IdempotencyKey, ImportRun
from storefront.models import FormSubmission, HitCount
from storefront.settings.queues import BEAT_SCHEDULE
from webhooks.models import Event

OPERATIONS = Path(settings.BASE_DIR, "docs", "operations.md")
# Commands of Django and of simplejwt.
BY_OTHERS = {
    "purge-expired-tokens": "flushexpiredtokens",
    "purge-expired-sessions": "clearsessions",
}
COMMANDS = [BY_OTHERS.get(name, name.replace("-", "_")) for name in BEAT_SCHEDULE]

LONG_AGO = timezone.now() - timedelta(days=400)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_entry_of_the_timetable_is_a_command_too(command: str) -> None:
    assert command in get_commands()
    assert f"manage.sh {command} >/dev/null\n" in OPERATIONS.read_text()


@pytest.mark.django_db
class TestPurges:
    def left(self, model: Any, command: str, **old: Any) -> list[Any]:
        """Let one of two rows be old, run the command, and tell of each row left whether it is the young one."""
        first, young = baker.make(model, 2)
        model.objects.filter(pk=first.pk).update(**old)
        call_command(command)
        return [row == young for row in model.objects.all()]

    def test_carts(self, capsys: Any) -> None:
        assert self.left(Cart, "purge_carts", touched_at=LONG_AGO) == [True]
        assert capsys.readouterr().out == "Carts deleted: 1.\n"

    def test_idempotency_keys(self, capsys: Any) -> None:
        assert self.left(IdempotencyKey, "purge_idempotency_keys", created_at=LONG_AGO) == [True]
        assert capsys.readouterr().out == "Keys deleted: 1.\n"

    def test_imports(self, capsys: Any) -> None:
        assert self.left(ImportRun, "purge_imports", created_at=LONG_AGO) == [True]
        assert capsys.readouterr().out == "Imports deleted: 1.\n"

    def test_finished_mails(self, capsys: Any) -> None:
        old = {"queued_at": LONG_AGO, "due_at": None}
        assert self.left(Mail, "purge_finished_mails", **old) == [True]
        assert capsys.readouterr().out == "Mails deleted: 1.\n"

    def test_webhook_events(self, capsys: Any) -> None:
        assert self.left(Event, "purge_webhook_events", created_at=LONG_AGO) == [True]
        assert capsys.readouterr().out == "Events deleted: 1.\n"

    def test_form_submissions(self, capsys: Any) -> None:
        assert self.left(FormSubmission, "purge_form_submissions", made_at=LONG_AGO) == [True]
        assert capsys.readouterr().out == "Forms forgotten: 1.\n"

    def test_hit_counts(self, capsys: Any) -> None:
        _, young = (
            HitCount.objects.create(key=key, count=1, expires_at=at)
            for key, at in (("old", LONG_AGO), ("young", LONG_AGO + timedelta(days=800)))
        )
        call_command("purge_hit_counts")
        assert [*HitCount.objects.all()] == [young]
        assert capsys.readouterr().out == "Counts deleted: 1.\n"

    def test_attempts(self, capsys: Any) -> None:
        TriedAccount.objects.create(account="old", expires_at=LONG_AGO)
        young = TriedAccount.objects.create(
            account="young", expires_at=LONG_AGO + timedelta(days=800)
        )
        call_command("purge_attempts")
        assert [*TriedAccount.objects.all()] == [young]
        assert capsys.readouterr().out == "Rows deleted: 1.\n"


@pytest.mark.django_db
class TestCampaigns:
    def test_resume(self, capsys: Any) -> None:
        campaign = baker.make(Campaign, active_at=LONG_AGO, finished_at=None)
        call_command("resume_campaigns")
        campaign.refresh_from_db()
        assert campaign.finished_at
        assert capsys.readouterr().out == "Campaigns resumed: 1.\n"

    def test_close(self, capsys: Any) -> None:
        campaign = baker.make(Campaign, finished_at=LONG_AGO, closed_at=None)
        call_command("close_campaigns")
        campaign.refresh_from_db()
        assert campaign.closed_at
        assert capsys.readouterr().out == "Campaigns closed: 1.\n"


@pytest.mark.django_db
def test_an_import_whose_worker_was_lost_goes_on(capsys: Any) -> None:
    run = baker.make(ImportRun, state="applying", active_at=LONG_AGO)
    call_command("resume_imports")
    run.refresh_from_db()
    assert run.state == "applied"
    assert capsys.readouterr().out == "Imports resumed: 1.\n"


@pytest.mark.django_db
def test_the_report_of_a_week_is_queued_once(capsys: Any, settings: Any) -> None:
    settings.ADMINS = [("Ann", "ann@example.com"), ("", "bob@example.com")]
    call_command("send_sales_report")
    call_command("send_sales_report")
    assert Mail.objects.count() == 2
    assert capsys.readouterr().out == "Mails queued: 2.\nMails queued: 0.\n"
