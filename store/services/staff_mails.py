from outbox.staff import queue_to_admins as queue_to_admins_once

from .transactions import retrying_transaction

queue_to_admins = retrying_transaction(queue_to_admins_once)
