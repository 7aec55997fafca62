"""The shop and its admin work without the glue to tags and likes."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

SETTINGS = """
from storefront.settings.test import *

INSTALLED_APPS.remove("store_custom")
"""

SCRIPT = """
import django

django.setup()

from django.core.management import call_command

call_command("check")
call_command("migrate", verbosity=0)
call_command("makemigrations", check_changes=True, dry_run=True)

from django.contrib.auth import get_user_model
from django.test import Client

from store.models import Collection, Product

collection = Collection.objects.create(title="Kitchen")
product = Product.objects.create(
    title="Teapot", slug="teapot", unit_price=9, inventory=3, collection=collection
)
client = Client()
client.force_login(get_user_model().objects.create_superuser("boss", "boss@example.com"))


def get(path):
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response


assert get("/store/products/").json()["count"] == 1
assert get("/store/products/?tag=gift").json()["count"] == 1
assert b"Teapot" in get("/admin/store/product/").content
form = get(f"/admin/store/product/{product.pk}/change/").content
assert b'name="title"' in form
assert b"tag" not in form.partition(b'id="product_form"')[2].lower()
get("/admin/tags/tag/")
client.post(f"/admin/store/product/{product.pk}/delete/", {"post": "yes"})
assert not Product.objects.exists()
"""


@pytest.mark.once
@pytest.mark.django_db
def test_the_shop_works_without_store_custom(tmp_path, migrated_database):
    """In a process of its own."""
    shutil.copy(migrated_database, tmp_path / "shop.sqlite3")
    (tmp_path / "without_glue.py").write_text(SETTINGS)
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "without_glue",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(settings.BASE_DIR)]),
    }
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
