"""Payments in production: which gateways it takes, and what it refuses to begin with."""

import json
from typing import Any

import pytest
from django.conf import settings

from .conftest import PRODUCTION, Start, run
from .test_production import read

pytestmark = pytest.mark.once


class TestPayments:
    SECRET = "whsec_of_16_char"
    DEVELOPMENT = "store.gateways.development.DevelopmentGateway"
    LEDGER = "store.tests.payments.gateways.LedgerGateway"

    def begin(self, code: str = "", **variables: str) -> Any:
        """Start the whole shop, as gunicorn and Celery do."""
        return run(
            *("-c", f"import django; django.setup()\n{code}"),
            folder=settings.BASE_DIR,
            **{**PRODUCTION, "DATABASE_URL": "sqlite:///:memory:", **variables},
            DJANGO_SETTINGS_MODULE="storefront.settings.prod",
        )

    def test_are_not_taken_online_unless_a_gateway_is_named(self, start: Start) -> None:
        show = "[STORE_PAYMENT_GATEWAY, STORE_PAYMENT_GATEWAY_OPTIONS, STORE_PAYMENT_TIMEOUT]"
        assert read(start, show) == ["", {}, 0]

    def test_go_through_the_class_that_is_named(self) -> None:
        show = "from store.gateways import payment_gateway as get; print(get().name, get().ledger)"
        result = self.begin(
            show,
            PAYMENT_GATEWAY=self.LEDGER,
            PAYMENT_WEBHOOK_SECRET=self.SECRET,
            PAYMENT_GATEWAY_OPTIONS='{"ledger": 5}',
        )
        assert (result.stderr, result.stdout) == ("", "ledger 5\n")

    @pytest.mark.parametrize(
        ("given", "minutes"), [({}, 1440), ({"STORE_PAYMENT_TIMEOUT": "0"}, 0)]
    )
    def test_are_waited_for_a_day_unless_another_time_is_given(
        self, start: Start, given: dict[str, str], minutes: int
    ) -> None:
        gateway = {"PAYMENT_GATEWAY": self.LEDGER, "PAYMENT_WEBHOOK_SECRET": self.SECRET, **given}
        assert (
            json.loads(start("prod", "STORE_PAYMENT_TIMEOUT", **PRODUCTION, **gateway).stdout)
            == minutes
        )

    @pytest.mark.parametrize("secret", [{}, {"PAYMENT_WEBHOOK_SECRET": "whsec_of_15_cha"}])
    def test_a_secret_that_can_be_guessed_stops_the_start(
        self, start: Start, secret: dict[str, str]
    ) -> None:
        result = start("prod", **PRODUCTION, PAYMENT_GATEWAY=self.LEDGER, **secret)
        assert result.returncode == 1
        assert result.stderr.splitlines()[-1].endswith(
            'Environment variable "PAYMENT_WEBHOOK_SECRET" invalid: Shorter than minimum length 16.'
        )

    @pytest.mark.parametrize(
        ("gateway", "options", "variable", "reason"),
        [
            (DEVELOPMENT, "{}", "PAYMENT_GATEWAY", "This gateway takes no money."),
            ("Stripe", "{}", "PAYMENT_GATEWAY", "doesn't look like a module path"),
            ("shop.Stripe", "{}", "PAYMENT_GATEWAY", "No module named 'shop'"),
            ("store.gateways.Stripe", "{}", "PAYMENT_GATEWAY", 'does not define a "Stripe"'),
            ("store.models.Payment", "{}", "PAYMENT_GATEWAY", "is no Gateway."),
            ("store.gateways.payment_gateway", "{}", "PAYMENT_GATEWAY", "is no Gateway."),
            ("store.gateways.Gateway", "{}", "PAYMENT_GATEWAY", "abstract"),
            (LEDGER, "{}", "PAYMENT_GATEWAY_OPTIONS", "'ledger'"),
            (LEDGER, '{"ledger": 1, "key": 2}', "PAYMENT_GATEWAY_OPTIONS", "'key'"),
        ],
    )
    def test_what_makes_no_gateway_stops_the_start(
        self, gateway: str, options: str, variable: str, reason: str
    ) -> None:
        result = self.begin(
            PAYMENT_GATEWAY=gateway,
            PAYMENT_WEBHOOK_SECRET=self.SECRET,
            PAYMENT_GATEWAY_OPTIONS=options,
        )
        assert result.returncode == 1
        last = result.stderr.splitlines()[-1]
        assert f'Environment variable "{variable}" invalid: ' in last
        assert reason in last

    def test_a_developer_has_the_development_gateway(self, start: Start) -> None:
        show = "[STORE_PAYMENT_GATEWAY, STORE_PAYMENT_WEBHOOK_SECRET == SECRET_KEY]"
        assert json.loads(start("dev", show).stdout) == [self.DEVELOPMENT, True]
