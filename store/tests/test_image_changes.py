"""What staff say about a picture: its alternative text and its place."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from store.models import Product, ProductImage
from store.models.images import MAX_POSITION

from .bodies import picture_body
from .picture_files import encoded

pytestmark = pytest.mark.django_db
TOO_LARGE = ["Ensure this value is less than or equal to 1000000."]
TOO_SMALL = ["Ensure this value is greater than or equal to 0."]
REFUSED: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({"alt": "x" * 256}, {"alt": ["Ensure this field has no more than 255 characters."]}),
    ({"alt": None}, {"alt": ["This field may not be null."]}),
    ({"alt": "a\0b"}, {"alt": ["Null characters are not allowed."]}),
    ({"position": -1}, {"position": TOO_SMALL}),
    ({"position": MAX_POSITION + 1}, {"position": TOO_LARGE}),
    ({"position": 10**30}, {"position": TOO_LARGE}),
    ({"position": "first"}, {"position": ["A valid integer is required."]}),
    ({"position": None}, {"position": ["This field may not be null."]}),
    ({"alt": "New", "position": 1.5}, {"position": ["A valid integer is required."]}),
]


@pytest.fixture
def image(product: Product) -> ProductImage:
    return ProductImage.objects.create(product=product, image="store/images/a.png", alt="Old")


@pytest.fixture
def url(image: ProductImage) -> str:
    return f"/store/products/{image.product_id}/images/{image.pk}/"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def positions(product: Product) -> list[int]:
    return [image.position for image in product.images.all()]


def upload(client: Any, product: Product, **sent: Any) -> Any:
    content = SimpleUploadedFile("a.png", encoded("PNG"))
    return client.post(f"/store/products/{product.pk}/images/", {"image": content, **sent})


class TestChange:
    @pytest.mark.parametrize("method", ["patch", "put"])
    @pytest.mark.parametrize(("user", "status"), [(None, 401), ({}, 403)])
    def test_is_for_staff(
        self, api_client: Any, image: Any, url: str, user: Any, status: int, method: str
    ) -> None:
        api_client.force_authenticate(user=user)

        response = getattr(api_client, method)(url, {"alt": "New", "position": 3}, format="json")

        assert response.status_code == status
        image.refresh_from_db()
        assert (image.alt, image.position) == ("Old", 0)

    @pytest.mark.parametrize(("sent", "refusal"), REFUSED)
    def test_what_is_out_of_bounds_is_refused(
        self, api_client: Any, authenticate: Any, image: Any, url: str, sent: Any, refusal: Any
    ) -> None:
        authenticate(is_staff=True)

        response = api_client.patch(url, sent, format="json")

        assert (response.status_code, response.json()) == (400, refusal)
        image.refresh_from_db()
        assert (image.alt, image.position) == ("Old", 0)

    @pytest.mark.parametrize("sent", [{}, {"image": "b.png"}, {"sizes": {}, "width": 1}])
    def test_that_names_nothing_to_change_is_refused(
        self, api_client: Any, authenticate: Any, image: Any, url: str, sent: Any
    ) -> None:
        authenticate(is_staff=True)

        response = api_client.patch(url, sent, format="json")

        assert response.status_code == 400
        message = "Name at least one field to change: alt, position."
        assert response.json()["non_field_errors"] == [message]
        image.refresh_from_db()
        assert image.image.name == "store/images/a.png"

    def test_a_picture_of_another_product_is_not_found(
        self, api_client: Any, authenticate: Any, image: Any, make_product: Any
    ) -> None:
        authenticate(is_staff=True)
        url = f"/store/products/{make_product().pk}/images/{image.pk}/"

        assert api_client.patch(url, {"alt": "New"}, format="json").status_code == 404

    @pytest.mark.parametrize("form", ["json", "multipart"])
    def test_writes_what_was_sent_and_nothing_else(
        self, api_client: Any, authenticate: Any, image: Any, url: str, form: str
    ) -> None:
        authenticate(is_staff=True)
        ProductImage.objects.update(sizes="160x80 160x80 160x80 160x80")

        response = api_client.patch(url, {"alt": "  A teapot  "}, format=form)

        assert response.status_code == 200
        image.refresh_from_db()
        assert (image.alt, image.position) == ("A teapot", 0)
        body = response.json()
        assert body == picture_body(image, sizes=body["sizes"])
        assert body["sizes"]["thumbnail"]["width"] == 160
        assert api_client.patch(url, {"alt": ""}, format=form).json()["alt"] == ""

    def test_a_put_names_both(
        self, api_client: Any, authenticate: Any, image: Any, url: str
    ) -> None:
        authenticate(is_staff=True)

        refused = api_client.put(url, {"alt": "New"}, format="json")
        changed = api_client.put(url, {"alt": "New", "position": 7}, format="json")

        assert refused.json() == {"position": ["This field is required."]}
        assert changed.json() == picture_body(image, alt="New", position=7)


class TestPosition:
    def test_a_new_picture_goes_last(
        self, api_client: Any, authenticate: Any, product: Product, make_product: Any
    ) -> None:
        authenticate(is_staff=True)
        ProductImage.objects.create(product=make_product(), image="x.png", position=50)

        for sent in ({}, {"position": 6}, {"position": ""}, {"position": MAX_POSITION}, {}):
            assert upload(api_client, product, **sent).status_code == 201

        # The last of all has no place behind it; the later one is the last all the same.
        assert positions(product) == [0, 6, 7, MAX_POSITION, MAX_POSITION]
        assert [image.pk for image in product.images.all()] == sorted(
            product.images.values_list("pk", flat=True)
        )

    def test_pictures_of_before_keep_their_order(self, product: Product) -> None:
        with connection.cursor() as cursor:
            for key in (7, 5, 6):
                sql = "INSERT INTO store_productimage (id, image, product_id) VALUES (%s, 'a.png', %s)"
                cursor.execute(sql, [key, product.pk])

        new = ProductImage.objects.create(product=product, image="b.png")

        assert [image.pk for image in product.images.all()] == [5, 6, 7, new.pk]
        assert positions(product) == [0, 0, 0, 1]

    def test_decides_the_order_everywhere(
        self, api_client: Any, product: Product, cart: Any
    ) -> None:
        for position in (2, 0, 1):
            ProductImage.objects.create(product=product, image="a.png", position=position)
        url = f"/store/products/{product.pk}/"
        lists = [
            api_client.get(f"{url}images/").json(),
            api_client.get(url).json()["images"],
            api_client.get("/store/products/").json()["results"][0]["images"],
        ]

        for found in lists:
            assert [image["position"] for image in found] == [0, 1, 2]


class TestUpload:
    @pytest.mark.parametrize(
        ("sent", "refusal"), [each for each in REFUSED if None not in each[0].values()]
    )
    def test_with_what_is_out_of_bounds_stores_nothing(
        self,
        api_client: Any,
        authenticate: Any,
        product: Product,
        tmp_path: Any,
        sent: Any,
        refusal: Any,
    ) -> None:
        authenticate(is_staff=True)

        response = upload(api_client, product, **sent)

        assert (response.status_code, response.json()) == (400, refusal)
        assert not ProductImage.objects.exists()
        assert [*tmp_path.iterdir()] == []

    def test_takes_a_text_and_a_place(
        self, api_client: Any, authenticate: Any, product: Product
    ) -> None:
        authenticate(is_staff=True)

        response = upload(api_client, product, alt="A teapot, blue", position=3)

        image = ProductImage.objects.get()
        assert response.json() == picture_body(image, alt="A teapot, blue", position=3)
        assert (image.width, image.height) == (24, 16)

    def test_the_limit_is_the_setting_s(
        self, api_client: Any, authenticate: Any, product: Product, settings: Any
    ) -> None:
        authenticate(is_staff=True)
        settings.STORE_IMAGE_KILOBYTES = 2
        content = encoded("JPEG").ljust(2049, b"\0")
        url = f"/store/products/{product.pk}/images/"

        response = api_client.post(url, {"image": SimpleUploadedFile("a.jpg", content)})

        assert response.json() == {"image": ["Files cannot be larger than 2KB!"]}
        content = content[:2048]
        assert (
            api_client.post(url, {"image": SimpleUploadedFile("a.jpg", content)}).status_code == 201
        )


class TestLines:
    TEXT = "160x80a 200x100 200x100 200x100"

    @pytest.fixture
    def pictured(self, product: Product) -> Product:
        for position, name in ((1, "b.png"), (0, "a.png")):
            ProductImage.objects.create(product=product, image=name, position=position)
        ProductImage.objects.update(sizes=self.TEXT)
        return product

    def test_of_carts_and_orders_show_the_pictures(
        self, api_client: Any, sign_in: Any, cart: Any, pictured: Product, make_product: Any
    ) -> None:
        sign_in()
        cart.items.create(product=pictured, quantity=1)
        cart.items.create(product=make_product(), quantity=1)
        images = api_client.get(f"/store/products/{pictured.pk}/").json()["images"]

        items = api_client.get(f"/store/carts/{cart.pk}/").json()["items"]
        alone = api_client.get(f"/store/carts/{cart.pk}/items/").json()
        order = api_client.post("/store/orders/", {"cart_id": cart.pk}).json()
        again = api_client.post("/store/orders/", {"cart_id": cart.pk}).json()
        read = api_client.get(f"/store/orders/{order['id']}/").json()
        cancelled = api_client.post(f"/store/orders/{order['id']}/cancel/").json()

        thumbnail = "http://testserver/media/sizes/a.png.thumbnail.webp"
        assert images[0]["sizes"]["thumbnail"]["webp"] == thumbnail
        for lines in (items, alone, *(each["items"] for each in (order, again, read, cancelled))):
            assert lines[0]["product"]["slug"] == "teapot"
            assert lines[0]["product"]["image"] == thumbnail
            assert lines[0]["product"]["images"] == images
            assert lines[1]["product"]["image"] is None
            assert lines[1]["product"]["images"] == []

    def test_show_no_thumbnail_before_it_is_made(
        self, api_client: Any, cart: Any, pictured: Product
    ) -> None:
        ProductImage.objects.update(sizes=None)
        cart.items.create(product=pictured, quantity=1)

        (item,) = api_client.get(f"/store/carts/{cart.pk}/items/").json()

        assert item["product"]["image"] is None
        assert item["product"]["images"][0]["image"] == "http://testserver/media/a.png"
