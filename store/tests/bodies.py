"""Parts of the bodies of responses that many tests compare."""

from typing import Any

from store.models import Product, ProductImage
from store.pictures.sizes import WIDTHS

NO_SIZES = dict.fromkeys(WIDTHS)


def picture_body(image: ProductImage, /, **others: Any) -> dict[str, Any]:
    """Return what the API shows of a picture of which there are no sizes yet."""
    return {
        "id": image.pk,
        "image": f"http://testserver/media/{image.image.name}",
        "alt": image.alt,
        "position": image.position,
        "width": image.width,
        "height": image.height,
        "sizes": NO_SIZES,
        **others,
    }


def line_product(product: Product, /, **shown: Any) -> dict[str, Any]:
    """Return what a line of a cart or order shows of a product without pictures."""
    return {"id": product.pk, "slug": product.slug, "image": None, "images": [], **shown}
