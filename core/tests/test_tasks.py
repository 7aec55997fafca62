from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from core import tasks

pytestmark = pytest.mark.django_db


def test_tokens_that_ran_out_are_purged(tokens_of: Callable, register: Callable) -> None:
    register()
    for _ in range(3):
        tokens_of()
    old, revoked, valid = OutstandingToken.objects.order_by("pk")
    BlacklistedToken.objects.create(token=revoked)
    yesterday = timezone.now() - timedelta(days=1)
    OutstandingToken.objects.filter(pk__in=[old.pk, revoked.pk]).update(expires_at=yesterday)

    tasks.purge_expired_tokens()

    assert OutstandingToken.objects.get() == valid
    assert not BlacklistedToken.objects.exists()


def test_sessions_that_ran_out_are_purged(admin_client: Any, client: Any, register: Any) -> None:
    client.force_login(register())
    kept = client.session.session_key
    yesterday = timezone.now() - timedelta(days=1)
    Session.objects.exclude(pk=kept).update(expire_date=yesterday)

    tasks.purge_expired_sessions()

    assert Session.objects.get().pk == kept
