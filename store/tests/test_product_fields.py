"""No field of a product is forgotten where it is shown, edited, searched or refused."""

from django.contrib import admin
from django.db import models

from store.models import Product
from store.models.searching import SEARCHED_TEXTS
from store.serializers import StaffProductSerializer
from storefront.unique_keys.serializers import UniqueFieldsSerializer

# Fields that are left out on purpose.
NOT_IN_API = {"promotions"}
NOT_IN_FORM = {"id", "last_update"}
NOT_SEARCHED = {"slug"}
COLUMNS = {field.name: field for field in Product._meta.concrete_fields}
FIELDS = {*COLUMNS, *(field.name for field in Product._meta.many_to_many)}


def test_api_shows_every_field():
    assert FIELDS - {*StaffProductSerializer().fields} == NOT_IN_API


def test_admin_edits_every_field():
    assert FIELDS - {*admin.site.get_model_admin(Product).fields} == NOT_IN_FORM


def test_search_looks_into_every_text():
    kinds = (models.CharField, models.TextField)
    texts = {name for name, field in COLUMNS.items() if isinstance(field, kinds)}
    assert texts - {*SEARCHED_TEXTS} == NOT_SEARCHED


def test_api_names_a_unique_field_that_is_taken_meanwhile():
    unique = {name for name, field in COLUMNS.items() if field.unique and not field.primary_key}
    assert not unique or issubclass(StaffProductSerializer, UniqueFieldsSerializer)
