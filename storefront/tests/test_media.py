"""Uploaded files over HTTP: pictures are seen, nothing runs, nothing outside the folder is reached."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

URL = "/media/store/images/lamp.png"
CONTENT = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = settings.MEDIA_ROOT / "store" / "images"
    folder.mkdir(parents=True)
    (folder / "lamp.png").write_bytes(CONTENT)
    return settings.MEDIA_ROOT


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


class TestRefusals:
    def test_there_is_nothing_else(
        self, client: Client, media: Path, subtests: pytest.Subtests
    ) -> None:
        (media.parent / "secret.png").write_bytes(b"secret")

        for path in [
            "gone.png",
            "store",
            "store/images",
            "store/images/",
            "store/images/lamp.png/",
            "store/images/lamp.png/x",
            "../secret.png",
            "..%2fsecret.png",
            "%2e%2e/secret.png",
            "store/../../secret.png",
            "store/images/../../../secret.png",
            "/etc/passwd",
            "%2fetc%2fpasswd",
            "lamp%00.png",
            "%0a",
            "%ff%fe",
            "x" * 300,
            "x/" * 3000,
            "\\..\\secret.png",
            "C:\\secret.png",
        ]:
            with subtests.test(path=path):
                assert client.get(f"/media/{path}").status_code == 404

    @pytest.mark.parametrize("target", ["secret.png", "."])
    def test_a_link_does_not_lead_out(self, client: Client, media: Path, target: str) -> None:
        (media.parent / "secret.png").write_bytes(b"secret")
        (media / "link").symlink_to(media.parent / target)
        assert client.get("/media/link").status_code == 404
        assert client.get("/media/link/secret.png").status_code == 404

    def test_a_pipe_does_not_hold_the_process(self, client: Client, media: Path) -> None:
        os.mkfifo(media / "pipe.png")
        assert client.get("/media/pipe.png").status_code == 404

    def test_files_are_only_read(
        self, client: Client, media: Path, subtests: pytest.Subtests
    ) -> None:
        for method in ["post", "put", "patch", "delete", "options"]:
            with subtests.test(method=method):
                response = getattr(client, method)(URL)
                assert response.status_code == 405
                assert response["Allow"] == "GET, HEAD"
                assert (media / "store/images/lamp.png").read_bytes() == CONTENT


class TestRead:
    def test_a_picture_is_shown(
        self, client: Client, media: Path, subtests: pytest.Subtests
    ) -> None:
        for name, content_type in [
            ("a.jpg", "image/jpeg"),
            ("a.JPEG", "image/jpeg"),
            ("a.png", "image/png"),
            ("a.webp", "image/webp"),
            ("a.gif", "image/gif"),
            ("a.avif", "image/avif"),
            ("a.bmp", "image/bmp"),
        ]:
            with subtests.test(name=name, content_type=content_type):
                (media / name).write_bytes(CONTENT)
                response = client.get(f"/media/{name}")
                assert (response.status_code, body(response)) == (200, CONTENT)
                assert response["Content-Type"] == content_type
                assert response["Content-Length"] == str(len(CONTENT))
                assert "attachment" not in response.get("Content-Disposition", "")

    def test_anything_else_is_only_saved(
        self, client: Client, media: Path, subtests: pytest.Subtests
    ) -> None:
        for name in [
            "a.html",
            "a.svg",
            "a.xml",
            "a.js",
            "a.pdf",
            "a.png.html",
            "a",
            "png",
            ".png",
            "a.png~",
        ]:
            with subtests.test(name=name):
                (media / name).write_text("<script>alert(1)</script>")
                response = client.get(f"/media/{name}")
                assert (response.status_code, body(response)) == (200, b"<script>alert(1)</script>")
                assert response["Content-Type"] == "application/octet-stream"
                assert response["Content-Disposition"] == f'attachment; filename="{name}"'

    @pytest.mark.parametrize("name", ["lamp.png", "page.html"])
    def test_nothing_runs(self, client: Client, media: Path, name: str) -> None:
        (media / "store/images/page.html").write_bytes(CONTENT)
        response = client.get(f"/media/store/images/{name}")
        assert body(response) == CONTENT
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response["Cache-Control"] == "public, max-age=604800"

    def test_a_link_inside_the_folder_is_followed(self, client: Client, media: Path) -> None:
        (media / "lamp.html").symlink_to(media / "store/images/lamp.png")
        (media / "page.png").symlink_to(media / "page.html")
        (media / "page.html").write_text("<script>")
        shown, saved = client.get("/media/lamp.html"), client.get("/media/page.png")
        assert (body(shown), shown["Content-Type"]) == (CONTENT, "image/png")
        assert (body(saved), saved["Content-Type"]) == (b"<script>", "application/octet-stream")

    def test_who_has_it_is_told_that_it_is_unchanged(self, client: Client, media: Path) -> None:
        first = client.get(URL)
        assert body(first) == CONTENT
        again = client.get(URL, headers={"if-modified-since": first["Last-Modified"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Cache-Control"] == first["Cache-Control"]
        os.utime(media / "store/images/lamp.png", (2_000_000_000, 2_000_000_000))
        changed = client.get(URL, headers={"if-modified-since": first["Last-Modified"]})
        assert (changed.status_code, body(changed)) == (200, CONTENT)

    def test_head_tells_all_but_the_content(self, client: Client, media: Path) -> None:
        response = client.head(URL)
        assert (response.status_code, body(response)) == (200, b"")
        assert response["Content-Length"] == str(len(CONTENT))
        assert response["Content-Type"] == "image/png"

    def test_it_costs_no_query(
        self, client: Client, media: Path, django_assert_num_queries: Any, db: None
    ) -> None:
        with django_assert_num_queries(0):
            assert body(client.get(URL)) == CONTENT
