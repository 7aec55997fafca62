from django.dispatch import Signal

# Sent in the transaction of the cause, with the keyword argument `changes` (instances of Change, saved); the
# sender is the model whose rows changed.
changes_recorded = Signal()
