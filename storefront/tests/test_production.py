"""What production reads from its environment, beyond what every environment reads."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from .conftest import PRODUCTION, Start, run

pytestmark = pytest.mark.once

HEROKU = {
    "CLEARDB_DATABASE_URL": "mysql://u:p@db.example.com/heroku_1?reconnect=true",
    "MAILGUN_SMTP_SERVER": "smtp.mailgun.example",
    "MAILGUN_SMTP_PORT": "465",
    "MAILGUN_SMTP_LOGIN": "postmaster",
    "MAILGUN_SMTP_PASSWORD": "sesame",
}
# As on a machine that has not installed it.
WITHOUT_DRIVER = "import sys; sys.modules['MySQLdb'] = None"


def read(start: Start, show: str, **variables: str) -> Any:
    result = start("prod", show, **{**PRODUCTION, **variables})
    assert (result.stderr, result.returncode) == ("", 0)
    return json.loads(result.stdout)


class TestHerokuNames:
    def test_they_take_the_place_of_ours(self, start: Start) -> None:
        own = {name: PRODUCTION[name] for name in ("SECRET_KEY", "ALLOWED_HOSTS")}
        result = start(
            "prod",
            "[DATABASES['default']['HOST'], DATABASES['default']['OPTIONS'],"
            " EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_SSL]",
            **own,
            **HEROKU,
        )
        assert (result.stderr, result.returncode) == ("", 0)
        host, options, *mail = json.loads(result.stdout)
        assert host == "db.example.com"
        # ClearDB adds it; mysqlclient refuses to connect with it.
        assert "reconnect" not in options
        assert mail == ["smtp.mailgun.example", 465, "postmaster", "sesame", True]

    def test_ours_win(self, start: Start) -> None:
        assert read(start, "EMAIL_HOST", **HEROKU) == "mail.example.com"

    def test_ours_win_in_a_file_too(self, start: Start, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("EMAIL_PORT=25\n")
        assert read(start, "EMAIL_PORT", **HEROKU) == 25

    def test_theirs_may_stand_in_a_file(self, start: Start, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("MAILGUN_SMTP_LOGIN=postmaster\n")
        assert read(start, "EMAIL_HOST_USER") == "postmaster"

    @pytest.mark.parametrize(
        ("ours", "theirs", "value", "reason"),
        [
            ("DATABASE_URL", "CLEARDB_DATABASE_URL", "nonsense", "Not a valid database URL."),
            ("DATABASE_URL", "CLEARDB_DATABASE_URL", "mysql://db/", "names no database."),
            ("EMAIL_HOST", "MAILGUN_SMTP_SERVER", "", "Name a host."),
            ("EMAIL_PORT", "MAILGUN_SMTP_PORT", "many", "Not a valid integer."),
            ("EMAIL_PORT", "MAILGUN_SMTP_PORT", "99999", "less than or equal to 65535."),
        ],
    )
    def test_a_malformed_one_is_named_as_it_was_set(
        self, start: Start, ours: str, theirs: str, value: str, reason: str
    ) -> None:
        rest = {name: text for name, text in PRODUCTION.items() if name != ours}
        result = start("prod", **rest, **{theirs: value})
        last = result.stderr.splitlines()[-1]
        assert f'Environment variable "{theirs}" ' in last
        assert reason in last
        assert ours not in last.replace(theirs, "")

    @pytest.mark.parametrize("name", ["WEB_CONCURRENCY", "WEB_THREADS", "WEB_RECEIVE_SECONDS"])
    def test_so_is_a_number_of_gunicorn_s(self, name: str) -> None:
        check = ["-m", "gunicorn", "storefront.wsgi", "--check-config"]
        result = run(*check, folder=settings.BASE_DIR, **PRODUCTION, **{name: "0"})
        assert result.returncode == 1
        assert f'Environment variable "{name}" invalid' in result.stderr


class TestMail:
    @pytest.mark.parametrize(
        ("variables", "encryption"),
        [
            ({}, [587, True, False]),
            ({"EMAIL_PORT": "465"}, [465, False, True]),
            ({"EMAIL_PORT": "25"}, [25, False, False]),
            ({"EMAIL_PORT": "2525", "EMAIL_USE_TLS": "true"}, [2525, True, False]),
        ],
    )
    def test_the_port_tells_the_encryption(
        self, start: Start, variables: dict[str, str], encryption: list[Any]
    ) -> None:
        show = "[EMAIL_PORT, EMAIL_USE_TLS, EMAIL_USE_SSL]"
        assert read(start, show, **variables) == encryption

    def test_two_kinds_at_once_stop_the_start(self, start: Start) -> None:
        result = start("prod", **PRODUCTION, EMAIL_USE_SSL="true")
        assert result.returncode == 1
        assert '"EMAIL_USE_SSL" and "EMAIL_USE_TLS" are both on for port 587' in result.stderr

    def test_admins_are_addresses(self, start: Start) -> None:
        admins = read(start, "ADMINS", ADMINS="Ann <ann@example.com>, bob@example.com")
        assert admins == [["Ann", "ann@example.com"], ["", "bob@example.com"]]

    def test_nobody_need_be_an_admin(self, start: Start) -> None:
        assert read(start, "ADMINS") == read(start, "ADMINS", ADMINS="") == []

    @pytest.mark.parametrize(
        "admins", ["ann@example.com,", "Ann", "ann@example.com bob@example.com"]
    )
    def test_an_admin_without_an_address_stops_the_start(self, start: Start, admins: str) -> None:
        result = start("prod", **PRODUCTION, ADMINS=admins)
        assert result.returncode == 1
        assert 'Environment variable "ADMINS" invalid' in result.stderr


class TestHttps:
    SHOW = "[SECURE_SSL_REDIRECT, SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SECURE_HSTS_SECONDS]"

    def test_is_all_there_is(self, start: Start) -> None:
        assert read(start, self.SHOW) == [True, True, True, 365 * 24 * 3600]

    def test_can_be_left_off_for_a_trial(self, start: Start) -> None:
        assert read(start, self.SHOW, HTTPS_ONLY="false") == [False, False, False, 0]

    def test_a_proxy_s_header_is_trusted_only_when_named(self, start: Start) -> None:
        assert read(start, "globals().get('SECURE_PROXY_SSL_HEADER')") is None
        header = read(start, "SECURE_PROXY_SSL_HEADER", TRUSTED_HTTPS_HEADER="X-Forwarded-Proto")
        assert header == ["HTTP_X_FORWARDED_PROTO", "https"]

    def test_a_client_s_forwarded_for_counts_only_behind_proxies(self, start: Start) -> None:
        assert read(start, "REST_FRAMEWORK['NUM_PROXIES']") == 0
        assert read(start, "REST_FRAMEWORK['NUM_PROXIES']", NUM_PROXIES="1") == 1


class TestTokens:
    """Tokens of one process, read by the next, which was started with other keys."""

    KEY, NEXT = "k" * 50, "n" * 50
    SIGN = "from rest_framework_simplejwt.tokens import AccessToken as T; print(T())"

    def test_a_key_that_is_too_short_is_named(self, start: Start) -> None:
        result = start("prod", **PRODUCTION, JWT_SIGNING_KEY="short")
        assert result.returncode == 1
        assert 'Environment variable "JWT_SIGNING_KEY" invalid' in result.stderr

    @pytest.mark.parametrize(
        ("before", "after", "verdict"),
        [
            ({"SECRET_KEY": KEY}, {"SECRET_KEY": KEY}, "valid"),
            ({"SECRET_KEY": KEY}, {"SECRET_KEY": NEXT, "JWT_SIGNING_KEY": KEY}, "valid"),
            ({"JWT_SIGNING_KEY": KEY}, {"JWT_SIGNING_KEY": NEXT}, "refused"),
            (
                {"SECRET_KEY": KEY},
                {"SECRET_KEY": NEXT, "SECRET_KEY_FALLBACKS": KEY},
                "refused",
            ),
        ],
    )
    def test_live_as_long_as_their_key(
        self, before: dict[str, str], after: dict[str, str], verdict: str
    ) -> None:
        token = self.shell(self.SIGN, before)
        read = (
            "from rest_framework_simplejwt.exceptions import TokenError\n"
            "from rest_framework_simplejwt.tokens import AccessToken as T\n"
            f"try: T({token!r}); print('valid')\n"
            "except TokenError: print('refused')"
        )
        assert self.shell(read, after) == verdict

    def shell(self, code: str, variables: dict[str, str]) -> str:
        result = run(
            *("-c", f"import django; django.setup()\n{code}"),
            folder=settings.BASE_DIR,
            **{**PRODUCTION, "DATABASE_URL": "sqlite:///:memory:", **variables},
            DJANGO_SETTINGS_MODULE="storefront.settings.prod",
        )
        assert (result.stderr, result.returncode) == ("", 0)
        return result.stdout.strip()


class TestServices:
    def test_redis_carries_cache_and_tasks(self, start: Start) -> None:
        show = "[CACHES['default']['LOCATION'], CELERY_BROKER_URL, CELERY_TASK_ALWAYS_EAGER]"
        url = "redis://redis:6379/0"
        assert read(start, show, REDIS_URL=url) == [url, url, False]

    def test_another_broker_may_carry_the_tasks(self, start: Start) -> None:
        show = "[CACHES['default']['LOCATION'], CELERY_BROKER_URL]"
        amqp = "amqp://shop@rabbit//"
        response = read(start, show, REDIS_URL="redis://redis", BROKER_URL=amqp)
        assert response == ["redis://redis", amqp]

    @pytest.mark.parametrize(
        ("url", "variables", "read_as"),
        [
            ("rediss://cache", {}, "rediss://cache?ssl_cert_reqs=required"),
            ("rediss://cache?db=1", {}, "rediss://cache?db=1&ssl_cert_reqs=required"),
            ("rediss://cache", {"REDIS_TLS_VERIFY": "no"}, "rediss://cache?ssl_cert_reqs=none"),
            ("rediss://cache?ssl_cert_reqs=none", {}, "rediss://cache?ssl_cert_reqs=none"),
            ("redis://cache", {"REDIS_TLS_VERIFY": "no"}, "redis://cache"),
        ],
    )
    def test_cache_and_tasks_think_alike_of_certificates(
        self, start: Start, url: str, variables: dict[str, str], read_as: str
    ) -> None:
        show = "[CACHES['default']['LOCATION'], CELERY_BROKER_URL]"
        assert read(start, show, REDIS_URL=url, **variables) == [read_as, read_as]

    def test_neither_is_needed(self, start: Start) -> None:
        show = "[CACHES['default']['BACKEND'], CELERY_TASK_ALWAYS_EAGER]"
        assert read(start, show) == ["django.core.cache.backends.locmem.LocMemCache", True]

    def test_a_task_ends_before_redis_gives_it_to_another_worker(self, start: Start) -> None:
        show = "[CELERY_TASK_TIME_LIMIT, CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout']]"
        limit, visibility = read(start, show, REDIS_URL="redis://redis")
        assert limit < visibility


class TestCollectstatic:
    def test_needs_nothing_from_the_environment(self, tmp_path: Path) -> None:
        result = run(
            *("manage.py", "collectstatic", "--no-input", "--dry-run"),
            folder=settings.BASE_DIR,
            DJANGO_SETTINGS_MODULE="storefront.settings.prod",
        )
        assert (result.stderr, result.returncode) == ("", 0)

    def test_needs_no_driver_for_the_database_of_later(self) -> None:
        result = run(
            *(
                "-c",
                f"{WITHOUT_DRIVER}\nimport runpy; runpy.run_path('manage.py', run_name='__main__')",
            ),
            *("collectstatic", "--no-input", "--dry-run"),
            folder=settings.BASE_DIR,
            DJANGO_SETTINGS_MODULE="storefront.settings.prod",
            DATABASE_URL="mysql://shop@db/shop",
        )
        assert (result.stderr, result.returncode) == ("", 0)

    def test_every_other_command_does(self) -> None:
        result = run(
            *("manage.py", "migrate", "--plan"),
            folder=settings.BASE_DIR,
            DJANGO_SETTINGS_MODULE="storefront.settings.prod",
        )
        assert result.returncode == 1
        assert 'Environment variable "SECRET_KEY" not set' in result.stderr
