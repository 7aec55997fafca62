from django.dispatch import Signal

# Sent after the commit, with the keyword argument `order`.
order_created = Signal()
# Sent after the commit, with the keyword argument `campaign`.
campaign_started = Signal()
