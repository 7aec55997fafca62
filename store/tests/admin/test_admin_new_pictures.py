"""Several pictures at once: one by one beside the open page of a product, or with its form."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile

from store.models import Product, ProductImage

from ..picture_files import encoded
from .forms import errors_in, messages_in, product_form

pytestmark = [pytest.mark.once, pytest.mark.django_db]

LIST = "/admin/store/product/"
NO_PICTURE = "Upload a JPEG, PNG, WebP, GIF, AVIF or BMP picture."


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def file(name: str = "a.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded("PNG") if content is None else content)


def change_url(product: Product) -> str:
    return f"{LIST}{product.pk}/change/"


def add_url(product: Product) -> str:
    return f"{LIST}{product.pk}/pictures/"


class TestBesideThePage:
    @pytest.mark.parametrize(
        ("sent", "error"),
        [
            ({"image": file("a.txt", b"Hello.")}, NO_PICTURE),
            ({"image": file("a.png", b"x" * 512_001)}, "Files cannot be larger than 500KB!"),
            ({"image": file("a.png", b"")}, "The submitted file is empty."),
            ({}, "This field is required."),
            (
                {"image": file(), "alt": "x" * 256},
                "Ensure this value has at most 255 characters (it has 256).",
            ),
        ],
    )
    def test_refuses(self, admin_client: Any, product: Product, sent: Any, error: str) -> None:
        response = admin_client.post(add_url(product), sent)

        assert (response.status_code, response.json()) == (400, {"errors": [error]})
        assert not ProductImage.objects.exists()

    def test_of_a_product_that_went_says_so(self, admin_client: Any, product: Product) -> None:
        response = admin_client.post(f"{LIST}{product.pk + 1}/pictures/", {"image": file()})

        assert response.status_code == 404
        assert response.json() == {"errors": ["The product is no longer there."]}

    def test_needs_both_rights(self, make_clerk: Any, product: Product) -> None:
        for number, rights in enumerate([["change_product"], ["add_productimage"]]):
            client = make_clerk(*rights, username=f"clerk{number}")
            assert client.post(add_url(product), {"image": file()}).status_code == 403
        assert not ProductImage.objects.exists()

    def test_asks_nobody_who_only_looks_at_it(self, admin_client: Any, product: Product) -> None:
        assert admin_client.get(add_url(product)).status_code == 405

    def test_adds_one_behind_the_others(self, make_clerk: Any, product: Product) -> None:
        ProductImage.objects.create(product=product, image="a.png", position=4)
        client = make_clerk("view_product", "add_productimage")

        response = client.post(add_url(product), {"image": file(), "alt": "A pot"})

        added = ProductImage.objects.get(alt="A pot")
        assert (response.status_code, response.json()) == (201, {"id": added.pk})
        assert (added.product, added.position, added.width) == (product, 5, 24)
        assert LogEntry.objects.get().get_change_message() == "Added picture “a.png”."

    def test_adds_once_what_is_sent_again(self, admin_client: Any, product: Product) -> None:
        def send(token: str) -> int:
            sent = {"image": file(), "_submission": token}
            return admin_client.post(add_url(product), sent).json()["id"]

        assert send("first") == send("first") != send("second")
        assert product.images.count() == 2


class TestWithTheForm:
    @pytest.fixture
    def save(self, admin_client: Any, product: Product) -> Any:
        def save(*files: Any, **changes: Any) -> Any:
            sent = {**product_form(product, **changes), "new_pictures": [*files]}
            return admin_client.post(change_url(product), sent, follow=True)

        return save

    def test_a_refused_one_keeps_none_of_the_others_away(self, save: Any, product: Product) -> None:
        page = save(file("a.png"), file("b.txt", b"Hello."), file("c.png"), title="Big pot")

        assert messages_in(page)[0] == f"“b.txt” was not added: {NO_PICTURE}"
        assert [image.position for image in product.images.all()] == [0, 1]
        assert Product.objects.get().title == "Big pot"
        logged = LogEntry.objects.get().get_change_message()
        assert logged.endswith("Added picture “a.png”. Added picture “c.png”.")

    def test_a_refused_form_names_those_to_choose_again(self, save: Any, product: Product) -> None:
        page = save(file("a.png"), file("b.png"), unit_price="-1")

        assert len(errors_in(page)) == 1
        assert messages_in(page) == ["Nothing was saved yet: choose “a.png”, “b.png” again."]
        assert not product.images.exists()

    def test_of_a_form_sent_twice_are_added_once(self, save: Any, product: Product) -> None:
        for _ in range(2):
            save(file("a.png"), file("a.png"), _submission="token")

        assert product.images.count() == 2

    def test_come_with_a_new_product(self, admin_client: Any, product: Product) -> None:
        form = product_form(product, title="Jug", slug="jug")

        admin_client.post(f"{LIST}add/", {**form, "new_pictures": [file(), file()]})

        assert Product.objects.get(title="Jug").images.count() == 2


def test_the_upload_page_makes_photos_smaller_alike(settings: Any) -> None:
    copies = ["client/photos.js", "store/static/store/admin/photos.js"]

    assert len({(settings.BASE_DIR / copy).read_text() for copy in copies}) == 1
