from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import ImageFieldFile

from .pictures.errors import UnreadablePicture
from .pictures.formats import FORMATS
from .pictures.metadata import strip_metadata
from .pictures.reading import opened, upright_size
from .validators import not_a_picture


class PictureFile(ImageFieldFile):
    def save(self, name: str, content: File, save: bool = True) -> None:
        """Store a picture without its metadata, or raise ValidationError where it cannot be read."""
        content.seek(0)
        try:
            picture = strip_metadata(content.read())
            with opened(BytesIO(picture.content)) as image:
                width, height = upright_size(image)
        except UnreadablePicture as error:
            raise ValidationError({self.field.name: not_a_picture()}) from error
        # What is known of the file before goes with it. Assigned before the row is written.
        row: Any = self.instance
        row.width, row.height, row.sizes = width, height, None
        row.__dict__["has_new_file"] = True
        super().save(picture.name, ContentFile(picture.content), save)


class PictureFormField(forms.FileField):
    """Leaves it to the model's validators what is a picture; an ImageField would judge it by its name."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        types = ",".join(known.content_type for known in FORMATS.values())
        return {**super().widget_attrs(widget), "accept": types}


class PictureField(models.ImageField):
    """A picture that everybody may see: whoever saves it, where and by whom it was taken is not stored."""

    attr_class = PictureFile

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        # The column is an ImageField's; migrations need to know no more.
        return name, "django.db.models.ImageField", args, kwargs

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return super().formfield(*args, **{"form_class": PictureFormField, **kwargs})
