"""The shop and its admin work without the glue to tags and likes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

SETTINGS = """
from storefront.settings.test import *

INSTALLED_APPS.remove("store_custom")
"""

SCRIPT = """
import django

django.setup()

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


@pytest.fixture
def run(tmp_path):
    """Run Python in a process of its own, on an empty database and without store_custom."""
    (tmp_path / "without_glue.py").write_text(SETTINGS)
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "without_glue",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(settings.BASE_DIR)]),
    }

    def run(*arguments: str) -> None:
        command = [sys.executable, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr

    return run


def test_the_shop_works_without_store_custom(run):
    manage = str(Path(settings.BASE_DIR, "manage.py"))

    run(manage, "check")
    run(manage, "migrate", "--verbosity", "0")
    run(manage, "makemigrations", "--check", "--dry-run")
    run("-c", SCRIPT)
