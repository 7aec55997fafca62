"""Static and uploaded files as visitors of a shop in production get them, from gunicorn."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from PIL import Image

from .conftest import run
from .serving import SECONDS, Visitor, production, serving

pytestmark = [pytest.mark.once, pytest.mark.django_db]

PASSWORD = "a-Str0ng-one"
PAGES = ["/", "/api/docs/", "/admin/login/", "/api-auth/login/", "/store/collections/", "/admin/"]
FOREVER = "max-age=315360000, public, immutable"
# Files that are compressed less well, seconds sooner.
QUICKLY = """
import brotli
from functools import partial
from django.core.management import execute_from_command_line
brotli.compress = partial(brotli.compress, quality=9)
execute_from_command_line()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, migrated_database: Path) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    shutil.copy(migrated_database, folder / "shop.sqlite3")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    # As where an image is built: no secret, no database.
    result = run(
        # The largest file by far, which no page uses.
        *("-c", QUICKLY, "collectstatic", "--no-input", "--ignore", "redoc"),
        folder=settings.BASE_DIR,
        DJANGO_SETTINGS_MODULE="storefront.settings.prod",
        STATIC_ROOT=str(folder / "static"),
    )
    assert result.returncode == 0, result.stderr
    with serving(folder / "gunicorn.log", "--workers", "1", **production(folder)) as address:
        yield address


@pytest.fixture
def visitor(address: str) -> Visitor:
    return Visitor(address)


@pytest.fixture(scope="module")
def ann(address: str, folder: Path) -> Visitor:
    """A superuser, signed in to the API and, through its form, to the admin."""
    ann = Visitor(address)
    account = {"username": "ann", "password": PASSWORD}
    ann.post("/auth/users/", {**account, "email": "ann@example.com"})
    with closing(sqlite3.connect(folder / "shop.sqlite3")) as database, database:
        database.execute("UPDATE core_user SET is_staff = 1, is_superuser = 1")
    ann.ask("/admin/login/")
    token = next(cookie.value for cookie in ann.cookies if cookie.name == "csrftoken")
    form = {**account, "csrfmiddlewaretoken": str(token)}
    ann.ask("/admin/login/?next=/", "POST", urlencode(form).encode())
    ann.token = ann.post("/auth/jwt/create/", account)["access"]
    return ann


def static_files(visitor: Visitor, page: str) -> set[str]:
    response = visitor.ask(page, Accept="text/html")
    assert response.status == 200
    return set(re.findall(r'(?:src|href)="(/static/[^"]+)"', response.content.decode()))


class TestStaticFiles:
    @pytest.mark.parametrize("page", PAGES)
    def test_a_page_finds_its_files_under_names_that_never_change(
        self, ann: Visitor, page: str
    ) -> None:
        files = static_files(ann, page)
        assert files
        for file in files:
            response = ann.ask(file)
            assert (response.status, response.headers["Cache-Control"]) == (200, FOREVER), file
            assert re.search(r"\.[0-9a-f]{12}\.\w+$", file)

    @pytest.mark.parametrize(
        ("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None)]
    )
    def test_they_come_compressed(
        self, visitor: Visitor, accepted: str, encoding: str | None
    ) -> None:
        [style] = [file for file in static_files(visitor, "/") if file.endswith(".css")]
        response = visitor.ask(style, Accept_Encoding=accepted)
        assert response.headers["Content-Encoding"] == encoding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert response.headers["Content-Type"] == 'text/css; charset="utf-8"'

    @pytest.mark.parametrize(
        "path", ["gone.css", "", "core/", "../manage.py", "%2e%2e/manage.py", "staticfiles.jso"]
    )
    def test_there_is_nothing_else(self, visitor: Visitor, path: str) -> None:
        assert visitor.ask(f"/static/{path}").status == 404


def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(content, "PNG")
    return content.getvalue()


def form_of(content: bytes, boundary: str = "----storefront") -> tuple[bytes, str]:
    """Return a form with one picture, and its content type."""
    head = 'Content-Disposition: form-data; name="image"; filename="lamp.png"'
    body = f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


@pytest.fixture
def images(ann: Visitor) -> str:
    """The path of the pictures of a new product."""
    collection = ann.post("/store/collections/", {"title": "Lamps"})["id"]
    lamp = {"title": "Lamp", "slug": "lamp", "unit_price": 10, "inventory": 5}
    product = ann.post("/store/products/", lamp | {"collection": collection})["id"]
    return f"/store/products/{product}/images/"


class TestUploadedPicture:
    @pytest.fixture
    def image(self, ann: Visitor, images: str) -> dict[str, Any]:
        content, content_type = form_of(picture())
        response = ann.ask(images, "POST", content, Content_Type=content_type)
        assert response.status == 201, response.content
        return json.loads(response.content)

    def test_everybody_sees_it_at_its_absolute_address(
        self, address: str, image: dict[str, Any]
    ) -> None:
        assert image["image"].startswith(f"{address}/media/store/images/")
        response = Visitor(address).ask(image["image"])
        assert (response.status, response.content) == (200, picture())
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["Cache-Control"] == "public, max-age=604800"

    def test_its_head_and_its_absence_leave_the_connection_usable(
        self, address: str, image: dict[str, Any]
    ) -> None:
        url = urlsplit(image["image"])
        with closing(HTTPConnection(str(url.hostname), url.port, timeout=SECONDS)) as connection:
            responses = []
            for method, path in [("HEAD", url.path), ("GET", "/media/gone"), ("GET", url.path)]:
                connection.request(method, path)
                response = connection.getresponse()
                length = response.headers["Content-Length"]
                responses.append((response.status, int(length), len(response.read())))
        size = len(picture())
        assert responses[0] == (200, size, 0)
        assert responses[1][0] == 404
        assert responses[2] == (200, size, size)

    def test_behind_a_proxy_its_address_is_the_client_s(
        self, ann: Visitor, images: str, image: dict[str, Any]
    ) -> None:
        response = ann.ask(images, X_Forwarded_Proto="https")
        secure = image["image"].replace("http://", "https://")
        [shown] = json.loads(response.content)
        assert (shown["id"], shown["image"]) == (image["id"], secure)

    def test_it_goes_with_its_row(
        self, ann: Visitor, images: str, image: dict[str, Any], folder: Path
    ) -> None:
        assert ann.ask(f"{images}{image['id']}/", "DELETE").status == 204
        assert ann.ask(image["image"]).status == 404
        assert not Path(folder, "media", image["image"].partition("/media/")[2]).exists()


class TestWithoutCollectedFiles:
    @pytest.fixture
    def bare_address(self, folder: Path) -> Iterator[str]:
        variables = production(folder) | {"STATIC_ROOT": str(folder / "nothing")}
        with serving(folder / "bare.log", **variables) as address:
            yield address

    def test_pages_look_right_and_the_log_says_what_to_do(
        self, bare_address: str, folder: Path
    ) -> None:
        visitor = Visitor(bare_address)
        for file in set.union(*(static_files(visitor, page) for page in PAGES[:-1])):
            response = visitor.ask(file)
            assert (response.status, response.headers["Cache-Control"]) == (
                200,
                "max-age=60, public",
            )
        assert "run manage.py collectstatic" in (folder / "bare.log").read_text()
