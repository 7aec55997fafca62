from django.dispatch import Signal

# Sent after the commit, with the keyword argument `order`.
order_created = Signal()
# Sent after the commit, with the keyword arguments `order` and `change` (an OrderStatusChange).
order_status_changed = Signal()
# Sent after the commit that left money to give back.
refund_due = Signal()
# Sent after the commit, with the keyword argument `campaign`.
campaign_started = Signal()
