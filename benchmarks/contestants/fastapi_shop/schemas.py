"""What goes over the wire."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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
    collection: int = Field(validation_alias="collection_id")
    images: list[ImageOut]

    def with_addresses(self, request: Request) -> "ProductOut":
        """Make the names of the pictures addresses."""
        for image in self.images:
            image.image = f"{request.base_url}media/{image.image}"
        return self


class ProductPage(BaseModel):
    count: int
    next: str | None
    previous: str | None
    results: list[ProductOut]


class SimpleProductOut(Shown):
    id: int
    title: str
    unit_price: float


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


class NewCartItem(BaseModel):
    product_id: int
    quantity: int = Field(ge=1, le=32767)


class CartItemAdded(Shown):
    id: int
    product_id: int
    quantity: int
