from django.dispatch import Signal

# Sent after the commit, with the keyword argument `order`.
order_created = Signal()
# Sent after the commit, with the keyword arguments `order` and `change` (an OrderStatusChange).
order_status_changed = Signal()
# Sent after the commit that left money to give back.
refund_due = Signal()
# Sent after the commit, with the keyword argument `campaign`.
campaign_started = Signal()
# Sent after the commit that left an import work to do, with the keyword argument `run_id`.
import_waiting = Signal()

# Those that say -ing are sent inside the transaction that makes the change: what a receiver writes is
# committed or rolled back with it, and what it raises rolls back both.

# With the keyword arguments `order` and `change` (an OrderStatusChange), for each step of an order.
order_status_changing = Signal()
# Before an order is deleted; with the keyword argument `order`.
order_deleting = Signal()
# With the keyword arguments `rows` (a queryset of the products), `action` ("created", "updated", "deleted") and
# `fields` (the names of those written). After the write of new rows, else before it; a receiver that returns a
# function has it called after the write. Orders, which lower the stock, send stock_taking alone.
products_changing = Signal()
# With the keyword arguments `products`, as they were, and `quantities` (pieces by product id).
stock_taking = Signal()
# Sent after the commit, with the keyword arguments `name`, of a picture's new file, and `replaced`, the
# name of the file that the row showed before, or "".
picture_stored = Signal()
