from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from storefront.models import PartialUpdateModel


class LikedItem(PartialUpdateModel):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="likes"
    )
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    content_object = GenericForeignKey()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["user", "-id"], name="likeditem_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "user"], name="likeditem_once_per_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} likes {self.content_type.name} {self.object_id}"
