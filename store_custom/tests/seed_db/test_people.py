import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.db.models import Count, F, Max, Min
from django.utils import timezone

from likes.models import LikedItem
from store.models import (
    Customer,
    Order,
    OrderItem,
    OrderStatus,
    Product,
    Review,
)
from store.money import round_to_minor_unit
from store_custom.seeding.people import ACCOUNTS, PASSWORD

User = get_user_model()
pytestmark = pytest.mark.usefixtures("seeded")


class TestCustomersAndOrders:
    def test_makes_two_hundred_customers_who_share_one_password_hash(self):
        shoppers = Customer.objects.filter(user__is_staff=False)
        assert shoppers.count() == 200
        assert shoppers.values("user__password").distinct().count() == 1
        assert shoppers.values("user__email").distinct().count() == 200
        assert set(shoppers.values_list("membership", flat=True)) == {"B", "S", "G"}
        assert not shoppers.filter(addresses=None).exists()

    def test_gives_every_user_exactly_one_profile(self):
        assert User.objects.filter(customer=None).count() == 0
        assert Customer.objects.count() == User.objects.count() == 202

    def test_spreads_two_thousand_orders_over_the_last_year(self):
        orders = Order.objects.aggregate(first=Min("placed_at"), last=Max("placed_at"))
        assert Order.objects.count() == 2000
        assert orders["last"] <= timezone.now()
        assert timedelta(days=350) < orders["last"] - orders["first"] <= timedelta(days=365)
        assert set(Order.objects.values_list("payment_status", flat=True)) == {"P", "C", "F"}
        assert set(Order.objects.values_list("status", flat=True)) == set(OrderStatus.values)
        assert not Order.objects.exclude(cart_uuid=None).exists()

    def test_gives_each_order_one_to_five_lines_with_title_and_price(self):
        counts = Order.objects.annotate(count=Count("items")).values_list("count", flat=True)
        assert set(counts) == {1, 2, 3, 4, 5}
        assert not OrderItem.objects.exclude(title=F("product__title")).exists()
        assert not OrderItem.objects.filter(unit_price__gt=F("product__unit_price")).exists()

    def test_keeps_the_price_of_the_day_in_old_orders(self):
        old = OrderItem.objects.filter(order__placed_at__lt=timezone.now() - timedelta(days=210))
        line = old.select_related("product").first()
        assert line.unit_price == round_to_minor_unit(line.product.unit_price * Decimal("0.96"))

    def test_gives_each_order_the_history_of_its_status(self):
        order_by_status = {order.status: order for order in Order.objects.all()}
        for status, order in order_by_status.items():
            steps = list(order.status_changes.values_list("from_status", "to_status"))
            assert steps[0][1] == status
            assert steps[-1] == (None, "pending")
            assert [step[0] for step in steps[:-1]] == [step[1] for step in steps[1:]]

    def test_totals_stay_within_what_people_spend(self):
        totals = [order.total_of_lines for order in Order.objects.with_total()]
        assert min(totals) >= 1
        assert sum(totals) / len(totals) < 500

    def test_lets_customers_and_guests_review_and_rate(self):
        ratings = set(Review.objects.values_list("rating", flat=True))
        assert ratings == {1, 2, 3, 4, 5, None}
        assert Review.objects.filter(user=None).exists()
        assert Review.objects.filter(user__is_staff=False).exists()
        assert Review.objects.values("date").distinct().count() > 50
        assert Review.objects.aggregate(last=Max("date"))["last"] <= timezone.now().date()

    def test_lets_customers_like_products(self):
        products = set(Product.objects.values_list("pk", flat=True))
        assert set(LikedItem.objects.values_list("object_id", flat=True)) <= products
        assert LikedItem.objects.values("user").distinct().count() == 200


class TestDemoAccounts:
    @pytest.fixture
    def sign_in_as(self, api_client):
        def sign_in_as(username):
            sent = {"username": username, "password": PASSWORD}
            response = api_client.post("/auth/jwt/create/", sent)
            assert response.status_code == 200
            api_client.credentials(HTTP_AUTHORIZATION=f"JWT {response.data['access']}")

        return sign_in_as

    def test_are_printed_with_their_password(self, seeded):
        for name in ACCOUNTS:
            assert re.search(rf"^  {name} +{PASSWORD} ", seeded, re.MULTILINE)

    def test_have_a_password_that_the_shop_would_accept(self):
        for user in User.objects.filter(username__in=ACCOUNTS):
            validate_password(PASSWORD, user)

    def test_admin_may_do_everything(self, api_client, sign_in_as):
        sign_in_as("admin")
        assert api_client.post("/store/collections/", {"title": "New"}).status_code == 201
        assert User.objects.get(username="admin").is_superuser

    def test_support_serves_customers(self, api_client, sign_in_as):
        sign_in_as("support")
        pk = Customer.objects.get(user__username="customer").pk
        assert api_client.get(f"/store/customers/{pk}/history/").status_code == 200
        support = User.objects.get(username="support")
        assert support.is_staff
        assert not support.is_superuser
        assert support.has_perm("store.view_history")
        assert not support.has_perm("store.delete_product")

    def test_customer_has_orders_and_no_rights(self, api_client, sign_in_as):
        sign_in_as("customer")
        assert len(api_client.get("/store/orders/").data) > 0
        assert len(api_client.get("/likes/").data) > 0
        assert api_client.get("/store/customers/").status_code == 403
        assert not User.objects.get(username="customer").is_staff
