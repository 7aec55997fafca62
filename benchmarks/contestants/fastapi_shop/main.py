"""Products and carts with FastAPI and SQLAlchemy's ORM, as their documentation would have it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session, selectinload

from . import schemas
from .tables import Cart, CartItem, Product, Promotion, get_session, now

PAGE_SIZE = 10
MAX_QUANTITY = 32767

app = FastAPI()
SessionDep = Annotated[Session, Depends(get_session)]


def running() -> Any:
    """Return what keeps the promotions that price something now for a visitor."""
    return and_(
        Promotion.memberships == "",
        or_(Promotion.starts_at.is_not(None), Promotion.ends_at.is_not(None)),
        or_(Promotion.starts_at.is_(None), Promotion.starts_at <= now()),
        or_(Promotion.ends_at.is_(None), Promotion.ends_at > now()),
    )


def products() -> Any:
    return select(Product).options(
        selectinload(Product.images),
        selectinload(Product.promotions.and_(running())),
        selectinload(Product.tags_in_order),
    )


def page_url(request: Request, number: int) -> str:
    url = request.url.remove_query_params("page")
    return str(url.include_query_params(page=number) if number > 1 else url)


@app.get("/store/products/")
def list_products(
    request: Request, session: SessionDep, page: Annotated[int, Query(ge=1)] = 1
) -> schemas.ProductPage:
    count = session.scalar(select(func.count()).select_from(Product)) or 0
    ordered = products().order_by(Product.title, Product.id)
    found = session.scalars(ordered.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    shown = [schemas.ProductOut.model_validate(product) for product in found]
    return schemas.ProductPage(
        count=count,
        next=page_url(request, page + 1) if page * PAGE_SIZE < count else None,
        previous=page_url(request, page - 1) if page > 1 else None,
        results=[product.with_addresses(request) for product in shown],
    )


@app.get("/store/products/{product_id}/")
def read_product(request: Request, session: SessionDep, product_id: int) -> schemas.ProductOut:
    product = session.scalars(products().where(Product.id == product_id)).one_or_none()
    if product is None:
        raise HTTPException(404)
    return schemas.ProductOut.model_validate(product).with_addresses(request)


@app.post("/store/carts/", status_code=201)
def create_cart(session: SessionDep) -> schemas.CartOut:
    cart = Cart(items=[])
    session.add(cart)
    session.commit()
    return schemas.CartOut.model_validate(cart)


@app.get("/store/carts/{cart_id}/")
def read_cart(request: Request, session: SessionDep, cart_id: UUID) -> schemas.CartOut:
    items = selectinload(Cart.items).joinedload(CartItem.product)
    promotions = items.selectinload(Product.promotions.and_(running()))
    images = items.selectinload(Product.images)
    query = select(Cart).where(Cart.id == cart_id, Cart.user_id.is_(None))
    query = query.options(promotions, images)
    cart = session.scalars(query).one_or_none()
    if cart is None:
        raise HTTPException(404)
    return schemas.CartOut.model_validate(cart).with_addresses(request)


@app.post("/store/carts/{cart_id}/items/", status_code=201)
def add_item(session: SessionDep, cart_id: UUID, new: schemas.NewCartItem) -> schemas.CartItemAdded:
    locked = select(Cart).where(Cart.id == cart_id, Cart.user_id.is_(None)).with_for_update()
    if session.scalars(locked).one_or_none() is None:
        raise HTTPException(404)
    if session.scalar(select(Product.id).where(Product.id == new.product_id)) is None:
        raise HTTPException(400, "No product with the given ID was found.")
    item = add_up(session, cart_id, new) or CartItem(cart_id=cart_id, **new.model_dump())
    session.add(item)
    session.commit()
    return schemas.CartItemAdded.model_validate(item)


def add_up(session: Session, cart_id: UUID, new: schemas.NewCartItem) -> CartItem | None:
    """Raise the quantity of the line that the product has already, if it has one."""
    same = (CartItem.cart_id == cart_id, CartItem.product_id == new.product_id)
    raised = session.execute(
        update(CartItem)
        .where(*same, CartItem.quantity <= MAX_QUANTITY - new.quantity)
        .values(quantity=CartItem.quantity + new.quantity)
    )
    if raised.rowcount:
        return session.scalars(select(CartItem).where(*same)).one()
    return None
