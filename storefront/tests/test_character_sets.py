"""A database of MariaDB whose character set lacks the emoji."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from model_bakery import baker
from rest_framework.test import APIClient

from store.models import Product
from storefront.character_sets import character_refused, check_character_sets
from tags.models import Tag

REFUSED = (
    "The database of this shop cannot store a character of this text, such as an emoji; "
    "nothing was changed."
)
CONVERT = "ALTER TABLE `tags_tag` CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"


@pytest.fixture
def _narrow_tags(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tags_tag CONVERT TO CHARACTER SET utf8mb3")
        yield
        cursor.execute(CONVERT)


@pytest.mark.django_db
def test_a_whole_database_is_not_warned_of() -> None:
    assert check_character_sets(databases=["default"]) == []


def test_other_errors_of_the_same_code_are_no_characters() -> None:
    assert character_refused(OperationalError(1366, "Incorrect integer value: 'x'")) is None
    assert character_refused(OperationalError(2006, "Server has gone away")) is None


@pytest.mark.mariadb
@pytest.mark.usefixtures("_narrow_tags")
class TestNarrow:
    def test_migrate_names_the_columns_and_what_converts_them(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command("migrate", verbosity=0, skip_checks=False)
        warning = capsys.readouterr().err
        assert "table tags_tag (label: utf8mb3, label_key: utf8mb3)." in warning
        assert CONVERT in warning

    @pytest.mark.parametrize(("method", "path"), [("post", "/tags/"), ("get", "/store/products/")])
    def test_a_text_that_is_not_storable_is_a_bad_request(
        self, api_client: APIClient, admin_user: Any, method: str, path: str
    ) -> None:
        api_client.force_authenticate(admin_user)
        response = getattr(api_client, method)(path, {"label": "🎁", "tag": "🎁"})
        assert response.status_code == 400
        assert response.json() == {"detail": REFUSED, "code": "character_refused"}
        assert not Tag.objects.exists()

    def test_the_admin_shows_the_form_again(self, admin_client: Any) -> None:
        page = admin_client.post("/admin/tags/tag/add/", {"label": "🎁"})
        assert page.status_code == 200
        assert [REFUSED] in page.context["errors"]
        assert "🎁" in page.content.decode()
        assert not Tag.objects.exists()

    def test_a_page_says_so(self, admin_client: Any) -> None:
        admin_client.raise_request_exception = False
        page = admin_client.get("/admin/tags/tag/", {"q": "🎁"}, headers={"accept": "text/html"})
        assert page.status_code == 400
        assert REFUSED in page.content.decode()


@pytest.mark.mariadb
@pytest.mark.django_db(transaction=True)
def test_what_converts_a_table_leaves_exact_texts_exact() -> None:
    skus = {"TP-1", "tp-1", "tp-1 ", "🎁", "🎉", None}
    for sku in skus:
        baker.make(Product, sku=sku)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE store_product MODIFY slug varchar(255) CHARACTER SET utf8mb3 NOT NULL"
        )
        (warning,) = check_character_sets(databases=["default"])
        before = columns_of_products(cursor)
        for statement in warning.hint.splitlines()[1:]:
            cursor.execute(statement)
        after = columns_of_products(cursor)

    assert {*Product.objects.values_list("sku", flat=True)} == skus
    assert after == before | {"slug": after["title"]}
    assert check_character_sets(databases=["default"]) == []


def columns_of_products(cursor: Any) -> dict[str, str]:
    cursor.execute(
        "SELECT column_name, collation_name FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND table_name = 'store_product'"
    )
    return dict(cursor.fetchall())
