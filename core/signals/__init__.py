from django.dispatch import Signal

# Sent in the transaction, with the keyword argument `user`.
password_changed = Signal()
