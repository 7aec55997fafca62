"""The shop's tables as SQLAlchemy sees them, and the connection to them."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Column,
    ForeignKey,
    Numeric,
    Table,
    and_,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import Engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    mapped_column,
    relationship,
)

CENT = Decimal("0.01")
TENTH = Decimal("0.1")
TAX_RATE = Decimal("0.10")


def sqlalchemy_url() -> str:
    """Return DATABASE_URL with the name of the driver; MariaDB differs from MySQL in its UUIDs."""
    return os.environ["DATABASE_URL"].replace("mysql://", "mariadb+mysqldb://")


IS_SQLITE = sqlalchemy_url().startswith("sqlite")
# Like the shop; at MariaDB's default, carts that are filled at the same time deadlock.
ISOLATION = {} if IS_SQLITE else {"isolation_level": "READ COMMITTED"}
engine = create_engine(sqlalchemy_url(), **ISOLATION)

if IS_SQLITE:

    @event.listens_for(Engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        # As the shop has it.
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA cache_size=-16000")


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def now() -> datetime:
    """Return this moment as the tables have it: in UTC, without saying so."""
    return datetime.now(UTC).replace(tzinfo=None)


class Base(DeclarativeBase):
    pass


product_promotions = Table(
    "store_product_promotions",
    Base.metadata,
    Column("id", primary_key=True),
    Column("product_id", ForeignKey("store_product.id")),
    Column("promotion_id", ForeignKey("store_promotion.id")),
)


class Review(Base):
    __tablename__ = "store_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int]
    rating: Mapped[int | None]
    is_approved: Mapped[bool]


class Tag(Base):
    __tablename__ = "tags_tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]


class ContentType(Base):
    __tablename__ = "django_content_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    app_label: Mapped[str]
    model: Mapped[str]


tagged_items = Table(
    "tags_taggeditem",
    Base.metadata,
    Column("id", primary_key=True),
    Column("tag_id", ForeignKey("tags_tag.id")),
    Column("object_id", ForeignKey("store_product.id")),
    Column("content_type_id", ForeignKey("django_content_type.id")),
)
PRODUCT_TYPE = (
    select(ContentType.id)
    .where(ContentType.app_label == "store", ContentType.model == "product")
    .scalar_subquery()
)


def of_ratings(function: Any, product_id: Any) -> Any:
    """Return what a function makes of the ratings of a product."""
    approved = select(function(Review.rating)).where(
        Review.product_id == product_id, Review.is_approved
    )
    return approved.correlate_except(Review).scalar_subquery()


class Promotion(Base):
    __tablename__ = "store_promotion"

    id: Mapped[int] = mapped_column(primary_key=True)
    description: Mapped[str]
    discount: Mapped[float]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    memberships: Mapped[str]


class ProductImage(Base):
    __tablename__ = "store_productimage"

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("store_product.id"))
    image: Mapped[str]
    alt: Mapped[str]
    position: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    sizes: Mapped[str | None]


class Product(Base):
    __tablename__ = "store_product"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str | None]
    slug: Mapped[str]
    sku: Mapped[str | None]
    inventory: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    collection_id: Mapped[int]
    last_update: Mapped[datetime]

    images: Mapped[list[ProductImage]] = relationship(
        order_by=(ProductImage.position, ProductImage.id)
    )
    # Loaded with those that run now.
    promotions: Mapped[list[Promotion]] = relationship(
        secondary=product_promotions, order_by=(Promotion.discount.desc(), Promotion.id)
    )

    tags_in_order: Mapped[list[Tag]] = relationship(
        secondary=tagged_items,
        primaryjoin=lambda: and_(
            Product.id == tagged_items.c.object_id, tagged_items.c.content_type_id == PRODUCT_TYPE
        ),
        secondaryjoin=lambda: tagged_items.c.tag_id == Tag.id,
        order_by=(Tag.label, Tag.id),
        viewonly=True,
    )
    rating_total: Mapped[int | None] = column_property(of_ratings(func.sum, id))
    rating_count: Mapped[int] = column_property(of_ratings(func.count, id))

    @property
    def tags(self) -> list[str]:
        return [tag.label for tag in self.tags_in_order]

    @property
    def rating_average(self) -> Decimal | None:
        if not self.rating_count:
            return None
        average = Decimal(int(self.rating_total or 0)) / self.rating_count
        return average.quantize(TENTH, rounding=ROUND_HALF_UP)

    @property
    def promotion(self) -> Promotion | None:
        return self.promotions[0] if self.promotions else None

    @property
    def price(self) -> Decimal:
        if self.promotion is None:
            return self.unit_price
        price = self.unit_price * (1 - Decimal(str(self.promotion.discount)))
        return price.quantize(CENT, rounding=ROUND_HALF_UP)

    @property
    def price_with_tax(self) -> Decimal:
        return with_tax(self.unit_price)

    @property
    def final_price(self) -> Decimal:
        return with_tax(self.price)


def with_tax(price: Decimal) -> Decimal:
    return (price * (1 + TAX_RATE)).quantize(CENT, rounding=ROUND_HALF_UP)


class Cart(Base):
    __tablename__ = "store_cart"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    created_at: Mapped[datetime] = mapped_column(default=now)
    touched_at: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[int | None]

    items: Mapped[list["CartItem"]] = relationship(order_by="CartItem.id")

    @property
    def total_price(self) -> Decimal:
        return sum((item.total_price for item in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((item.tax for item in self.items), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.total_price + self.tax


class CartItem(Base):
    __tablename__ = "store_cartitem"

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[UUID] = mapped_column(ForeignKey("store_cart.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("store_product.id"))
    quantity: Mapped[int]

    product: Mapped[Product] = relationship()

    @property
    def price(self) -> Decimal:
        return self.product.price

    @property
    def promotion(self) -> Promotion | None:
        return self.product.promotion

    @property
    def total_price(self) -> Decimal:
        return self.quantity * self.price

    @property
    def tax(self) -> Decimal:
        return self.quantity * (with_tax(self.price) - self.price)

    @property
    def available(self) -> int:
        return self.product.inventory

    @property
    def insufficient_stock(self) -> bool:
        return self.quantity > self.available
