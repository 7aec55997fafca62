from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from environs import Env

from storefront import variables
from storefront.variables import check_variables

from .conftest import run

pytestmark = pytest.mark.once

SLIPS = {
    "STORE_TAXRATE": "STORE_TAX_RATE",
    "DATABSE_URL": "DATABASE_URL",
    "EMAIL_HOSTT": "EMAIL_HOST",
    "THROTLE_CREDENTIALS": "THROTTLE_CREDENTIALS",
    "REDIS_ULR": "REDIS_URL",
    "ALLOWED_HOST": "ALLOWED_HOSTS",
    "Store_Tax_Rate": "STORE_TAX_RATE",
}
# What shells, desktops, editors, CI services, clouds and other projects set, though some are like ours.
OTHERS = """
    PATH HOME USER LOGNAME MAIL EMAIL SHELL PWD HOST HOSTNAME HOSTTYPE PORT LANG LC_ALL TERM TZ TMPDIR EDITOR PAGER
    PYTHONPATH PYTHONUNBUFFERED PYTHONHASHSEED VIRTUAL_ENV PYENV_ROOT PIPENV_ACTIVE PIP_INDEX_URL NO_COLOR
    DJANGO_COLORS DJANGO_SUPERUSER_PASSWORD DJANGO_SUPERUSER_EMAIL DJANGO_SECRET_KEY DJANGO_DEBUG DJANGO_LOG_FILE
    HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy SSL_CERT_FILE BROWSER_URL DEBUG LOG_LEVEL SECRET_KEY_BASE
    GITHUB_ACTIONS GITHUB_TOKEN GITHUB_SERVER_URL GITLAB_CI CI_SERVER_URL CI_SERVER_HOST RUNNER_TEMP DYNO
    AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3
    AWS_S3_US_EAST_1_REGIONAL_ENDPOINT SENTRY_ENVIRONMENT SENTRY_RELEASE SENTRY_PROFILES_SAMPLE_RATE
    CELERY_BROKER_URL CELERY_LOG_LEVEL FLOWER_PORT GUNICORN_CMD_ARGS PROMETHEUS_URL
    MYSQL_HOST MYSQL_USER MYSQL_PWD MYSQL_PASSWORD_FILE MYSQL_TEST_URL MARIADB_ROOT_PASSWORD POSTGRES_TEST_URL
    PGHOST PGPORT PGPASSWORD REDIS_HOST REDIS_PORT REDIS_PASSWORD REDIS_TEST_URL SECOND_REDIS_TEST_URL
    BROKER_TEST_URL RABBITMQ_URL DATABASE_HOST DATABASE_USER DATABASE_PORT DATABASE_PASSWORD DB_PORT
    SMTP_HOST SMTP_PORT STATIC_URL FRONTEND_URL NODE_ENV NVM_DIR DOCKER_HOST COMPOSE_FILE WSL_DISTRO_NAME
    VSCODE_PID GIT_AUTHOR_EMAIL SSH_AUTH_SOCK XDG_RUNTIME_DIR MAKEFLAGS MAKELEVEL INVOCATION_ID
"""


@pytest.fixture
def warned(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return what a developer is told of these variables, and of a file `.env`."""
    settings.DEBUG = True
    for page in variables.PAGES:
        (tmp_path / page).parent.mkdir(exist_ok=True)
        (tmp_path / page).symlink_to(variables.BASE_DIR / page)
    monkeypatch.setattr(variables, "BASE_DIR", tmp_path)

    def warned(names: Iterable[str] = (), file: str | None = None) -> list[str]:
        monkeypatch.setattr("os.environ", dict.fromkeys(names, "t0p-secret"))
        if file is not None:
            (tmp_path / ".env").write_text(file)
        return [f"{each.msg} {each.hint}" for each in check_variables()]

    return warned


class TestEnvironment:
    @pytest.mark.parametrize(("slip", "meant"), SLIPS.items())
    def test_a_misspelt_one_is_named_with_what_was_meant(
        self, warned: Any, slip: str, meant: str
    ) -> None:
        (text,) = warned(["PATH", slip])
        assert text.startswith(
            f"{slip}, in the environment, is read by nobody. Did you mean {meant}? README.md"
        )
        assert "t0p-secret" not in text

    def test_one_of_the_shop_that_is_like_none_is_named(self, warned: Any) -> None:
        (text,) = warned(["STORE_VAT_NUMBER"])
        assert text.startswith("STORE_VAT_NUMBER, in the environment, is read by nobody. README.md")

    def test_those_of_other_programs_are_passed_by(self, warned: Any) -> None:
        assert warned(OTHERS.split()) == []

    def test_what_production_reads_is_known(self, warned: Any) -> None:
        assert warned(["SECRET_KEY", "MAILGUN_SMTP_PORT", "WEB_THREADS", "FLOWER_PASSWORD"]) == []

    def test_what_the_settings_read_is_known_before_it_is_documented(
        self, warned: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reader = Env()
        reader.str("STORE_VAT_NUMBER", "")
        monkeypatch.setattr(variables, "env", reader)
        assert warned(["STORE_VAT_NUMBER"], "STORE_VAT_NUMBER=1\n") == []


class TestFile:
    def test_every_unknown_name_is_told(self, warned: Any) -> None:
        found = warned(file="STORE_TAX_RATE=0.2\nVAT=t0p-secret\nexport SILC='t0p-secret'\nPROT\n")
        assert [text.partition(" README.md")[0] for text in found] == [
            "VAT, in .env, is read by nobody.",
            "SILC, in .env, is read by nobody. Did you mean SILK?",
            "PROT, in .env, is read by nobody. Did you mean PORT?",
        ]
        assert "t0p-secret" not in str(found)

    def test_what_is_read_elsewhere_is_told(self, warned: Any) -> None:
        (text,) = warned(file="PORT=9000\n")
        assert text.startswith("PORT, in .env, is read from the environment alone.")

    def test_a_line_of_a_secret_is_not_shown(self, warned: Any) -> None:
        lines = "JWT_SIGNING_KEY=c2VjcmV0LXRoYX\nQtaXMtcGFzdGVk=\nJBSWY3DPEHPK3PXP\n"
        found = warned(file=lines)
        assert len(found) == 2
        assert all(text.startswith("A line that sets no variable, in .env,") for text in found)

    def test_what_compose_and_editors_read_is_passed_by(self, warned: Any) -> None:
        assert warned(file="COMPOSE_PROFILES=tests\nPYTHONPATH=.\nMYSQL_PASSWORD=x\n") == []

    @pytest.mark.parametrize("file", [None, "", "# STORE_TAXRATE=0.2\n"])
    def test_nothing_in_it_is_nothing_to_tell(self, warned: Any, file: str | None) -> None:
        assert warned(file=file) == []


def test_production_is_told_nothing(warned: Any, settings: Any) -> None:
    settings.DEBUG = False
    assert warned(["STORE_TAXRATE"], "STORE_TAXRATE=0.2\n") == []


def test_a_command_shows_it_once() -> None:
    given = {
        "ADMINS": "Ann <ann@example.com>",
        "PAYMENT_GATEWAY_OPTIONS": '{"delay": 1}',
        "DATABSE_URL": "mysql://me:t0p-secret@db/shop",
    }
    result = run("manage.py", "check", folder=variables.BASE_DIR, **given)
    assert result.returncode == 0
    assert result.stderr.count("DATABSE_URL, in the environment, is read by nobody.") == 1
    assert "t0p-secret" not in result.stderr
