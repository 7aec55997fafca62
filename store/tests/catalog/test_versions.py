"""Which scopes a write invalidates, whatever it writes through."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models import ProtectedError

from store.models import Collection, Product, ProductImage, Promotion, Review, Version
from store.models.versions import (
    ASSORTMENT,
    CATALOG,
    Versioned,
    VersionedQuerySet,
    invalidate_catalog,
)
from store_custom.models import PromotedTag

from .changes import kitchen, order, save, teapot

pytestmark = pytest.mark.django_db


class TestVersions:
    @pytest.mark.parametrize(
        ("change", "invalidated"),
        [
            (lambda: save(title="Kettle"), {CATALOG}),
            (lambda: save(collection=kitchen()), {ASSORTMENT, CATALOG}),
            (lambda: Product.objects.update(unit_price=5), {CATALOG}),
            (lambda: Product.objects.update(collection=kitchen()), {ASSORTMENT, CATALOG}),
            (lambda: Product.objects.update(collection_id=kitchen().pk), {ASSORTMENT, CATALOG}),
            (lambda: Product.objects.update(inventory=5), set()),
            (lambda: Product(pk=teapot().pk, inventory=1).save(update_fields=["inventory"]), set()),
            (lambda: Promotion.objects.update(description="x"), {CATALOG}),
            (invalidate_catalog, {ASSORTMENT, CATALOG}),
            (lambda: call_command("invalidate_catalog"), {ASSORTMENT, CATALOG}),
            # Its earlier name.
            (lambda: call_command("renew_catalog"), {ASSORTMENT, CATALOG}),
            (order, set()),
        ],
    )
    def test_a_write_invalidates_what_it_changes(self, shelf, change, invalidated):
        scopes = {ASSORTMENT, CATALOG}
        before = {scope: Version.objects.current(scope) for scope in scopes}

        change()

        now = {scope: Version.objects.current(scope) for scope in scopes}
        assert {scope for scope in scopes if now[scope] != before[scope]} == invalidated

    def test_a_refused_write_invalidates_nothing(self, shelf):
        order()
        before = Version.objects.current(ASSORTMENT, CATALOG)

        with transaction.atomic(), pytest.raises(ProtectedError):
            teapot().delete()

        assert Version.objects.current(ASSORTMENT, CATALOG) == before
        assert teapot().pk == shelf.pk

    def test_every_model_of_the_catalogue_writes_through_a_versioned_queryset(self):
        models = [model for model in apps.get_models() if issubclass(model, Versioned)]

        assert {Collection, Product, ProductImage, Promotion, PromotedTag, Review} == {*models}
        for model in models:
            for manager in (model._base_manager, model._default_manager):
                assert isinstance(manager.all(), VersionedQuerySet)
