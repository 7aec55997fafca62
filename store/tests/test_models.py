"""The constraints hold for writes that pass no form and no serializer."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, ProtectedError
from model_bakery import baker

from store.models import (
    Campaign,
    CampaignRecipient,
    Cart,
    CartItem,
    Collection,
    Customer,
    ImportRun,
    Invoice,
    Order,
    OrderItem,
    OrderStatus,
    Payment,
    Product,
    ProductImage,
    Promotion,
    Review,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, tzinfo=UTC)
LATER = NOW + timedelta(microseconds=1)


@pytest.fixture
def customer(django_user_model):
    return baker.make(django_user_model, email="ann@example.com").customer


@pytest.fixture
def stranger(django_user_model):
    """A user without a customer profile."""
    user = baker.make(django_user_model, email="eve@example.com")
    user.customer.delete()
    return user


@pytest.fixture
def rows(product, customer):
    """One sane row of every model that has a constraint."""
    order = Order.objects.create(customer=customer)
    cart = Cart.objects.create()
    return {
        Promotion: Promotion.objects.create(description="Sale", discount=0.2),
        Product: product,
        Review: Review.objects.create(product=product, name="Ann", description="Good.", rating=5),
        Customer: customer,
        CampaignRecipient: CampaignRecipient.objects.create(
            campaign=Campaign.objects.create(subject="Sale", text="Now."), customer=customer
        ),
        CartItem: CartItem.objects.create(cart=cart, product=product, quantity=1),
        Order: order,
        OrderItem: OrderItem.objects.create(
            order=order, product=product, quantity=1, unit_price=Decimal(1)
        ),
        Payment: Payment.objects.create(order=order, gateway="Test", amount=1),
        ImportRun: ImportRun.objects.create(kind="stock", file_name="stock.csv"),
        Invoice: Invoice.objects.create(
            **{"order": order, "series": "R", "position": 1, "number": "R1", "currency": "USD"},
            **{"net": 1, "tax": 0, "total": 1, "buyer": {}, "seller": {}, "content": {}},
        ),
    }


NEXT_INVOICE = {"number": "R2", "position": 2, "turn": 2}
REFUSED = [
    (Promotion, "promotion_discount_is_fraction", {"discount": -0.01}),
    (Promotion, "promotion_discount_is_fraction", {"discount": 1.01}),
    (Promotion, "promotion_ends_after_it_starts", {"starts_at": NOW, "ends_at": NOW}),
    (Promotion, "promotion_ends_after_it_starts", {"starts_at": LATER, "ends_at": NOW}),
    (Promotion, "promotion_memberships_known", {"memberships": "X"}),
    (Promotion, "promotion_memberships_known", {"memberships": "GB"}),
    (Promotion, "promotion_memberships_known", {"memberships": "BB"}),
    (Product, "product_unit_price_at_least_1", {"unit_price": Decimal("0.99")}),
    (Product, "product_inventory_not_negative", {"inventory": -1}),
    (Review, "review_rating_1_to_5", {"rating": 0}),
    (Review, "review_rating_1_to_5", {"rating": 6}),
    (Customer, "customer_membership_known", {"membership": "X"}),
    (Customer, "customer_membership_known", {"membership": ""}),
    (CampaignRecipient, "campaignrecipient_state_known", {"state": "X"}),
    (CartItem, "cartitem_quantity_positive", {"quantity": 0}),
    (Order, "order_payment_status_known", {"payment_status": "X"}),
    (Order, "order_stage_of_paid", {"stage": "shipped"}),
    (Order, "order_stage_of_paid", {"stage": "refunded", "payment_status": "F"}),
    (Order, "order_stage_of_paid", {"stage": "paid", "payment_status": "C"}),
    (Order, "order_stage_of_paid", {"stage": "", "payment_status": "C"}),
    (Payment, "payment_status_known", {"status": "X"}),
    (ImportRun, "importrun_state_known", {"state": "X"}),
    (ImportRun, "importrun_kind_known", {"kind": "X"}),
    (Invoice, "invoice_kind_known", {"kind": "X", **NEXT_INVOICE}),
    (Invoice, "invoice_kind_known", {"kind": "credit_note", **NEXT_INVOICE}),
    (OrderItem, "orderitem_quantity_positive", {"quantity": 0}),
    (OrderItem, "orderitem_unit_price_not_negative", {"unit_price": Decimal("-0.01")}),
]
ACCEPTED = [
    (Promotion, {"discount": 0}),
    (Promotion, {"discount": 1}),
    (Promotion, {"starts_at": NOW, "ends_at": LATER}),
    (Promotion, {"starts_at": NOW}),
    (Promotion, {"ends_at": NOW}),
    (Promotion, {"memberships": "BSG"}),
    (Promotion, {"memberships": ""}),
    (Product, {"unit_price": 1}),
    (Product, {"unit_price": Decimal("99999999.99")}),
    (Product, {"inventory": 0}),
    (Product, {"inventory": 2**62}),
    (Review, {"rating": 1}),
    (Review, {"rating": None}),
    (CartItem, {"quantity": 32767}),
    (OrderItem, {"unit_price": 0}),
    (Order, {"payment_status": "F"}),
    (Order, {"payment_status": "C", "stage": "refunded"}),
    (Customer, {"membership": "G"}),
]


def copy_of(row, **fields):
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not (field.primary_key or field.generated)
    }
    return type(row)(**{**values, **fields})


@pytest.mark.parametrize(("model", "constraint", "fields"), REFUSED, ids=str)
def test_bulk_update_and_insert_are_refused(rows, customer, stranger, model, constraint, fields):
    before = list(model.objects.order_by("pk").values())
    # Of another user, cart and customer, so that no unique constraint is in the way of this one.
    others = {
        Customer: {"user_id": stranger.pk},
        CartItem: {"cart_id": Cart.objects.create().pk},
        CampaignRecipient: {"customer_id": customer.pk + 1},
        Payment: {"key": uuid4()},
    }
    copy = copy_of(rows[model], **others.get(model, {}), **fields)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.filter(pk=rows[model].pk).update(**fields)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        model.objects.bulk_create([copy])

    assert list(model.objects.order_by("pk").values()) == before


def test_bounds_themselves_are_accepted(rows):
    for model, fields in ACCEPTED:
        with transaction.atomic():
            row = model.objects.filter(pk=rows[model].pk)
            assert row.update(**fields) == 1, (model, fields)
            transaction.set_rollback(True)


def test_status_follows_from_what_is_stored(rows, subtests):
    for payment_status, stage, status in [
        ("P", None, OrderStatus.PENDING),
        ("C", None, OrderStatus.PAID),
        ("C", "shipped", OrderStatus.SHIPPED),
        ("C", "delivered", OrderStatus.DELIVERED),
        ("C", "refunded", OrderStatus.REFUNDED),
        ("F", None, OrderStatus.CANCELLED),
    ]:
        with subtests.test(payment_status=payment_status, stage=stage, status=status):
            Order.objects.update(payment_status=payment_status, stage=stage)

            assert Order.objects.get().status == status


def test_every_check_constraint_is_tried():
    checks = {
        constraint.name
        for model in apps.get_app_config("store").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert checks == {constraint for _, constraint, _ in REFUSED}


def test_customer_is_in_a_campaign_once(rows):
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignRecipient.objects.bulk_create([copy_of(rows[CampaignRecipient])])

    assert CampaignRecipient.objects.count() == 1


def test_product_is_in_a_cart_once(rows):
    with pytest.raises(IntegrityError), transaction.atomic():
        CartItem.objects.bulk_create([copy_of(rows[CartItem])])

    assert CartItem.objects.count() == 1


def test_user_has_one_claimed_cart(customer):
    Cart.objects.create(user=customer.user)

    with pytest.raises(IntegrityError), transaction.atomic():
        Cart.objects.bulk_create([Cart(user=customer.user)])

    assert Cart.objects.count() == 1


def test_cart_becomes_one_order(rows, customer):
    key = rows[CartItem].cart_id
    Order.objects.update(cart_uuid=key)

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.bulk_create([Order(customer=customer, cart_uuid=key)])

    assert Order.objects.count() == 1


@pytest.mark.parametrize("model", [Collection, Product, Customer, Order])
def test_row_that_others_need_is_protected(rows, model):
    with pytest.raises(ProtectedError):
        model.objects.all().delete()

    assert model.objects.exists()


def test_featured_product_leaves_its_collection(make_product, collection):
    product = make_product()
    Collection.objects.update(featured_product=product)

    product.delete()

    collection.refresh_from_db()
    assert collection.featured_product is None


def test_what_belongs_to_a_product_goes_with_it(make_product):
    product = make_product()
    baker.make(Review, product=product)
    ProductImage.objects.create(product=product, image="store/images/a.png")
    CartItem.objects.create(cart=Cart.objects.create(), product=product, quantity=1)

    product.delete()

    assert [model.objects.count() for model in (Review, ProductImage, CartItem)] == [0, 0, 0]
    assert Cart.objects.count() == 1


def test_names_that_other_code_relies_on(rows, product, customer):
    cart, order = rows[CartItem].cart, rows[Order]

    assert (cart.items.get(), order.items.get()) == (rows[CartItem], rows[OrderItem])
    assert (product.orderitems.get(), product.reviews.get()) == (rows[OrderItem], rows[Review])
    assert (product.collection.products.get(), product.images.count()) == (product, 0)
    assert (
        Customer.MEMBERSHIP_BRONZE + Customer.MEMBERSHIP_SILVER + Customer.MEMBERSHIP_GOLD == "BSG"
    )
    assert customer.membership == "B"
    assert order.payment_status == Order.PAYMENT_STATUS_PENDING == "P"
    assert (Order.PAYMENT_STATUS_COMPLETE, Order.PAYMENT_STATUS_FAILED) == ("C", "F")


def test_rows_read_as_a_sentence(rows, product):
    assert (str(product), str(rows[Promotion])) == ("Teapot", "Sale")
    assert str(product.collection) == "Kitchen"
    assert str(rows[CartItem]) == str(rows[OrderItem]) == "1 x Teapot"
    assert str(rows[Review]) == f"Ann on {rows[Review].date}"


def test_random_rows_of_the_tests_satisfy_the_constraints(subtests):
    for model in [Product, Promotion, CartItem, Review]:
        with subtests.test(model=model):
            assert len(baker.make(model, _quantity=30)) == 30
