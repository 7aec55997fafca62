from collections.abc import Callable
from typing import Any

import pytest

from outbox.content import Content
from outbox.models import Mail
from outbox.services import queue_mail

LETTER = Content("Your order", "Thank you.\n", "<p>Thank you.</p>")


@pytest.fixture
def queue(db: None) -> Callable[..., Mail]:
    """Queue a mail to ann; what is given replaces the usual."""

    def queue(**given: Any) -> Mail:
        mail = queue_mail(**{"recipient": "ann@example.com", "content": LETTER, **given})
        assert mail
        return mail

    return queue
