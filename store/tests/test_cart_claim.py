import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from store.models import MAX_QUANTITY, Cart, CartItem, Customer, Order, Product
from store.services.carts import claim_cart

from .bodies import line_product

pytestmark = pytest.mark.django_db

NOT_FOUND = {"detail": "No Cart matches the given query."}


def claim(api_client, cart):
    return api_client.post(f"/store/carts/{getattr(cart, 'pk', cart)}/claim/")


def everything():
    """All carts with their owners, and all items."""
    items = CartItem.objects.values_list("pk", "cart", "product", "quantity")
    return list(Cart.objects.order_by("pk").values()), list(items)


@pytest.fixture
def owner(django_user_model):
    """Somebody who is not signed in."""
    return baker.make(django_user_model, username="olga", email="olga@example.com")


class TestRefused:
    def test_a_visitor_has_to_sign_in(self, api_client, item):
        before = everything()

        assert claim(api_client, item.cart).status_code == 401
        assert everything() == before

    def test_a_missing_cart_is_not_found(self, api_client, sign_in, item, subtests):
        sign_in()

        for missing in ["abc", "1", "%00", "1b671a64-40d5-491e-99b0-da01ff1f3341"]:
            with subtests.test(missing=missing):
                before = everything()

                assert claim(api_client, missing).status_code == 404
                assert everything() == before

    @pytest.mark.parametrize("is_staff", [False, True])
    def test_the_cart_of_another_is_not_found(self, api_client, sign_in, owner, item, is_staff):
        mine = Cart.objects.create(user=sign_in(is_staff=is_staff, is_superuser=is_staff))
        mine.items.create(product=item.product, quantity=1)
        Cart.objects.filter(pk=item.cart_id).update(user=owner)
        before = everything()

        assert claim(api_client, item.cart).status_code == 404
        assert everything() == before

    @pytest.mark.parametrize(("user", "status"), [({}, 403), (get_user_model()(), 404)], ids=str)
    def test_who_has_no_row_owns_no_cart(self, api_client, item, user, status):
        Cart.objects.create().items.create(product=item.product, quantity=1)
        before = everything()
        api_client.force_authenticate(user=user)

        assert claim(api_client, item.cart).status_code == status
        assert everything() == before

    def test_more_than_a_cart_holds_changes_neither(self, api_client, sign_in, item, make_product):
        mine = Cart.objects.create(user=sign_in())
        mine.items.create(product=make_product(), quantity=1)
        mine.items.create(product=item.product, quantity=MAX_QUANTITY - 1)
        before = everything()

        response = claim(api_client, item.cart)

        assert response.status_code == 400
        assert response.json() == {
            "quantity": ["A cart holds at most 32767 pieces of one product."],
            "code": "quantity_too_large",
        }
        assert everything() == before

    def test_it_is_a_post(self, api_client, sign_in, cart, subtests):
        sign_in()

        for method in ["get", "put", "patch", "delete"]:
            with subtests.test(method=method):
                response = getattr(api_client, method)(f"/store/carts/{cart.pk}/claim/")

                assert response.status_code == 405
                assert response["Allow"] == "POST, OPTIONS"


class TestClaim:
    def test_ties_the_cart_to_the_user(self, api_client, sign_in, item):
        user = sign_in()

        response = claim(api_client, item.cart)

        assert response.status_code == 200
        assert response.json() == {
            "id": str(item.cart_id),
            "items": [
                {
                    "id": item.pk,
                    "product": line_product(item.product, title="Teapot", unit_price=10),
                    "quantity": 2,
                    "price": 10,
                    "promotion": None,
                    "total_price": 20,
                    "available": 10,
                    "insufficient_stock": False,
                }
            ],
            "total_price": 20,
            "tax": 2,
            "total": 22,
        }
        assert Cart.objects.get().user == user

    def test_prices_it_for_the_user(self, api_client, sign_in, item, make_promotion):
        sign_in()
        Customer.objects.update(membership="G")
        make_promotion(item.product, memberships="G", discount=0.5)

        assert claim(api_client, item.cart).json()["total_price"] == 10

    def test_adds_up_with_the_earlier_cart(self, api_client, sign_in, item, make_product):
        earlier = Cart.objects.create(user=sign_in())
        cup, jug = make_product(title="Cup"), make_product(title="Jug")
        earlier.items.create(product=cup, quantity=4)
        # Nine and two of ten in stock: not capped, but flagged.
        earlier.items.create(product=item.product, quantity=9)
        item.cart.items.create(product=jug, quantity=5)

        body = claim(api_client, item.cart).json()

        assert {
            shown["product"]["title"]: (shown["quantity"], shown["insufficient_stock"])
            for shown in body["items"]
        } == {"Teapot": (11, True), "Jug": (5, False), "Cup": (4, False)}
        assert (body["total_price"], body["total"]) == (200, 220)
        assert Cart.objects.get() == item.cart
        assert CartItem.objects.count() == 3
        assert list(Product.objects.values_list("inventory", flat=True)) == [10, 10, 10]

    def test_fills_a_line_to_the_last_piece(self, api_client, sign_in, item):
        earlier = Cart.objects.create(user=sign_in())
        earlier.items.create(product=item.product, quantity=MAX_QUANTITY - 2)

        claim(api_client, item.cart)

        assert CartItem.objects.get().quantity == MAX_QUANTITY

    def test_the_earlier_cart_is_gone(self, api_client, sign_in, item):
        earlier = Cart.objects.create(user=sign_in())
        claim(api_client, item.cart)

        assert api_client.get(f"/store/carts/{earlier.pk}/").json() == NOT_FOUND
        assert claim(api_client, earlier).status_code == 404
        response = api_client.post("/store/orders/", {"cart_id": str(earlier.pk)}, format="json")
        assert (response.status_code, response.json()["code"]) == (400, "cart_not_found")

    def test_again_it_changes_nothing(self, api_client, sign_in, item):
        sign_in()
        first = claim(api_client, item.cart)
        before = CartItem.objects.values().get()

        again = claim(api_client, item.cart)

        assert again.status_code == 200
        assert again.json() == first.json()
        assert CartItem.objects.values().get() == before

    def test_leaves_the_carts_of_others(self, api_client, sign_in, owner, item):
        sign_in()
        others = [Cart.objects.create(user=owner), Cart.objects.create()]

        claim(api_client, item.cart)

        assert Cart.objects.filter(user=owner).get() == others[0]
        assert Cart.objects.filter(user=None).get() == others[1]


class TestClaimed:
    """A claimed cart answers its owner only; for everybody else there is none."""

    @pytest.fixture(autouse=True)
    def _claimed(self, owner, item):
        claim_cart(cart_id=item.cart_id, user_id=owner.pk)

    @pytest.fixture
    def sign_in_as(self, api_client, sign_in, authenticate):
        return {
            "visitor": lambda: None,
            "another": sign_in,
            "staff": lambda: sign_in(is_staff=True, is_superuser=True),
            "unsaved staff": lambda: authenticate(is_staff=True),
        }

    @pytest.mark.parametrize("who", ["visitor", "another", "staff", "unsaved staff"])
    def test_nobody_else_uses_it(self, api_client, sign_in_as, item, who, subtests):
        sign_in_as[who]()
        before = everything()

        for method, path in [
            ("get", ""),
            ("delete", ""),
            ("get", "items/"),
            ("post", "items/"),
            ("get", "items/{item}/"),
            ("patch", "items/{item}/"),
            ("delete", "items/{item}/"),
        ]:
            with subtests.test(method=method, path=path):
                url = f"/store/carts/{item.cart_id}/{path}".format(item=item.pk)

                response = getattr(api_client, method)(
                    url, {"product_id": item.product_id, "quantity": 1}, format="json"
                )

                assert response.status_code == 404
                assert set(response.json()) == {"detail"}
                assert everything() == before

    @pytest.mark.parametrize("is_staff", [False, True])
    def test_nobody_else_orders_it(self, api_client, sign_in, item, is_staff):
        sign_in(is_staff=is_staff)
        before = everything()

        response = api_client.post("/store/orders/", {"cart_id": str(item.cart_id)}, format="json")

        assert response.status_code == 400
        assert response.json()["code"] == "cart_not_found"
        assert everything() == before
        assert not Order.objects.exists()

    def test_its_owner_does_all(self, api_client, owner, item, make_product):
        api_client.force_authenticate(user=owner)
        url = f"/store/carts/{item.cart_id}/"
        body = {"product_id": make_product().pk, "quantity": 1}

        added = api_client.post(f"{url}items/", body, format="json")
        one = f"{url}items/{added.json()['id']}/"
        responses = [
            added,
            api_client.get(url),
            api_client.get(f"{url}items/"),
            api_client.get(one),
            api_client.patch(one, {"quantity": 3}, format="json"),
            api_client.delete(one),
            api_client.delete(url),
        ]

        assert [response.status_code for response in responses] == [
            201,
            200,
            200,
            200,
            200,
            204,
            204,
        ]
        assert everything() == ([], [])

    def test_its_order_is_found_again(self, api_client, owner, item):
        api_client.force_authenticate(user=owner)
        body = {"cart_id": str(item.cart_id)}

        placed = api_client.post("/store/orders/", body, format="json")
        again = api_client.post("/store/orders/", body, format="json")

        assert (placed.status_code, again.status_code) == (201, 200)
        assert placed.json() == again.json()
        assert claim(api_client, item.cart).status_code == 404
        assert everything() == ([], [])

    def test_it_goes_with_the_account(self, api_client, sign_in, item):
        Cart.objects.update(user=sign_in())

        response = api_client.delete(
            "/auth/users/me/", {"current_password": "a-Str0ng-one"}, format="json"
        )

        assert response.status_code == 204
        assert everything() == ([], [])
