from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from storefront.models import PartialUpdateModel


class Door(models.TextChoices):
    """By which way somebody, or the shop itself, came to write."""

    PAGE = "page", "Page"
    LIST = "list", "List"
    BULK = "bulk", "Bulk action"
    API = "api", "API"
    IMPORT = "import", "Import"
    TASK = "task", "Task"
    COMMAND = "command", "Command"


class Operation(PartialUpdateModel):
    """Changes of many rows that somebody made at once, and can take back at once."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    label = models.CharField(max_length=255)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # How many changes belong to it.
    size = models.PositiveIntegerField(default=0)
    # The operation that took this one back.
    taken_back_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="takes_back"
    )

    class Meta:
        verbose_name = "bulk change"
        ordering = ["-made_at", "-id"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.label


class ChangeQuerySet(models.QuerySet["Change"]):
    def of(self, model: type[models.Model], *keys: Any) -> "ChangeQuerySet":
        """Keep the changes of some rows of a model."""
        content_type = ContentType.objects.get_for_model(model)
        return self.filter(content_type=content_type, object_id__in=keys)


class Change(PartialUpdateModel):
    """What one write did to one row: the fields with their values before and after it."""

    class Kind(models.TextChoices):
        CREATED = "C", "Created"
        UPDATED = "U", "Changed"
        DELETED = "D", "Deleted"

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.BigIntegerField()
    content_object = GenericForeignKey()
    kind = models.CharField(max_length=1, choices=Kind.choices)
    # By the name of the field a pair: before, after. Of a relation to many, what was taken away and what added.
    # A secret has no pair, but null.
    fields = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    changed_at = models.DateTimeField(default=timezone.now, db_index=True)
    # Null for the shop itself, and where the account is deleted.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    door = models.CharField(max_length=7, choices=Door.choices)
    # The name of the task or command; of a request none.
    source = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=255, blank=True)
    operation = models.ForeignKey(
        Operation, on_delete=models.CASCADE, null=True, related_name="changes"
    )

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["content_type", "object_id", "-id"], name="change_of_row")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.content_type.name} {self.object_id}"
