"""Uploaded files on S3-compatible storage, spoken to over HTTP."""

import socket
from collections.abc import Iterator
from contextlib import closing
from functools import cache, partial
from io import BytesIO
from time import monotonic
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils.module_loading import import_string
from PIL import Image
from rest_framework.test import APIClient

from store.models import Product, ProductImage
from store.pictures.sizes import file_name
from store.services.picture_sizes import make_picture_sizes
from store.tests.admin.forms import inline, product_form
from store.tests.bodies import picture_body
from store.tests.picture_files import SECRET, secretive, shown
from storefront.errors.exceptions import StorageUnavailable

pytestmark = [pytest.mark.once, pytest.mark.s3, pytest.mark.django_db]
BUCKET = "pictures"
UNAVAILABLE = {
    "detail": "The storage of files does not answer; nothing was saved. Please try again.",
    "code": "storage_unavailable",
}


@pytest.fixture(scope="module")
def _one_session() -> Iterator[None]:
    """Share what a session reads at its start: megabytes about all of AWS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boto3.Session", cache(import_string("boto3.Session")))
        yield


@pytest.fixture
def keep_at(settings: Any, _one_session: None) -> Any:
    """Return a function that keeps uploads in the bucket at an address."""

    def keep_at(endpoint: str, **options: Any) -> None:
        storage = {
            "BACKEND": "storefront.storage.s3.MediaStorage",
            "OPTIONS": {
                "bucket_name": BUCKET,
                "access_key": "shop",
                "secret_key": "sesame",
                "region_name": "us-east-1",
                "endpoint_url": endpoint,
                "querystring_auth": False,
                "file_overwrite": False,
                **options,
            },
        }
        settings.STORAGES = settings.STORAGES | {"default": storage}

    return keep_at


@pytest.fixture
def bucket(s3_server: str, keep_at: Any) -> Iterator[Any]:
    """The bucket where uploads are kept; empty."""
    keep_at(s3_server)
    bucket = default_storage.connection.Bucket(BUCKET)
    bucket.create(ACL="public-read")
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


def picture(image_format: str = "PNG") -> bytes:
    content = BytesIO()
    Image.new("RGB", (3, 2), "teal").save(content, image_format)
    return content.getvalue()


@pytest.fixture
def url(product: Product) -> str:
    return f"/store/products/{product.pk}/images/"


@pytest.fixture
def staff(api_client: APIClient, register: Any) -> APIClient:
    api_client.force_authenticate(register(is_staff=True))
    return api_client


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Any:
    """Do in a test what follows a commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def upload(client: Any, url: str, name: str = "lamp.png", kind: str = "image/png") -> Any:
    return client.post(url, {"image": SimpleUploadedFile(name, picture(), kind)})


def keys(bucket: Any) -> list[str]:
    return [entry.key for entry in bucket.objects.all()]


class TestUpload:
    def test_everybody_sees_it_at_its_absolute_address(
        self, staff: APIClient, bucket: Any, s3_server: str, url: str
    ) -> None:
        response = upload(staff, url)
        assert response.status_code == 201
        image = ProductImage.objects.get()
        body = picture_body(image, image=f"{s3_server}/{BUCKET}/{image.image.name}")
        assert response.json() == body
        assert staff.get(url).json() == [response.json()]
        with urlopen(response.json()["image"], timeout=10) as download:
            assert download.read() == picture()
            assert download.headers["Content-Type"] == "image/png"
            assert download.headers["Cache-Control"] == "public, max-age=604800"

    def test_the_type_is_not_the_uploader_s_to_claim(
        self, staff: APIClient, bucket: Any, url: str
    ) -> None:
        image = upload(staff, url, "lamp.html", "text/html").json()["image"]
        with urlopen(image, timeout=10) as response:
            assert image.endswith(".png")
            assert response.headers["Content-Type"] == "image/png"

    def test_what_is_no_picture_is_only_saved(self, bucket: Any) -> None:
        name = default_storage.save("notes.html", SimpleUploadedFile("x", b"<b>", "text/html"))
        with urlopen(default_storage.url(name), timeout=10) as response:
            assert response.headers["Content-Type"] == "application/octet-stream"
            assert response.headers["Content-Disposition"] == "attachment"

    def test_the_same_name_never_overwrites(self, bucket: Any) -> None:
        names = [default_storage.save("a.png", ContentFile(text)) for text in (b"1", b"2")]
        assert len(set(names)) == 2
        contents = []
        for name in names:
            with default_storage.open(name) as file:
                contents.append(file.read())
        assert contents == [b"1", b"2"]

    def test_a_domain_of_its_own_or_a_signed_link(
        self, bucket: Any, s3_server: str, keep_at: Any
    ) -> None:
        default_storage.save("a.png", ContentFile(b"1"))
        keep_at(s3_server, custom_domain="media.example.com")
        assert default_storage.url("a.png") == "https://media.example.com/a.png"
        keep_at(s3_server, querystring_auth=True)
        address, _, query = default_storage.url("a.png").partition("?")
        assert address == f"{s3_server}/{BUCKET}/a.png"
        assert "X-Amz-Signature=" in query
        assert "X-Amz-Expires=3600" in query

    def test_the_web_process_does_not_serve_it(self, bucket: Any, client: Client) -> None:
        default_storage.save("a.png", ContentFile(b"1"))
        assert client.get("/media/a.png").status_code == 404


class TestDeletion:
    def test_takes_the_object_along(
        self, staff: APIClient, bucket: Any, url: str, commits: Any
    ) -> None:
        created = upload(staff, url).json()
        assert len(keys(bucket)) == 1
        with commits():
            assert staff.delete(f"{url}{created['id']}/").status_code == 204
        assert keys(bucket) == []
        with pytest.raises(HTTPError, match="404") as refusal:
            urlopen(created["image"], timeout=10)
        refusal.value.close()

    @pytest.mark.django_db(transaction=True)
    def test_that_is_rolled_back_keeps_it(self, bucket: Any, product: Product) -> None:
        content = SimpleUploadedFile("a.png", picture())
        image = ProductImage.objects.create(product=product, image=content)
        with transaction.atomic():
            image.delete()
            transaction.set_rollback(True)
        image = ProductImage.objects.get()
        files = [file_name(image.image.name, "thumbnail", each) for each in ("avif", "webp")]
        assert keys(bucket) == sorted([image.image.name, *files])


class TestSizes:
    def test_have_addresses_and_go_with_the_picture(
        self, staff: APIClient, bucket: Any, s3_server: str, url: str, commits: Any
    ) -> None:
        with commits():
            upload(staff, url)
        (image,) = staff.get(url).json()
        for extension in ("webp", "avif"):
            address = image["sizes"]["large"][extension]
            assert address.startswith(f"{s3_server}/{BUCKET}/store/images/sizes/")
            with urlopen(address, timeout=10) as download:
                assert download.headers["Content-Type"] == f"image/{extension}"
        name = ProductImage.objects.get().image.name
        make_picture_sizes(name=name)
        assert len(keys(bucket)) == 3
        with commits():
            staff.delete(f"{url}{image['id']}/")
        assert keys(bucket) == []

    def test_have_signed_addresses_in_a_private_bucket(
        self, staff: APIClient, bucket: Any, s3_server: str, url: str, commits: Any, keep_at: Any
    ) -> None:
        keep_at(s3_server, querystring_auth=True)
        with commits():
            upload(staff, url)
        (image,) = staff.get(url).json()
        assert "X-Amz-Signature=" in image["sizes"]["small"]["avif"]
        with urlopen(image["sizes"]["small"]["avif"], timeout=10) as download:
            assert download.status == 200

    def test_stay_to_be_made_where_the_storage_is_away(self, keep_at: Any, product: Any) -> None:
        keep_at("http://127.0.0.1:9")
        ProductImage.objects.create(product=product, image="store/images/a.png")
        with pytest.raises(StorageUnavailable):
            make_picture_sizes(name="store/images/a.png")
        assert ProductImage.objects.get().sizes is None


class TestMetadata:
    def test_is_taken_out_of_what_is_stored(
        self, bucket: Any, product: Product, commits: Any, capsys: Any
    ) -> None:
        content = secretive()["jpg"]
        bucket.put_object(Key="old.jpg", Body=content)
        rows = [
            ProductImage.objects.create(product=product, image=name)
            for name in ("old.jpg", "gone.jpg")
        ]
        with commits():
            call_command("strip_image_metadata")
        output = capsys.readouterr()
        assert output.out == "Pictures stripped: 1, clean before: 0, left as they are: 1.\n"
        assert output.err.startswith("gone.jpg: ")
        rows[0].refresh_from_db()
        files = [file_name(rows[0].image.name, "thumbnail", each) for each in ("avif", "webp")]
        assert keys(bucket) == sorted([rows[0].image.name, *files])
        with urlopen(rows[0].image.url, timeout=10) as response:
            assert response.headers["Content-Type"] == "image/jpeg"
            stripped = response.read()
        assert SECRET not in stripped
        assert shown(stripped) == shown(content)


KINDS = ["refuses", "is silent", "has no name", "knows no bucket"]


@pytest.fixture
def away(
    request: pytest.FixtureRequest, keep_at: Any, s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Keep uploads where they cannot be kept, with a tenth of the patience."""
    usual = import_string("storefront.storage.s3.MediaStorage").client_config
    brief = {name: getattr(usual, name) / 10 for name in ("connect_timeout", "read_timeout")}
    backoff = import_string("botocore.retries.standard.ExponentialBackoff")
    monkeypatch.setattr(backoff, "delay_amount", lambda *_: 0)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
        if request.param == "refuses":
            listener.close()
        addresses = {"has no name": "http://s3.invalid", "knows no bucket": s3_server}
        address = addresses.get(request.param, f"http://127.0.0.1:{port}")
        keep_at(address, client_config=usual.merge(usual.__class__(**brief)))
        yield


class TestStorageAway:
    def test_is_waited_for_seconds(self) -> None:
        config = import_string("storefront.storage.s3.MediaStorage").client_config
        tries = config.retries["total_max_attempts"]
        # Between two tries lies a second at most.
        assert tries * max(config.connect_timeout, config.read_timeout) + tries - 1 < 10

    # Saving fails half-way, after which no test's own transaction could be asked.
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("away", KINDS, indirect=True)
    def test_an_upload_is_refused_soon_and_saves_nothing(
        self, away: None, staff: APIClient, url: str
    ) -> None:
        start = monotonic()
        response = upload(staff, url)
        # A storage that is silent would be waited for a minute and more, were its settings ignored.
        assert monotonic() - start < 10
        assert (response.status_code, response.json()) == (503, UNAVAILABLE)
        assert response["Retry-After"] == "5"
        assert not ProductImage.objects.exists()

    @pytest.mark.parametrize("away", KINDS, indirect=True)
    def test_pictures_are_listed_and_deleted_all_the_same(
        self, away: None, staff: APIClient, url: str, product: Product, commits: Any
    ) -> None:
        image = ProductImage.objects.create(product=product, image="store/images/a.png")
        assert staff.get(url).status_code == 200
        with commits():
            assert staff.delete(f"{url}{image.pk}/").status_code == 204
        assert not ProductImage.objects.exists()

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("away", KINDS, indirect=True)
    def test_the_admin_says_so_and_changes_nothing(
        self, away: None, client: Client, register: Any, product: Product
    ) -> None:
        client.force_login(register(is_staff=True, is_superuser=True))
        client.raise_request_exception = False
        content = SimpleUploadedFile("lamp.png", picture())
        form = product_form(product, title="New", **inline("images", [{"image": content}]))
        response = client.post(
            f"/admin/store/product/{product.pk}/change/", form, headers={"accept": "text/html"}
        )
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        product.refresh_from_db()
        assert product.title == "Teapot"
        assert not ProductImage.objects.exists()
