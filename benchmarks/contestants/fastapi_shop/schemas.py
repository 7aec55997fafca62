"""What goes over the wire."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ..pictures import sizes_of

# The columns hold UTC without saying so.
Moment = Annotated[datetime, AfterValidator(lambda moment: moment.replace(tzinfo=UTC))]


class Shown(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PromotionOut(Shown):
    id: int
    description: str
    discount: float
    ends_at: Moment | None


class ImageOut(Shown):
    id: int
    image: str
    alt: str
    position: int
    width: int | None
    height: int | None
    # The text of the column first.
    sizes: Any

    def with_addresses(self, request: Request) -> None:
        """Make the name of the picture, and what the column says of its sizes, addresses."""
        media = f"{request.base_url}media/"
        self.sizes = sizes_of(media, self.image, self.sizes)
        self.image = f"{media}{self.image}"


class ProductOut(Shown):
    id: int
    title: str
    description: str | None
    slug: str
    sku: str | None
    inventory: int
    unit_price: float
    price_with_tax: float
    price: float
    promotion: PromotionOut | None
    final_price: float
    currency: str = "USD"
    collection: int = Field(validation_alias="collection_id")
    rating_average: float | None
    rating_count: int
    tags: list[str]
    last_update: Moment
    images: list[ImageOut]

    def with_addresses(self, request: Request) -> "ProductOut":
        """Make the names of the pictures addresses."""
        for image in self.images:
            image.with_addresses(request)
        return self


class ProductPage(BaseModel):
    count: int
    next: str | None
    previous: str | None
    results: list[ProductOut]


class SimpleProductOut(Shown):
    id: int
    title: str
    slug: str
    unit_price: float
    image: str | None = None
    images: list[ImageOut]


class CartItemOut(Shown):
    id: int
    product: SimpleProductOut
    quantity: int
    price: float
    promotion: PromotionOut | None
    total_price: float
    available: int
    insufficient_stock: bool


class CartOut(Shown):
    id: UUID
    items: list[CartItemOut]
    total_price: float
    tax: float
    total: float

    def with_addresses(self, request: Request) -> "CartOut":
        """Make the names of the pictures addresses, the first thumbnail the product's own."""
        for item in self.items:
            for image in item.product.images:
                image.with_addresses(request)
            thumbnails = [image.sizes["thumbnail"] for image in item.product.images[:1]]
            item.product.image = next((each["webp"] for each in thumbnails if each), None)
        return self


class NewCartItem(BaseModel):
    product_id: int
    quantity: int = Field(ge=1, le=32767)


class CartItemAdded(Shown):
    id: int
    product_id: int
    quantity: int
