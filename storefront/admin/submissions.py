"""What tells two submissions of one form from two forms."""

from datetime import timedelta
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import connections
from django.utils import timezone

from ..models import FormSubmission

# The hidden input that names one showing of a form.
TOKEN = "_submission"
# After that nobody sends the same form again.
RETENTION = timedelta(days=1)
# A second click may meet another button.
UNIMPORTANT = {"csrfmiddlewaretoken", "_save", "_continue", "_addanother"}


def new_token() -> str:
    return uuid4().hex


def purge_submissions() -> int:
    """Delete the records of forms that were saved long ago; return how many."""
    return FormSubmission.objects.filter(made_at__lt=timezone.now() - RETENTION).delete()[0]


def lock_user_row(user: Any, using: str) -> None:
    """Lock the row of a user, so that their forms are saved one after another."""
    people = get_user_model()._base_manager.using(using).filter(pk=user.pk)
    # Where the database has it, rows that refer to the person need not wait.
    no_key = connections[using].features.has_select_for_no_key_update
    list(people.select_for_update(no_key=no_key).values_list("pk"))


def digest_of(request: Any) -> str:
    """Return what two requests have in common only if one person sent the same form, filled in alike."""
    fields = sorted(
        (name, values) for name, values in request.POST.lists() if name not in UNIMPORTANT
    )
    files = sorted(
        (name, [(file.name, content_digest(file)) for file in found])
        for name, found in request.FILES.lists()
    )
    content = dumps([request.user.pk, request.path, fields, files])
    return sha256(content.encode()).hexdigest()


def content_digest(file: Any) -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
