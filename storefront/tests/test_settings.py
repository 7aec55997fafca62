"""Each environment starts in a process of its own, as it does where it runs."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from .conftest import PRODUCTION, SETTINGS, Start, run

pytestmark = pytest.mark.once


class TestVariables:
    def test_production_starts_with_four(self, start: Start) -> None:
        result = start("prod", "[DEBUG, ALLOWED_HOSTS]", **PRODUCTION)
        assert (result.stderr, result.returncode) == ("", 0)
        assert json.loads(result.stdout) == [False, ["shop.example.com"]]

    @pytest.mark.parametrize("name", PRODUCTION)
    def test_a_missing_one_stops_the_start(self, start: Start, name: str) -> None:
        rest = {key: value for key, value in PRODUCTION.items() if key != name}
        result = start("prod", **rest)
        assert result.returncode == 1
        assert result.stderr.splitlines()[-1].endswith(f'Environment variable "{name}" not set')

    @pytest.mark.parametrize(
        ("name", "value", "reason"),
        [
            ("SECRET_KEY", "short", "Shorter than minimum length 50."),
            ("ALLOWED_HOSTS", "", "Name a host."),
            ("ALLOWED_HOSTS", "shop.example.com,", '"" is not a host'),
            ("ALLOWED_HOSTS", "https://shop.example.com", "is not a host such as"),
            ("ALLOWED_HOSTS", "shop.example.com:8000", "is not a host such as"),
            ("SECRET_KEY_FALLBACKS", ",", "Shorter than minimum length 50."),
            ("TRUSTED_HTTPS_HEADER", "HTTP_X_FORWARDED_PROTO", "Not a header's name such as"),
            ("NUM_PROXIES", "-1", "Must be greater than or equal to 0."),
            ("STORE_CART_LIFETIME", "99999999999", "less than or equal to 36500."),
            ("EMAIL_PORT", "99999", "less than or equal to 65535."),
            ("FRONTEND_DOMAIN", "https://shop.example.com", "Not a host such as"),
            ("DEFAULT_FROM_EMAIL", "Storefront", '"Storefront" is not an address'),
            ("DEFAULT_FROM_EMAIL", "Shop, Inc. <shop@example.com>", "is not an address such as"),
            (
                "DEFAULT_FROM_EMAIL",
                "Shop <bücher@shop.example>",
                "only ASCII may stand before the @",
            ),
            ("ADMINS", "Ann <ännchen@example.com>", "only ASCII may stand before the @"),
            ("LOG_FILE", "/nowhere/storefront.log", "Not a file in a folder that is there."),
            ("LOG_FILE", "/", "Not a file in a folder that is there."),
            ("DATABASE_URL", "", "Not a valid database URL."),
            ("DATABASE_URL", "nonsense", "Not a valid database URL."),
            ("DATABASE_URL", "mysql://shop@db:port/shop", "Not a valid database URL."),
            ("DATABASE_URL", "postgres://shop@db/", "names no database."),
            ("STORE_TAX_RATE", "ten", "Not a valid number."),
            ("STORE_TAX_RATE", "NaN", "Special numeric values"),
            (
                "STORE_TAX_RATE",
                "10",
                "Must be greater than or equal to 0 and less than or equal to 1.",
            ),
            ("STORE_CURRENCY", "usd", "Not a currency of ISO 4217 such as USD or JPY."),
            ("STORE_CURRENCY", "USD\n", "Not a currency of ISO 4217 such as USD or JPY."),
            ("STORE_CURRENCY", "", "Not a currency of ISO 4217 such as USD or JPY."),
            ("STORE_CURRENCY", "ZZZ", "Not a currency of ISO 4217 such as USD or JPY."),
            ("STORE_CURRENCY", "XXX", "XXX has no minor unit to round to"),
            ("STORE_CURRENCY", "KWD", "KWD has 3 decimals; the shop works with currencies of two"),
            ("STORE_CURRENCY", "CLF", "CLF has 4 decimals"),
            ("STORE_PAYMENT_TIMEOUT", "-1", "Must be greater than or equal to 0"),
            ("STORE_PAYMENT_TIMEOUT", "half an hour", "Not a valid integer."),
            ("PAYMENT_GATEWAY_OPTIONS", "delay=1", "Not valid JSON."),
            ("PAYMENT_GATEWAY_OPTIONS", "[1]", "Not a JSON object such as"),
            ("PAYMENT_GATEWAY_OPTIONS", "null", "Field may not be null."),
            ("STORE_CARRIERS", "[]", "Not a JSON object such as"),
            (
                "STORE_CARRIERS",
                '{"DHL": "http://dhl.example/{number}"}',
                "DHL: not an address that starts with https://.",
            ),
            ("STORE_CARRIERS", '{"DHL": 5}', "DHL: not an address"),
            ("STORE_CARRIERS", '{"DHL": "https://{number}/"}', "DHL: the path or query lacks"),
            ("STORE_CARRIERS", '{"DHL": "https://dhl.example/"}', "DHL: the path or query lacks"),
            ("THROTTLE_CREDENTIALS", "often", "Not a rate such as 30/min or 100/hour."),
            ("REDIS_URL", "redis.example.com:6379", "Not an address such as redis://host:6379/0."),
            ("BROKER_URL", "rabbit.example.com", "Not an address such as amqp://"),
            ("OUTBOX_LEASE", "0", "Must be greater than or equal to 1."),
            ("DJANGO_LOG_LEVEL", "loud", "Must be one of: DEBUG, INFO, WARNING, ERROR, CRITICAL."),
        ],
    )
    def test_a_malformed_one_is_named_with_the_reason(
        self, start: Start, name: str, value: str, reason: str
    ) -> None:
        result = start("prod", **{**PRODUCTION, name: value})
        assert result.returncode == 1
        last = result.stderr.splitlines()[-1]
        assert f'Environment variable "{name}"' in last
        assert reason in last

    def test_spaces_between_hosts_and_keys_are_no_part_of_them(self, start: Start) -> None:
        key = PRODUCTION["SECRET_KEY"]
        hosts = "shop.example.com, .example.org, [::1]"
        variables = {"ALLOWED_HOSTS": hosts, "SECRET_KEY_FALLBACKS": f"{key}, {key}"}
        result = start("prod", "[ALLOWED_HOSTS, SECRET_KEY_FALLBACKS]", **PRODUCTION | variables)
        assert json.loads(result.stdout) == [hosts.split(", "), [key, key]]

    def test_a_file_may_set_them(self, start: Start, tmp_path: Path) -> None:
        lines = [f"{name}={value}\n" for name, value in PRODUCTION.items()]
        (tmp_path / ".env").write_text("".join([*lines, "STORE_TAX_RATE=0.25\n"]))
        result = start("prod", "[ALLOWED_HOSTS, str(STORE_TAX_RATE)]", STORE_TAX_RATE="0.2")
        assert json.loads(result.stdout) == [["shop.example.com"], "0.2"]

    @pytest.mark.parametrize("name", ["dev", "test"])
    def test_other_environments_start_without_any(self, start: Start, name: str) -> None:
        result = start(name, "DATABASES['default']['ENGINE']")
        assert (result.stderr, result.returncode) == ("", 0)
        assert json.loads(result.stdout) == "storefront.sqlite3"
        source = (SETTINGS / f"{name}.py").read_text()
        assert "env." not in source
        assert "environ" not in source


class TestDatabaseUrl:
    @pytest.mark.parametrize(
        ("url", "engine", "options"),
        [
            (
                "sqlite:///shop.sqlite3",
                "storefront.sqlite3",
                {"transaction_mode": "IMMEDIATE", "timeout": 30},
            ),
            (
                "mysql://shop:secret@db:3307/shop",
                "django.db.backends.mysql",
                {"charset": "utf8mb4", "isolation_level": "read committed"},
            ),
            ("postgres://shop:secret@db/shop", "django.db.backends.postgresql", {}),
            (
                "postgres://shop@db/shop?sslmode=require",
                "django.db.backends.postgresql",
                {"sslmode": "require"},
            ),
        ],
    )
    def test_chooses_the_engine_and_its_options(
        self, start: Start, url: str, engine: str, options: dict[str, Any]
    ) -> None:
        result = start("prod", "DATABASES", **{**PRODUCTION, "DATABASE_URL": url})
        database = json.loads(result.stdout)["default"]
        assert database["ENGINE"] == engine
        assert options.items() <= database["OPTIONS"].items()
        assert database["CONN_HEALTH_CHECKS"] is True

    def test_its_own_options_win(self, start: Start) -> None:
        url = "mysql://shop@db/shop?isolation_level=repeatable read"
        result = start("common", "DATABASES", DATABASE_URL=url)
        options = json.loads(result.stdout)["default"]["OPTIONS"]
        assert options["isolation_level"] == "repeatable read"
        assert options["charset"] == "utf8mb4"


class TestReplicas:
    def test_have_an_alias_each_and_short_patience(self, start: Start) -> None:
        urls = "mysql://shop@db2/shop, postgres://shop@db3/shop?connect_timeout=1,sqlite:///copy"
        shown = "[DATABASES, DATABASE_REPLICAS]"
        result = start("prod", shown, **PRODUCTION, DATABASE_REPLICA_URLS=urls)
        assert (result.stderr, result.returncode) == ("", 0)
        databases, aliases = json.loads(result.stdout)
        assert aliases == ["replica1", "replica2", "replica3"]
        assert [databases[alias]["HOST"] for alias in aliases] == ["db2", "db3", ""]
        assert [databases[alias]["CONN_MAX_AGE"] for alias in aliases] == [0, 0, 0]
        mysql, postgres, sqlite = (databases[alias]["OPTIONS"] for alias in aliases)
        assert (mysql["connect_timeout"], mysql["isolation_level"]) == (2, "read committed")
        assert (postgres["connect_timeout"], postgres["keepalives_idle"]) == (1, 5)
        assert sqlite["transaction_mode"] == "IMMEDIATE"

    def test_are_none_unless_given(self, start: Start) -> None:
        result = start("prod", "[list(DATABASES), DATABASE_REPLICAS]", **PRODUCTION)
        assert json.loads(result.stdout) == [["default"], []]

    @pytest.mark.parametrize(
        "urls",
        [
            "nonsense",
            "sqlite:///copy,",
            "mysql://shop@db:port/shop",
            "postgres://shop@db/",
            "mysql://shop:hid/den@db/shop",
        ],
    )
    def test_a_malformed_url_names_the_variable_and_nothing_else(
        self, start: Start, urls: str
    ) -> None:
        result = start("prod", **PRODUCTION, DATABASE_REPLICA_URLS=urls)
        assert result.returncode == 1
        last = result.stderr.splitlines()[-1]
        assert 'Environment variable "DATABASE_REPLICA_URLS"' in last
        assert "hid" not in result.stderr.replace(urls, "")


class TestDeployment:
    def test_the_checks_are_silent(self, tmp_path: Path) -> None:
        result = run(
            *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
            folder=settings.BASE_DIR,
            **{**PRODUCTION, "DATABASE_URL": f"sqlite:///{tmp_path}/shop.sqlite3"},
            **dict.fromkeys(("STORE_SELLER_NAME", "STORE_SELLER_ADDRESS", "STORE_TAX_ID"), "Some"),
            DJANGO_SETTINGS_MODULE="storefront.settings.prod",
        )
        assert (result.stderr, result.returncode) == ("", 0)
        assert result.stdout == "System check identified no issues (1 silenced).\n"

    def test_static_files_are_collected_where_no_log_can_be(self, tmp_path: Path) -> None:
        result = run(
            *("manage.py", "collectstatic", "--no-input", "--dry-run"),
            folder=settings.BASE_DIR,
            DJANGO_SETTINGS_MODULE="storefront.settings.prod",
            STATIC_ROOT=str(tmp_path),
            LOG_FILE="/nowhere/storefront.log",
        )
        assert (result.stderr, result.returncode) == ("", 0)

    def test_staff_need_permissions_and_seeded_accounts_no_known_password(
        self, start: Start
    ) -> None:
        shown = "[STAFF_NEEDS_PERMISSIONS, SEED_KNOWN_PASSWORDS]"
        # No variable makes accounts that everybody can sign in to.
        variables = PRODUCTION | {"SEED_KNOWN_PASSWORDS": "true"}
        assert json.loads(start("prod", shown, **variables).stdout) == [True, False]
        assert json.loads(start("dev", shown).stdout) == [True, True]

    def test_access_tokens_live_a_quarter_of_an_hour(self, start: Start) -> None:
        lifetime = "SIMPLE_JWT['ACCESS_TOKEN_LIFETIME'].total_seconds()"
        assert json.loads(start("prod", lifetime, **PRODUCTION).stdout) == 15 * 60
        assert json.loads(start("dev", lifetime).stdout) == 24 * 3600

    @pytest.mark.django_db
    @pytest.mark.parametrize("url", ["/", "/api/docs/", "/admin/login/", "/store/products/"])
    def test_pages_need_no_collected_files(
        self, client: Client, tmp_path: Path, settings: Any, url: str
    ) -> None:
        settings.STATIC_ROOT = tmp_path / "nothing"
        assert client.get(url, headers={"accept": "text/html"}).status_code == 200


class TestMail:
    SHOW = "[EMAIL_BACKEND.split('.')[-2], EMAIL_FILE_PATH]"

    def test_stays_on_the_console_in_development(self, start: Start) -> None:
        assert json.loads(start("dev", self.SHOW).stdout) == ["console", None]

    def test_or_in_files(self, start: Start) -> None:
        result = start("dev", self.SHOW, EMAIL_FILE_PATH="/tmp/mails")
        assert json.loads(result.stdout) == ["filebased", "/tmp/mails"]

    def test_or_goes_to_the_server_that_is_named(self, start: Start) -> None:
        result = start(
            "dev",
            "[EMAIL_BACKEND.split('.')[-2], EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS, EMAIL_USE_SSL]",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT="1025",
            EMAIL_FILE_PATH="/tmp/mails",
        )
        assert json.loads(result.stdout) == ["smtp", "127.0.0.1", 1025, False, False]
