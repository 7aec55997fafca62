"""The sizes in which pictures are shown: when they are made, shown and removed."""

from functools import partial
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import pytest
from celery.exceptions import OperationalError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image

from store import tasks
from store.models import Product, ProductImage
from store.pictures import sizes as pictures
from store.pictures.errors import UnreadablePicture
from store.pictures.sizes import EXTENSIONS, file_name, file_names
from store.services import picture_sizes
from store.services.picture_sizes import make_missing_sizes, make_picture_sizes
from store.signals import handlers, picture_stored

from .bodies import NO_SIZES
from .picture_files import encoded, plain

FOLDER = "store/images"
HOST = "http://testserver/media"


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Any:
    """Do in a test what follows a commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def files(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}


def store(name: str = f"{FOLDER}/a.png", size: tuple[int, int] = (200, 100)) -> str:
    return default_storage.save(name, ContentFile(encoded("PNG", plain(size))))


def all_files(name: str) -> set[str]:
    """Return the files of a picture that is between 160 and 320 pixels wide."""
    labels = ("thumbnail", "small")
    return {name, *(file_name(name, each, kind) for each in labels for kind in EXTENSIONS)}


@pytest.mark.django_db
class TestTask:
    def test_an_upload_has_its_sizes_after_the_commit(
        self,
        api_client: Any,
        authenticate: Any,
        client: Client,
        product: Any,
        media: Any,
        commits: Any,
    ) -> None:
        authenticate(is_staff=True)
        url = f"/store/products/{product.pk}/images/"
        content = SimpleUploadedFile("a.png", encoded("PNG", plain((200, 100))))
        with commits():
            created = api_client.post(url, {"image": content}).json()
        assert created["sizes"] == NO_SIZES

        (shown,) = api_client.get(url).json()

        name = ProductImage.objects.get().image.name
        small = {
            "webp": f"{HOST}/{FOLDER}/sizes/{Path(name).name}.small.webp",
            "avif": f"{HOST}/{FOLDER}/sizes/{Path(name).name}.small.avif",
            "width": 200,
            "height": 100,
        }
        assert (shown["width"], shown["height"]) == (200, 100)
        assert [*shown["sizes"]] == ["thumbnail", "small", "medium", "large"]
        assert shown["sizes"]["thumbnail"]["height"] == 80
        # No larger than the original, they are one file.
        assert (
            shown["sizes"]["small"] == shown["sizes"]["medium"] == shown["sizes"]["large"] == small
        )
        assert files(media) == all_files(name)
        for extension, content_type in (("webp", "image/webp"), ("avif", "image/avif")):
            response = client.get(small[extension].removeprefix("http://testserver"))
            assert response["Content-Type"] == content_type
            assert b"".join(response.streaming_content)
        assert api_client.get(f"/store/products/{product.pk}/").json()["images"] == [shown]
        assert api_client.get("/store/products/").json()["results"][0]["images"] == [shown]

    def test_every_row_with_the_file_shows_them(
        self, product: Product, make_product: Any, media: Path
    ) -> None:
        name = store()
        for each in (product, product, make_product()):
            ProductImage.objects.create(product=each, image=name)

        assert make_picture_sizes(name=name)

        rows = ProductImage.objects.values_list("sizes", "width", "height")
        assert [*rows] == [("160x80a 200x100a 200x100a 200x100a", 200, 100)] * 3

    @pytest.mark.parametrize("name", [f"{FOLDER}/gone.png", "../../secret.png"])
    def test_a_file_that_is_not_there_leaves_the_row_as_it_is(
        self, api_client: Any, product: Product, media: Path, name: str
    ) -> None:
        ProductImage.objects.create(product=product, image=name)

        make_missing_sizes()

        assert ProductImage.objects.get().sizes is None
        assert api_client.get(f"/store/products/{product.pk}/").status_code == 200

    def test_what_is_no_picture_is_tried_once(self, product: Product, media: Path) -> None:
        name = default_storage.save(f"{FOLDER}/a.png", ContentFile(b"no picture"))
        ProductImage.objects.create(product=product, image=name)

        with pytest.raises(UnreadablePicture):
            make_picture_sizes(name=name)

        assert ProductImage.objects.get().sizes == ""
        assert [*picture_sizes.unsized_pictures()] == []
        assert files(media) == {name}

    def test_a_picture_that_is_deleted_meanwhile_leaves_no_file(
        self, product: Product, media: Path, commits: Any, monkeypatch: Any
    ) -> None:
        name = store()
        image = ProductImage.objects.create(product=product, image=name)
        store_sizes = picture_sizes.store_sizes

        def store_after_the_deletion(*args: Any) -> None:
            with commits():
                image.delete()
            store_sizes(*args)
            assert len(files(media)) == 4

        monkeypatch.setattr(picture_sizes, "store_sizes", store_after_the_deletion)
        with commits():
            assert not make_picture_sizes(name=name)

        assert files(media) == set()

    def test_two_tasks_at_once_leave_one_set_of_files(
        self, product: Product, media: Path, monkeypatch: Any
    ) -> None:
        name = store()
        ProductImage.objects.create(product=product, image=name)
        save, others = default_storage.save, [None]

        def save_after_another(target: str, content: Any) -> str:
            if others:
                others.pop()
                make_picture_sizes(name=name)
            return save(target, content)

        monkeypatch.setattr(default_storage, "save", save_after_another)
        assert make_picture_sizes(name=name)

        assert files(media) == all_files(name)

    def test_the_part_that_a_killed_task_left_is_replaced(
        self, product: Product, media: Path
    ) -> None:
        name = store()
        ProductImage.objects.create(product=product, image=name)
        part = default_storage.save(file_name(name, "small", "webp"), ContentFile(b"RIFF"))

        make_picture_sizes(name=name)

        assert files(media) == all_files(name)
        with Image.open(media / part) as image:
            assert image.size == (200, 100)

    def test_avif_that_takes_too_long_now_is_removed(
        self, product: Product, media: Path, monkeypatch: Any
    ) -> None:
        name = store()
        ProductImage.objects.create(product=product, image=name)
        make_picture_sizes(name=name)
        monkeypatch.setattr(pictures, "MAX_AVIF_SECONDS", 0)

        make_picture_sizes(name=name)

        assert {Path(file).suffix for file in files(media)} == {".png", ".webp"}
        assert "a" not in (ProductImage.objects.get().sizes or "")

    def test_a_replaced_file_goes_with_its_sizes(
        self, product: Product, media: Path, commits: Any
    ) -> None:
        old = store()
        image = ProductImage.objects.create(product=product, image=old)
        make_picture_sizes(name=old)
        image = ProductImage.objects.get()
        image.image = SimpleUploadedFile("b.png", encoded("PNG", plain((300, 300))))
        with commits():
            image.save()

        image = ProductImage.objects.get()
        assert image.sizes == "160x160a 300x300a 300x300a 300x300a"
        assert files(media) == all_files(image.image.name)

    def test_another_file_s_sizes_are_not_shown(self, product: Product, media: Path) -> None:
        image = ProductImage.objects.create(product=product, image=store())
        make_picture_sizes(name=image.image.name)
        image = ProductImage.objects.get()
        image.image = store(f"{FOLDER}/b.png")
        image.save()

        assert [*ProductImage.objects.values_list("sizes", "width", "height")] == [(None,) * 3]

    def test_deletion_takes_them_along_unless_another_row_shows_them(
        self, product: Product, media: Path, commits: Any
    ) -> None:
        name = store()
        first, second = (ProductImage.objects.create(product=product, image=name) for _ in range(2))
        make_picture_sizes(name=name)

        with commits():
            first.delete()
        assert files(media) == all_files(name)

        with commits():
            second.delete()
        assert files(media) == set()

    def test_a_save_of_something_else_makes_nothing(
        self, product: Product, media: Path, commits: Any
    ) -> None:
        name = store()
        ProductImage.objects.create(product=product, image=name)
        make_picture_sizes(name=name)
        image = ProductImage.objects.get()
        image.alt = "A teapot"
        with commits() as callbacks:
            image.save()

        assert callbacks == []
        assert ProductImage.objects.get().sizes == image.sizes

    @pytest.mark.parametrize("text", ["", "x", "1x1", "160x80a " * 3, "9" * 60, "160x80a " * 5])
    def test_a_text_that_plain_sql_wrote_shows_nothing(
        self, api_client: Any, product: Product, text: str
    ) -> None:
        ProductImage.objects.create(product=product, image="a.png")
        ProductImage.objects.update(sizes=text)

        (image,) = api_client.get(f"/store/products/{product.pk}/").json()["images"]

        assert image["sizes"] == NO_SIZES


class TestWithoutABroker:
    def test_a_thread_makes_them_one_after_another(self, settings: Any, monkeypatch: Any) -> None:
        settings.STORE_SIZES_IN_BACKGROUND = True
        made_in = []

        def make(name: str) -> None:
            made_in.append((name, current_thread() is main_thread()))
            raise OSError

        monkeypatch.setattr(handlers, "make_picture_sizes", make)
        for name in ("a.png", "b.png"):
            picture_stored.send(sender=ProductImage, name=name, replaced="")
        handlers.in_background.threads.submit(int).result()

        # One that fails holds up none behind it.
        assert made_in == [("a.png", False), ("b.png", False)]

    def test_a_broker_that_is_away_refuses_no_upload(
        self, settings: Any, monkeypatch: Any, caplog: Any
    ) -> None:
        def refuse(*args: Any) -> None:
            raise OperationalError("away")

        monkeypatch.setattr(tasks.make_sizes_of_image, "delay", refuse)
        picture_stored.send(sender=ProductImage, name="a.png", replaced="")

        assert "the making of sizes waits for the sweep: away" in caplog.text


@pytest.mark.django_db
class TestCommand:
    @pytest.fixture
    def names(self, product: Product, media: Path) -> list[str]:
        names = [store(f"{FOLDER}/{number}.png") for number in range(3)]
        broken = default_storage.save(f"{FOLDER}/broken.png", ContentFile(b"no picture"))
        for name in [*names, broken, f"{FOLDER}/gone.png", names[0], ""]:
            ProductImage.objects.create(product=product, image=name)
        return names

    def test_makes_those_that_are_missing_and_names_the_others(
        self, names: list[str], media: Path, capsys: Any
    ) -> None:
        make_picture_sizes(name=names[1])

        call_command("make_image_sizes")

        output = capsys.readouterr()
        assert output.out == "Pictures with new sizes: 2, left as they are: 2.\n"
        assert "broken.png" in output.err
        assert "gone.png" in output.err
        assert {*set.union(*map(all_files, names)), f"{FOLDER}/broken.png"} == files(media)

        call_command("make_image_sizes")
        assert capsys.readouterr().out == "Pictures with new sizes: 0, left as they are: 1.\n"

    def test_all_makes_them_anew(self, names: list[str], media: Path, capsys: Any) -> None:
        call_command("make_image_sizes")
        (media / file_name(names[0], "small", "webp")).unlink()
        capsys.readouterr()

        call_command("make_image_sizes", "--all")

        assert capsys.readouterr().out == "Pictures with new sizes: 3, left as they are: 2.\n"
        assert all_files(names[0]) <= files(media)

    def test_the_sweep_makes_some_at_a_time(self, names: list[str], monkeypatch: Any) -> None:
        monkeypatch.setattr(picture_sizes, "SWEPT_AT_ONCE", 2)

        make_missing_sizes()
        assert ProductImage.objects.without_sizes().count() == 3

        make_missing_sizes()
        assert ProductImage.objects.without_sizes().count() == 1


@pytest.mark.cache
@pytest.mark.django_db(transaction=True)
def test_what_the_task_made_is_seen_at_once(api_client: Any, product: Product, media: Path) -> None:
    name = store()
    ProductImage.objects.create(product=product, image=name)
    for url in ("/store/products/", f"/store/products/{product.pk}/"):
        for _ in range(3):
            assert f"{FOLDER}/sizes/" not in api_client.get(url).content.decode()

    make_picture_sizes(name=name)

    for url in ("/store/products/", f"/store/products/{product.pk}/"):
        assert file_name(name, "small", "avif") in api_client.get(url).content.decode()


def test_files_of_pictures_with_one_stem_differ() -> None:
    assert set(file_names("a/b.png")).isdisjoint(file_names("a/b.jpg"))
    assert file_name("teapot.png", "small", "webp") == "sizes/teapot.png.small.webp"
