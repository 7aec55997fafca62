"""save() writes what was assigned, whoever calls it, and never a whole stored row."""

import copy
import pickle
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from store.models import Collection, Customer, Product, ProductImage
from storefront.models import PartialUpdateModel

pytestmark = pytest.mark.django_db


def pickled(row):
    return pickle.loads(pickle.dumps(row))


OURS = {"storefront", "core", "outbox", "store", "tags", "likes", "store_custom", "webhooks"}


@pytest.fixture
def pair():
    """One product as two people have read it."""
    product = baker.make(Product, title="Teapot", slug="teapot", inventory=5)
    return Product.objects.get(pk=product.pk), Product.objects.get(pk=product.pk)


def test_every_model_of_the_project_saves_what_was_assigned():
    models = [model for model in apps.get_models() if model._meta.app_label in OURS]

    assert len(models) > 20
    assert [m for m in models if not issubclass(m, PartialUpdateModel)] == []


def test_two_people_change_two_fields(pair):
    first, second = pair
    first.title, second.slug = "Blue teapot", "blue"

    first.save()
    second.save()

    stored = Product.objects.get()
    assert (stored.title, stored.slug, stored.inventory) == ("Blue teapot", "blue", 5)


def test_a_value_assigned_again_is_written_again(pair):
    first, second = pair
    first.inventory = 7
    first.save()

    second.inventory = 5
    second.save()

    assert Product.objects.get().inventory == 5


def test_nothing_assigned_is_nothing_written(pair):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        pair[0].save()

    assert len(queries) == 0


def test_a_related_row_counts_as_its_column(pair):
    first, second = pair
    first.collection = baker.make(Collection)
    first.save()

    second.title = "Blue teapot"
    second.save()

    assert Product.objects.get().collection == first.collection


def test_a_change_brings_the_time_of_the_change(pair):
    first, _ = pair
    Product.objects.update(last_update=first.last_update - timedelta(days=1))
    first.title = "Blue teapot"
    first.save()

    assert Product.objects.get().last_update > first.last_update - timedelta(hours=1)


def test_a_second_save_leaves_the_fields_of_the_first_alone(pair):
    first, second = pair
    first.title = "Blue teapot"
    first.save()
    second.title = "Red teapot"
    second.save()

    first.slug = "blue"
    first.save()

    assert Product.objects.get().title == "Red teapot"


def test_what_was_read_again_is_not_written(pair):
    first, second = pair
    first.title, first.slug = "Blue teapot", "blue"
    first.refresh_from_db(fields=["title"])
    second.title = "Red teapot"
    second.save()

    first.save()

    stored = Product.objects.get()
    assert (stored.title, stored.slug) == ("Red teapot", "blue")


def test_a_deferred_field_is_no_assignment(pair):
    first = Product.objects.only("slug").get()
    assert first.title == "Teapot"
    pair[1].title = "Red teapot"
    pair[1].save()

    first.slug = "blue"
    first.save()

    assert Product.objects.get().title == "Red teapot"


def test_a_row_that_is_gone_is_not_inserted_again(pair):
    first, second = pair
    second.delete()
    first.title = "Blue teapot"

    with pytest.raises(Product.DoesNotExist):
        first.save()

    assert not Product.objects.exists()


def test_a_copy_under_another_key_is_a_whole_row(pair):
    first, _ = pair
    first.pk = None
    first.save()

    assert Product.objects.filter(title="Teapot", inventory=5).count() == 2


def test_a_file_is_renamed_as_django_documents_it(pair):
    image = ProductImage.objects.create(product=pair[0], image="store/images/a.png")
    read = ProductImage.objects.get(pk=image.pk)
    read.image.name = "store/images/b.png"
    read.save()

    assert ProductImage.objects.get().image.name == "store/images/b.png"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_knows_what_was_assigned_and_no_more(pair, duplicate):
    first, _ = pair
    first.title = "Blue teapot"
    copied = duplicate(first)
    first.slug = "blue"

    copied.save()

    stored = Product.objects.get()
    assert (stored.title, stored.slug) == ("Blue teapot", "teapot")


def test_a_user_is_no_exception(django_user_model):
    user = django_user_model.objects.create_user("ann", "ann@example.com", "a-Str0ng-one")
    stale = django_user_model.objects.get()
    user.set_password("an0ther-Strong-one")
    user.save()

    stale.first_name = "Ann"
    stale.save()

    stored = django_user_model.objects.get()
    assert stored.check_password("an0ther-Strong-one")
    assert Customer.objects.get().user == stored


def test_a_receiver_may_assign_before_the_save(pair):
    def lower(instance, **kwargs):
        instance.slug = instance.title.lower()

    pre_save.connect(lower, sender=Product)
    try:
        pair[0].title = "BLUE"
        pair[0].save()
    finally:
        pre_save.disconnect(lower, sender=Product)

    assert Product.objects.get().slug == "blue"


def test_receivers_hear_of_every_save(pair):
    heard = []

    def hear(instance, created, **kwargs):
        heard.append((instance.pk, created))

    post_save.connect(hear, sender=Product)
    try:
        pair[0].save()
    finally:
        post_save.disconnect(hear, sender=Product)

    assert heard == [(pair[0].pk, False)]
