from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client


def test_live_touches_no_database(client: Client) -> None:
    response = client.get("/health/live/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_ready_asks_the_database_once(client: Client, django_assert_num_queries: Callable) -> None:
    with django_assert_num_queries(1):
        response = client.get("/health/ready/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    nowhere = {"NAME": "/nowhere/db.sqlite3", "HOST": "127.0.0.1", "PORT": "1"}
    for name in ["NAME"] if connection.vendor == "sqlite" else ["HOST", "PORT"]:
        monkeypatch.setitem(connection.settings_dict, name, nowhere[name])
    response = client.get("/health/ready/")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "failed": ["database"]}
