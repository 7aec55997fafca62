"""What the database refuses is told on the page; what was typed stays, and nothing is changed."""

from contextlib import contextmanager

import pytest
from django.db import DataError, connection

from store.models import Product
from store.tests.admin.forms import errors_in, inline, messages_in, product_form

pytestmark = pytest.mark.django_db

LIST = "/admin/store/product/"
REFUSED = "The database refused a value that is out of range or too long; nothing was changed."


@contextmanager
def refusing(statement):
    """Let the database refuse a value of each such statement on products."""

    def execute(run, sql, params, many, context):
        if sql.startswith(f"{statement} ") and "store_product" in sql:
            raise DataError("out of range")
        return run(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield


def test_a_form_is_shown_again(admin_client, product):
    form = product_form(product, title="Samovar")

    with refusing("UPDATE"):
        page = admin_client.post(f"{LIST}{product.pk}/change/", form)

    assert errors_in(page) == [REFUSED]
    assert 'value="Samovar"' in page.content.decode()
    assert Product.objects.get().title == "Teapot"


@pytest.mark.parametrize(
    ("statement", "form"),
    [("UPDATE", {"_save": "Save"}), ("DELETE", {"action": "delete_selected", "post": "yes"})],
)
def test_a_list_says_so(admin_client, product, statement, form):
    rows = inline("form", [{"id": product.pk, "unit_price": "12.50"}], initial=1)
    form |= {"_selected_action": [product.pk], **rows}

    with refusing(statement):
        page = admin_client.post(LIST, form, follow=True)

    assert messages_in(page) == [REFUSED]
    stored = Product.objects.get()
    assert (stored.unit_price, stored.inventory) == (10, 10)
