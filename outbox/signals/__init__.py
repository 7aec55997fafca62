from django.dispatch import Signal

# Sent after the commit; with the keyword argument `mail`, or for a batch with `mail=None`.
mail_queued = Signal()
