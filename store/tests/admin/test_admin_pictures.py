"""The pictures on the page of a product in the admin."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains

from store.models import Product, ProductImage

from ..picture_files import encoded
from .forms import errors_in, inline, product_form

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def file() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.png", encoded("PNG"))


def new(**others: Any) -> dict[str, Any]:
    return {"image": file(), "alt": "", "position": "", **others}


def row(image: ProductImage, **changes: Any) -> dict[str, Any]:
    """Return what a browser sends of a stored picture, with what the page has shown."""
    shown = {"initial-alt": image.alt, "initial-position": image.position}
    stored = {"alt": image.alt, "position": image.position}
    return {"id": image.pk, "product": image.product_id, **shown, **stored, **changes}


@pytest.fixture
def save(admin_client: Any, product: Product) -> Any:
    def save(*rows: dict[str, Any]) -> Any:
        initial = sum("id" in row for row in rows)
        form = product_form(product, **inline("images", [*rows], initial=initial))
        # Django names the hidden values of an inline after the prefix.
        form = {initially(name): value for name, value in form.items()}
        return admin_client.post(f"/admin/store/product/{product.pk}/change/", form)

    return save


def initially(name: str) -> str:
    prefix, _, field = name.partition("-initial-")
    return f"initial-{prefix}-{field}" if field else name


@pytest.fixture
def image(product: Product) -> ProductImage:
    return ProductImage.objects.create(product=product, image="store/images/a.png", alt="Old")


def shown(product: Product) -> list[tuple[str, int]]:
    return [(image.alt, image.position) for image in product.images.all()]


def test_one_is_refused_and_the_other_asked_for_again(save: Any, product: Product) -> None:
    page = save(new(alt="x" * 256), new(alt="Second"))

    assert errors_in(page) == [
        "Ensure this value has at most 255 characters (it has 256).",
        "Nothing was saved yet: choose “a.png” again.",
        "Nothing was saved yet: choose “a.png” again.",
    ]
    assertContains(page, 'value="Second"')
    assert shown(product) == []


@pytest.mark.parametrize(
    ("position", "error"),
    [
        ("-1", "Ensure this value is greater than or equal to 0."),
        ("1000001", "Ensure this value is less than or equal to 1000000."),
        ("first", "Enter a whole number."),
    ],
)
def test_a_place_out_of_bounds_is_refused(
    save: Any, product: Product, image: ProductImage, position: str, error: str
) -> None:
    assert errors_in(save(row(image, position=position, alt="New"))) == [error]
    assert shown(product) == [("Old", 0)]


def test_a_text_without_a_picture_is_not_lost(save: Any, product: Product) -> None:
    page = save({"alt": "A teapot", "position": ""})

    assert errors_in(page) == ["This field is required."]
    assertContains(page, 'value="A teapot"')


def test_several_are_added_at_once_in_their_order(
    save: Any, product: Product, image: ProductImage
) -> None:
    response = save(
        row(image, alt="Changed"), new(alt="b"), new(alt="c"), new(alt="first", position="0")
    )

    assert response.status_code == 302
    assert shown(product) == [("Changed", 0), ("first", 0), ("b", 1), ("c", 2)]
    assert product.images.first() == image


def test_what_somebody_else_changed_meanwhile_is_kept(
    save: Any, product: Product, image: ProductImage
) -> None:
    ProductImage.objects.update(alt="Theirs", sizes="160x80 160x80 160x80 160x80")

    assert save(row(image, position="4")).status_code == 302

    assert shown(product) == [("Theirs", 4)]
    assert ProductImage.objects.get().sizes == "160x80 160x80 160x80 160x80"


def test_an_emptied_place_is_the_last(save: Any, product: Product, image: ProductImage) -> None:
    ProductImage.objects.create(product=product, image="b.png", alt="Second")
    second = product.images.get(alt="Second")

    assert save(row(image, position=""), row(second)).status_code == 302

    assert [alt for alt, _ in shown(product)] == ["Second", "Old"]


def test_a_stored_file_is_shown_small_and_never_replaced(
    admin_client: Any, save: Any, product: Product, image: ProductImage
) -> None:
    ProductImage.objects.update(sizes="160x80 160x80 160x80 160x80")

    save(row(image) | {"image": file()})

    page = admin_client.get(f"/admin/store/product/{product.pk}/change/")
    url = "/media/store/images/sizes/a.png.thumbnail.webp"
    assertContains(page, f'<img class="thumbnail" src="{url}" alt="Old" loading="lazy">')
    assertContains(page, '<a href="/media/store/images/a.png">a.png</a>', html=True)
    assert product.images.get().image.name == "store/images/a.png"


def test_the_page_costs_no_more_for_thirty(admin_client: Any, product: Product) -> None:
    costs = []
    for number in (1, 29):
        for _ in range(number):
            ProductImage.objects.create(product=product, image="store/images/a.png")
        with CaptureQueriesContext(connection) as queries:
            page = admin_client.get(f"/admin/store/product/{product.pk}/change/")
        costs.append(len(queries))

    assertContains(page, 'class="thumbnail"', count=30)
    assert costs[0] == costs[1]
