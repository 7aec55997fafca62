import io
import re
import struct
import zlib
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from store.models import Product, ProductImage

from .bodies import picture_body

pytestmark = pytest.mark.django_db
LIMIT = 500 * 1024
REFUSED = {"image": ["Upload a JPEG, PNG, WebP, GIF, AVIF or BMP picture."]}


def picture(image_format="PNG", size=(3, 2), **options):
    content = io.BytesIO()
    Image.new("RGB", size, "teal").save(content, image_format, **options)
    return content.getvalue()


def bomb(width=60_000, height=60_000):
    """A PNG of a few bytes that claims to be gigapixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


NO_PICTURES = {
    "tiff": picture("TIFF"),
    "ico": picture("ICO", (16, 16)),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "text": b"only text",
    "png": picture("PNG")[:50],
    "jpeg": picture("JPEG", (64, 64))[:400],
    "webp": picture("WEBP", (64, 64))[:40],
    "script": picture("JPEG")[:24] + b"<script>alert(1)</script>" * 20,
    "polyglot": b"GIF89a/*" + picture("PNG"),
    "php": b"\x89PNG\r\n\x1a\n<?php echo 1; ?>",
    "bomb": bomb(),
    "big": bomb(11_000, 11_000),
    "large": bomb(5_001, 5_000),
}


def files():
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def url(product):
    return f"/store/products/{product.id}/images/"


@pytest.fixture
def upload(api_client, authenticate, url):
    authenticate(is_staff=True)

    def upload(content, name="photo.png", to=url):
        return api_client.post(to, {"image": SimpleUploadedFile(name, content)})

    return upload


class TestUpload:
    @pytest.mark.parametrize(
        ("image_format", "extension"),
        [
            ("JPEG", "jpg"),
            ("PNG", "png"),
            ("WEBP", "webp"),
            ("GIF", "gif"),
            ("AVIF", "avif"),
            ("BMP", "bmp"),
        ],
    )
    def test_content_decides_and_the_stored_name_tells_it(self, upload, image_format, extension):
        content = picture(image_format)

        response = upload(content, "evil.html")

        assert response.status_code == 201, response.json()
        image = ProductImage.objects.get()
        path = Path(settings.MEDIA_ROOT, image.image.name)
        assert response.json() == picture_body(image, width=3, height=2)
        assert image.image.name == f"store/images/{path.stem}.{extension}"
        assert len(path.stem) == 32
        assert path.read_bytes() == content
        assert files() == [path.name]

    @pytest.mark.parametrize("name", ["photo.gif", "photo", "../../x.png", "é" * 120 + ".php"])
    def test_no_name_of_a_client_is_kept(self, upload, name):
        assert upload(picture(), name).status_code == 201

        [stored] = files()
        assert re.fullmatch(r"[0-9a-f]{32}\.png", stored)
        assert ProductImage.objects.get().image.name == f"store/images/{stored}"

    def test_jpeg_with_further_pictures_is_a_jpeg(self, upload):
        second = Image.new("RGB", (3, 2))
        content = picture("MPO", save_all=True, append_images=[second])

        assert upload(content).json()["image"].endswith(".jpg")

    def test_what_is_no_picture_is_refused_whatever_its_name(self, upload, subtests):
        for kind, content in NO_PICTURES.items():
            with subtests.test(kind=kind):
                response = upload(content, "photo.png")

                assert response.status_code == 400
                assert response.json() == REFUSED
                assert not ProductImage.objects.exists()
                assert files() == []

    def test_empty_file_is_refused(self, upload):
        response = upload(b"")

        assert response.status_code == 400
        assert response.json() == {"image": ["The submitted file is empty."]}

    @pytest.mark.parametrize("body", [{}, {"image": ""}, {"image": "photo.png"}])
    def test_body_without_a_file_is_refused(self, api_client, authenticate, url, body):
        authenticate(is_staff=True)

        response = api_client.post(url, body)

        assert response.status_code == 400
        assert list(response.json()) == ["image"]

    def test_picture_of_exactly_500_kb_is_accepted(self, upload):
        content = picture("JPEG")

        assert upload(content.ljust(LIMIT, b"\0")).status_code == 201

    @pytest.mark.parametrize("content", [picture("JPEG"), b"only text"])
    def test_one_byte_more_is_refused(self, upload, content):
        response = upload(content.ljust(LIMIT + 1, b"\0"))

        assert response.status_code == 400
        assert response.json() == {"image": ["Files cannot be larger than 500KB!"]}
        assert files() == []

    def test_body_must_be_a_form(self, api_client, authenticate, url):
        authenticate(is_staff=True)

        response = api_client.post(url, {"image": "photo.png"}, format="json")

        assert response.status_code == 415

    def test_missing_product_is_not_found(self, upload):
        response = upload(picture(), to="/store/products/999/images/")

        assert response.status_code == 404
        assert files() == []


class TestRead:
    def test_list_is_a_plain_array_of_the_product_s_own_pictures(
        self, api_client, make_product, product, url
    ):
        mine = [
            ProductImage.objects.create(product=product, image=f"store/images/{n}.png")
            for n in range(2)
        ]
        ProductImage.objects.create(product=make_product(), image="store/images/other.png")
        expected = [picture_body(row) for row in mine]

        assert api_client.get(url).json() == expected
        assert api_client.get(f"/store/products/{product.id}/").json()["images"] == expected
        assert api_client.get("/store/products/").json()["results"][-1]["images"] == expected
        assert api_client.get(f"{url}{mine[0].id}/").json() == expected[0]

    def test_missing_product_has_no_list(self, api_client, db):
        assert api_client.get("/store/products/999/images/").status_code == 404

    def test_list_goes_on_behind_100_rows(self, api_client, product, url):
        ProductImage.objects.bulk_create(
            ProductImage(product=product, image=f"{number}.png") for number in range(101)
        )

        response = api_client.get(url)

        assert len(response.json()) == 100
        assert response["Link"] == f'<http://testserver{url}?page=2>; rel="next"'


class TestRights:
    @pytest.mark.parametrize(("user", "status"), [(None, 401), ({}, 403)])
    def test_only_staff_upload_and_delete(self, api_client, product, url, user, status):
        image = ProductImage.objects.create(product=product, image="store/images/a.png")
        api_client.force_authenticate(user=user)

        posted = api_client.post(url, {"image": SimpleUploadedFile("a.png", picture())})
        deleted = api_client.delete(f"{url}{image.id}/")

        assert (posted.status_code, deleted.status_code) == (status, status)
        assert ProductImage.objects.get() == image
        assert files() == []


class TestFile:
    @pytest.fixture
    def image(self, upload):
        return ProductImage.objects.get(pk=upload(picture()).json()["id"])

    @pytest.fixture
    def commits(self, django_capture_on_commit_callbacks):
        """Do in a test what follows a commit."""
        return partial(django_capture_on_commit_callbacks, execute=True)

    def delete(self, api_client, path):
        return api_client.delete(path).status_code

    def test_goes_with_its_row(self, api_client, url, image, commits):
        with commits():
            assert self.delete(api_client, f"{url}{image.id}/") == 204

        assert not ProductImage.objects.exists()
        assert files() == []

    @pytest.mark.parametrize("rows", [Product, ProductImage])
    def test_goes_with_every_row_of_a_bulk_deletion(self, upload, image, rows, commits):
        upload(picture())
        assert len(files()) == 2

        with commits():
            rows.objects.all().delete()

        assert files() == []

    def test_goes_with_its_product(self, api_client, product, image, commits):
        with commits():
            assert self.delete(api_client, f"/store/products/{product.id}/") == 204

        assert files() == []

    def test_stays_while_another_row_shows_it(self, api_client, url, product, image, commits):
        other = ProductImage.objects.create(product=product, image=image.image.name)

        with commits():
            self.delete(api_client, f"{url}{image.id}/")
        assert len(files()) == 1

        with commits():
            self.delete(api_client, f"{url}{other.id}/")
        assert files() == []

    @pytest.mark.django_db(transaction=True)
    def test_stays_when_the_deletion_is_rolled_back(self, image):
        with transaction.atomic():
            image.delete()
            transaction.set_rollback(True)

        assert ProductImage.objects.count() == 1
        # With the two of its sizes, which are all the same.
        assert len(files()) == 3

    @pytest.mark.parametrize("name", ["", "store/images/gone.png"])
    def test_missing_file_does_not_keep_the_row(
        self, api_client, authenticate, product, url, name, commits
    ):
        image = ProductImage.objects.create(product=product, image=name)
        authenticate(is_staff=True)

        with commits():
            assert self.delete(api_client, f"{url}{image.id}/") == 204

    def test_picture_of_another_product_is_not_found(self, api_client, make_product, image):
        url = f"/store/products/{make_product().id}/images/{image.id}/"

        assert self.delete(api_client, url) == 404
        assert len(files()) == 1
