"""Random walks through the shop: whatever happens in whatever order, its books agree."""

from time import perf_counter

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.stateful import run_state_machine_as_test

from store.services import order_status

from .machines import Shop

# Walks, and steps of each.
PROFILES = {"reduced": (10, 30), "full": (150, 50)}
ALWAYS = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    # To shorten a walk that failed would repeat it for minutes.
    "phases": [Phase.generate],
}

pytestmark = pytest.mark.faults


@pytest.fixture
def walk(pytestconfig, make_product, django_user_model, tmp_path):
    """Take random walks and return what they came to, in figures."""
    for _ in range(3):
        make_product()
    for name in ("ann", "bob"):
        django_user_model.objects.create_user(name, f"{name}@example.com", "a-Str0ng-one")
    django_user_model.objects.create_superuser("sue", "sue@example.com", "a-Str0ng-one")
    set_hypothesis_home_dir(tmp_path)
    Shop.statuses.clear()
    Shop.placed.clear()

    def walk():
        walks, steps = PROFILES[pytestconfig.getoption("--faults")]
        rules = {"max_examples": walks, "stateful_step_count": steps}
        run_state_machine_as_test(Shop, settings=settings(**rules, **ALWAYS))
        responses = Shop.statuses
        errors = sum(number for status, number in responses.items() if status >= 500)
        refusals = sum(number for status, number in responses.items() if 400 <= status < 500)
        return (
            f"{walks} random walks of {steps} steps, the books checked after each: "
            f"{responses.total()} attempts, {Shop.placed['orders']} orders, {refusals} refusals, "
            f"{errors} errors"
        )

    return walk


def test_the_books_agree_after_every_step(walk, report_figures):
    started = perf_counter()

    figures = walk()

    report_figures(f"{connection.vendor}: {figures}, {perf_counter() - started:.1f} s")


def test_a_shop_that_returns_no_stock_is_caught(walk, monkeypatch):
    """A test of the test."""
    monkeypatch.setattr(order_status, "return_stock", lambda order: None)

    with pytest.raises(AssertionError):
        walk()
