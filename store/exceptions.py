"""What the shop refuses; the API's exception handler turns each into its status and body."""

from decimal import Decimal
from typing import Any, NamedTuple


class StoreError(Exception):
    """Base of all refusals: an HTTP status, a stable code and a detail (a text, or the body's fields)."""

    status_code = 409
    code = "refused"
    # Seconds after which to try again, sent as Retry-After.
    wait: int | None = None
    detail: str | dict[str, Any] = "The shop refuses this."
    # Arguments of an example, for the API's document.
    sample: tuple[Any, ...] = ()

    def __init__(self, detail: str | dict[str, Any] | None = None) -> None:
        if detail is not None:
            self.detail = detail
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The refusal as one sentence for people, as the admin shows it."""
        if isinstance(self.detail, str):
            return self.detail
        first = next(iter(self.detail.values()))
        return first[0] if isinstance(first, list) else first


class CartNotFound(StoreError):
    status_code = 400
    code = "cart_not_found"
    detail = {"cart_id": ["No cart with the given ID was found."]}


class EmptyCart(StoreError):
    status_code = 400
    code = "empty_cart"
    detail = {"cart_id": ["The cart is empty."]}


class CartChanged(StoreError):
    """The order would cost more than the customer was shown; `total` is with tax."""

    code = "cart_changed"
    sample = (Decimal("54.78"),)

    def __init__(self, total: Decimal) -> None:
        self.total = total
        super().__init__({"detail": "The total has risen; look at the cart again.", "total": total})


class EmailUnverified(StoreError):
    """The shop takes orders from accounts with a confirmed address only."""

    code = "email_unverified"
    detail = "Confirm your e-mail address first; the shop has mailed you a link."


class AddressNotFound(StoreError):
    status_code = 400
    code = "address_not_found"
    detail = {"shipping_address_id": ["No address of yours with the given ID was found."]}


class MalformedKey(StoreError):
    status_code = 400
    code = "idempotency_key_malformed"
    detail = "The Idempotency-Key must be a text of 1 to 255 printable ASCII characters."


class KeyInFlight(StoreError):
    """Another request under the same idempotency key has not been answered yet."""

    code = "idempotency_key_in_flight"
    wait = 1
    detail = "A request with this Idempotency-Key is being processed; try again in a moment."


class KeyReused(StoreError):
    """The idempotency key came with another request before."""

    status_code = 422
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key belongs to another request; use a new one."


class ProductNotFound(StoreError):
    status_code = 400
    code = "product_not_found"
    detail = {"product_id": ["No product with the given ID was found."]}


class QuantityTooLarge(StoreError):
    status_code = 400
    code = "quantity_too_large"
    sample = (32767,)

    def __init__(self, maximum: int) -> None:
        super().__init__({"quantity": [f"A cart holds at most {maximum} pieces of one product."]})


class Shortage(NamedTuple):
    """A line that the stock does not cover; quantities in pieces."""

    product_id: int
    requested: int
    available: int


class OutOfStock(StoreError):
    code = "insufficient_stock"
    sample = ([Shortage(product_id=7, requested=3, available=1)],)

    def __init__(self, shortages: list[Shortage]) -> None:
        self.shortages = shortages
        super().__init__(
            {
                "detail": "The stock does not cover the order.",
                "lines": [shortage._asdict() for shortage in shortages],
            }
        )


class TooMany(StoreError):
    """The customer, or the cart, has as many of these as the shop lets anybody have."""

    code = "too_many"
    sample = (100,)
    advice = "There are {maximum} already, and the shop allows no more."

    def __init__(self, maximum: int) -> None:
        super().__init__(self.advice.format(maximum=maximum))


class TooManyUnpaid(TooMany):
    code = "too_many_unpaid"
    sample = (5,)
    advice = "You have {maximum} unpaid orders; pay for one or cancel one first."


class TooManyLines(TooMany):
    code = "too_many_cart_lines"
    sample = (100,)
    advice = "A cart holds at most {maximum} products."


class TooManyAddresses(TooMany):
    code = "too_many_addresses"
    sample = (50,)
    advice = "You have {maximum} addresses; delete one first."


class TooManyReviews(TooMany):
    code = "too_many_reviews"
    sample = (10,)
    advice = "You have written {maximum} reviews of this product; change one of them."


class TooManyKeys(TooMany):
    code = "too_many_idempotency_keys"
    sample = (1000,)
    advice = "You have used {maximum} keys within a day; wait until the oldest have expired."


class OrderStatusConflict(StoreError):
    code = "order_status_conflict"
    sample = ("An order cannot go from cancelled to shipped.",)


class PaymentStatusConflict(StoreError):
    code = "payment_status_conflict"
    sample = ("An order cannot go from payment status C to F.",)


class NoGateway(StoreError):
    """The shop takes no payments through a gateway."""

    code = "no_payment_gateway"
    detail = "This shop takes no payments online."


class GatewayUnavailable(StoreError):
    """The gateway did not answer; the payment waits and can be asked for again."""

    status_code = 503
    code = "payment_gateway_unavailable"
    wait = 5
    detail = "The payment service does not answer; please try again."


class WebhookRefused(StoreError):
    """A delivery that is not the gateway's, or cannot be read."""

    status_code = 400
    code = "webhook_refused"
    sample = ("The signature does not fit.",)


class OrderNotPayable(StoreError):
    """The order is no longer pending."""

    code = "order_not_payable"
    detail = "Only a pending order can be paid."


class NotDeletable(StoreError):
    """The row is needed by others."""

    status_code = 405
    code = "not_deletable"

    def __init__(self, message: str) -> None:
        super().__init__({"error": message})


class ProductInOrders(NotDeletable):
    code = "product_in_orders"

    def __init__(self) -> None:
        super().__init__("Product cannot be deleted because it is associated with an order item.")


class CollectionNotEmpty(NotDeletable):
    code = "collection_not_empty"

    def __init__(self) -> None:
        super().__init__("Collection cannot be deleted because it includes one or more products.")


class CustomerHasOrders(NotDeletable):
    code = "customer_has_orders"

    def __init__(self) -> None:
        super().__init__("Customer cannot be deleted because it has one or more orders.")


class OrderIsPaid(NotDeletable):
    code = "order_is_paid"

    def __init__(self) -> None:
        super().__init__("Order cannot be deleted because it has been paid.")


class ProductsChanged(StoreError):
    code = "products_changed"
    detail = "Somebody else has changed some of these products meanwhile. Nothing was changed."


class OrderIsInvoiced(NotDeletable):
    code = "order_is_invoiced"

    def __init__(self) -> None:
        super().__init__("Order cannot be deleted because an invoice was issued for it.")


class NotInvoiceable(StoreError):
    """An invoice is for an order that stands and has lines."""

    code = "not_invoiceable"
    detail = "There is nothing to invoice."


class SellerUnknown(StoreError):
    """No invoice is issued that does not say who sells: it could not be corrected later."""

    code = "seller_unknown"
    detail = (
        "The shop's name and address are not set (STORE_SELLER_NAME, STORE_SELLER_ADDRESS); "
        "no invoice was issued."
    )


class InvoiceNotFound(StoreError):
    status_code = 404
    code = "invoice_not_found"
    detail = "No invoice was issued for this order."


class ReportsBusy(StoreError):
    """This process computes a report, and another one waits already."""

    status_code = 503
    code = "reports_busy"
    wait = 3
    detail = "Other reports are being computed; please try again."


class ReportTooSlow(StoreError):
    """The database was stopped before it had added everything up."""

    status_code = 503
    code = "report_too_slow"
    wait = 60
    detail = "This report takes too long; ask for fewer days."


class FacetsBusy(StoreError):
    """This process counts facets, and others wait already."""

    status_code = 503
    code = "facets_busy"
    wait = 3
    detail = "Other facets are being counted; please try again."


class FacetsTooSlow(StoreError):
    """The database was stopped before it had counted all."""

    status_code = 503
    code = "facets_too_slow"
    wait = 60
    detail = "These facets take too long to count; please narrow the list."


class SearchBusy(StoreError):
    """This process runs a search that no index helps, and others wait for it."""

    status_code = 503
    code = "search_busy"
    wait = 3
    detail = "Another search takes long; please try again."


class SearchTooSlow(StoreError):
    """The database was stopped before it had found all."""

    status_code = 503
    code = "search_too_slow"
    wait = 60
    detail = "This search takes too long; search for whole words with `q`, or for a longer text."


class NoRecipients(StoreError):
    """No customer was chosen whom a mail could reach."""

    code = "no_recipients"
    detail = "None of these customers has an active account with an e-mail address."


class ImportConflict(StoreError):
    """An import is in another state than what was asked of it needs: somebody was faster, or it has errors."""

    code = "import_conflict"
    detail = "The import is in another state by now; nothing was done."
