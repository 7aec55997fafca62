"""What the database says of orders, whatever the clients were told."""

from dataclasses import dataclass

from .connections import Database

SHOP_ORDERS = "SELECT COUNT(*) FROM store_order"
SHOP_STOCK = "SELECT SUM(inventory) FROM store_product"
OSCAR_ORDERS = "SELECT COUNT(*) FROM order_order"
# Oscar takes nothing off the shelf when an order is placed; it allocates it.
OSCAR_STOCK = "SELECT SUM(num_in_stock - COALESCE(num_allocated, 0)) FROM partner_stockrecord"
PIECES = 2


@dataclass(frozen=True)
class Ledger:
    orders: int
    stock: int

    def lost_since(self, before: "Ledger", confirmed: int) -> int:
        """Return how many of the confirmed orders are missing, or did not take their pieces."""
        written = self.orders - before.orders
        taken = (before.stock - self.stock) // PIECES
        return max(confirmed - written, confirmed - taken, 0)


def read_ledger(url: str, *, of_oscar: bool = False) -> Ledger:
    database = Database(url)
    orders, stock = (OSCAR_ORDERS, OSCAR_STOCK) if of_oscar else (SHOP_ORDERS, SHOP_STOCK)
    found = Ledger(database.value(orders), int(database.value(stock)))
    database.close()
    return found
