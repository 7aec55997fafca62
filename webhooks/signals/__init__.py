from django.dispatch import Signal

# Sent after the commit, with the keyword argument `endpoint_ids`.
deliveries_due = Signal()
