"""Pictures are stored without their metadata, however they are uploaded, and look as before."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient

from store.cache_versions import catalog_version
from store.models import Product, ProductImage
from store.pictures import png
from store.pictures.formats import FORMATS, accepted_titles
from store.pictures.metadata import strip_metadata
from store.services import pictures
from store.tests.admin.forms import inline, product_form
from store.tests.picture_files import SECRET, encoded, secretive, shown
from storefront.storage.media import picture_type

pytestmark = pytest.mark.django_db
FILES = secretive()
FOLDER = "store/images"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def upload(api_client: APIClient, authenticate: Any, product: Product) -> Any:
    authenticate(is_staff=True)
    url = f"/store/products/{product.pk}/images/"
    return lambda content: api_client.post(url, {"image": SimpleUploadedFile("x", content)})


def read(client: Client, address: str) -> bytes:
    response: Any = client.get(address)
    assert response["Content-Type"] == picture_type(address)
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("name", FILES)
def test_a_visitor_gets_the_picture_and_nothing_else(
    upload: Any, client: Client, name: str
) -> None:
    address = upload(FILES[name]).json()["image"]

    content = read(client, address)

    assert address.endswith(f".{name.split()[0]}")
    assert SECRET not in content
    assert shown(content) == shown(FILES[name])
    assert strip_metadata(content).content == content


def test_other_doors_store_nothing_more(client: Client, admin_user: Any, product: Product) -> None:
    made = ProductImage.objects.create(
        product=product, image=SimpleUploadedFile("a.jpg", FILES["jpg"])
    )
    client.force_login(admin_user)
    rows = [{"image": SimpleUploadedFile("a.png", FILES["png"])}]
    form = product_form(product, **inline("images", rows))
    client.post(f"/admin/store/product/{product.pk}/change/", form)

    added = ProductImage.objects.exclude(pk=made.pk).get()
    for image, name in ((made, "jpg"), (added, "png")):
        assert SECRET not in Path(image.image.path).read_bytes()
        assert image.image.name.endswith(f".{name}")


def test_the_admin_judges_a_picture_as_the_api_does(
    client: Client, admin_user: Any, product: Product
) -> None:
    client.force_login(admin_user)
    url = f"/admin/store/product/{product.pk}/change/"
    good, bad = FILES["avif"], encoded("TIFF")

    for content in (good, bad):
        rows = [{"image": SimpleUploadedFile("no-ending", content)}]
        response = client.post(url, product_form(product, **inline("images", rows)))

    assert ProductImage.objects.get().image.name.endswith(".avif")
    assert "Upload a JPEG, PNG, WebP, GIF, AVIF or BMP picture." in response.content.decode()
    assert 'accept="image/jpeg,' in client.get(url).content.decode()


def test_what_is_no_picture_is_stored_by_no_door(product: Product, media: Path) -> None:
    with pytest.raises(ValidationError, match="Upload a JPEG"), transaction.atomic():
        ProductImage.objects.create(product=product, image=SimpleUploadedFile("a.jpg", b"<b>"))

    assert not ProductImage.objects.exists()
    assert [*media.iterdir()] == []


@pytest.mark.parametrize(
    ("side", "frames"), [(3000, 12), (1, 10_001)], ids=["large frames", "many frames"]
)
def test_an_animation_that_unpacks_to_too_much_is_refused(
    upload: Any, media: Path, side: int, frames: int
) -> None:
    size = side.to_bytes(2, "little") * 2
    control = b"!\xf9\x04\0\x05\0\0\0"
    frame = control + b",\0\0\0\0" + size[:4].replace(size, b"\x01\0" * 2) + b"\0\x02\x02\x44\x01\0"
    content = b"GIF89a" + size + b"\x80\0\0" + b"\0\0\0\xff\xff\xff" + frame * frames + b";"
    assert len(content) < 500 * 1024

    response = upload(content)

    assert response.status_code == 400
    assert [*media.iterdir()] == []


@pytest.mark.parametrize("oddity", ["no end", "more than pixels"])
def test_a_file_that_is_built_oddly_is_encoded_again(oddity: str) -> None:
    # Pillow and browsers insist on neither.
    head, _, _ = FILES["png"].partition(b"\0\0\0\0IEND")
    content = (
        head if oddity == "no end" else head + png.chunk(b"IDAT", SECRET) + png.chunk(b"IEND", b"")
    )

    stripped = strip_metadata(content)

    assert SECRET not in stripped.content
    assert shown(stripped.content) == shown(content)


def test_an_avif_file_hides_nothing_between_its_parts() -> None:
    pixels = encoded("AVIF")
    # In the box of the pixels, behind them.
    head, mdat, rest = pixels.rpartition(b"mdat")
    content = head + mdat + rest + SECRET
    size = int.from_bytes(head[-4:]) + len(SECRET)
    content = content.replace(head[-4:] + mdat, size.to_bytes(4) + mdat)

    stripped = strip_metadata(content)

    assert SECRET not in stripped.content
    assert shown(stripped.content) == shown(pixels)


class TestStoredPictures:
    """manage.py strip_image_metadata."""

    @pytest.fixture
    def stored(self, product: Product, media: Path) -> dict[str, ProductImage]:
        contents = {
            "a.jpg": FILES["jpg"],
            "b.png": FILES["png animated"],
            "broken.jpg": b"\xff\xd8 no picture",
            "clean.gif": encoded("GIF"),
        }
        for name, content in contents.items():
            (media / name).write_bytes(content)
        names = [*contents, "gone.jpg", "../../../secret.jpg"]
        rows = {
            name: ProductImage.objects.create(product=product, image=f"{FOLDER}/{name}")
            for name in names
        }
        rows["again"] = ProductImage.objects.create(product=product, image=f"{FOLDER}/a.jpg")
        return rows

    def test_are_stripped_and_the_others_named(
        self,
        stored: dict[str, ProductImage],
        media: Path,
        client: Client,
        capsys: Any,
        monkeypatch: Any,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        monkeypatch.setattr(pictures, "BATCH", 2)
        before = catalog_version()

        with django_capture_on_commit_callbacks(execute=True):
            call_command("strip_image_metadata")

        output = capsys.readouterr()
        assert output.out == "Pictures stripped: 2, clean before: 1, left as they are: 3.\n"
        assert len(output.err.splitlines()) == 3
        for name in ("broken.jpg", "gone.jpg", "../../../secret.jpg"):
            assert f"{FOLDER}/{name}: " in output.err
        assert catalog_version() != before
        names = {
            name: ProductImage.objects.get(pk=row.pk).image.name for name, row in stored.items()
        }
        assert names["a.jpg"] == names["again"]
        assert names["clean.gif"] == f"{FOLDER}/clean.gif"
        assert {path.name for path in media.iterdir()} == {
            *("broken.jpg", "clean.gif", "sizes"),
            *(Path(names[name]).name for name in ("a.jpg", "b.png")),
        }
        assert shown(read(client, f"/media/{names['a.jpg']}")) == shown(FILES["jpg"])
        files = [path for path in media.rglob("*") if path.is_file()]
        assert not any(SECRET in path.read_bytes() for path in files)
        # Of each that got another name, the thumbnail in both formats; the others are no larger.
        assert len([path for path in files if path.parent.name == "sizes"]) == 4

        call_command("strip_image_metadata")
        assert capsys.readouterr().out.startswith("Pictures stripped: 0, clean before: 3")

    def test_stay_where_the_old_file_cannot_be_removed(
        self,
        product: Product,
        media: Path,
        capsys: Any,
        monkeypatch: Any,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        (media / "a.jpg").write_bytes(FILES["jpg"])
        image = ProductImage.objects.create(product=product, image=f"{FOLDER}/a.jpg")

        def refuse(name: str) -> None:
            raise PermissionError(f"{name} stays")

        monkeypatch.setattr(default_storage, "delete", refuse)
        with pytest.raises(PermissionError), django_capture_on_commit_callbacks(execute=True):
            call_command("strip_image_metadata")

        image.refresh_from_db()
        assert SECRET not in Path(image.image.path).read_bytes()

    def test_leave_no_copy_where_the_row_went_meanwhile(
        self,
        stored: dict[str, ProductImage],
        media: Path,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        ProductImage.objects.filter(image=f"{FOLDER}/b.png").update(image=f"{FOLDER}/clean.gif")
        before = sorted(media.iterdir())

        with django_capture_on_commit_callbacks(execute=True):
            assert not pictures.strip_stored_picture(name=f"{FOLDER}/b.png")

        assert sorted(media.iterdir()) == before
        assert ProductImage.objects.get(pk=stored["b.png"].pk).image.name.endswith("clean.gif")

    def test_keep_a_file_that_differs_in_capital_letters(
        self, product: Product, media: Path, django_capture_on_commit_callbacks: Any
    ) -> None:
        for name in ("x.jpg", "X.jpg"):
            (media / name).write_bytes(FILES["jpg"])
        lower, upper = (
            ProductImage.objects.create(product=product, image=f"{FOLDER}/{name}")
            for name in ("x.jpg", "X.jpg")
        )

        with django_capture_on_commit_callbacks(execute=True):
            assert pictures.strip_stored_picture(name=f"{FOLDER}/X.jpg")

        lower.refresh_from_db()
        assert lower.image.name == f"{FOLDER}/x.jpg"
        assert (media / "x.jpg").exists()
        assert not (media / "X.jpg").exists()


def test_the_upload_page_offers_the_same_formats() -> None:
    page = Path(settings.BASE_DIR, "client", "index.html").read_text()

    assert f'accept="{",".join(known.content_type for known in FORMATS.values())}"' in page
    limit = f'<span id="limit">{settings.STORE_IMAGE_KILOBYTES} KB</span>'
    assert f"{accepted_titles()}, up to {limit}." in page
