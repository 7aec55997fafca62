"""The pictures on the page of a product: several are added at once, each refused one by itself."""

from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import DatabaseError, router
from django.forms import Field as FormField
from django.forms import ModelForm, Script, Widget
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.urls import path
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from storefront.admin.options import ConcurrentEditAdmin, ConcurrentEditInline, refusal_of
from storefront.admin.submissions import digest_of, lock_user_row
from storefront.models import FormSubmission

from ..models import Product, ProductImage
from ..services.transactions import retrying_transaction

# The box of the form that takes several files.
NEW_PICTURES = "new_pictures"


class StoredPictureWidget(Widget):
    """The name of a stored file, which leads to it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        if not value:
            return SafeString()
        return format_html('<a href="{}">{}</a>', value.url, PurePath(value.name).name)


class StoredPictureField(FormField):
    """A picture is never replaced, since its address means one content for good.

    Nor is it judged again: one whose file is gone can still be deleted.
    """

    widget = StoredPictureWidget

    def clean(self, value: Any) -> None:
        # To a model form: nothing to assign.
        return None


class PictureForm(ModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("alt", "position"):
            if name in self.fields:
                # The head of a column is no label of its boxes.
                self.fields[name].widget.attrs["aria-label"] = self.fields[name].label
        if self.instance.pk:
            self.fields["image"] = StoredPictureField(required=False, disabled=True)


class ProductImageInline(ConcurrentEditInline, admin.TabularInline):
    model = ProductImage
    form = PictureForm
    fields = ["thumbnail", "image", "alt", "position"]
    readonly_fields = ["thumbnail"]
    extra = 0
    template = "admin/store/pictures.html"
    verbose_name = "picture"
    verbose_name_plural = "pictures"

    def thumbnail(self, picture: ProductImage) -> str:
        # One that was refused has no file under its name.
        if picture.pk is None:
            return ""
        return format_html(
            '<a href="{}"><img class="thumbnail" src="{}" alt="{}" loading="lazy"></a>',
            picture.image.url,
            default_storage.url(picture.thumbnail_name),
            picture.alt,
        )


class UploadForm(ModelForm):
    class Meta:
        model = ProductImage
        fields = ["image", "alt"]


class PicturesMixin(ConcurrentEditAdmin):
    """Adds pictures one by one while the page of their product stays open, and those that came with its form."""

    class Media:
        js = [
            Script("store/admin/picture_order.js", type="module"),
            Script("store/admin/pictures.js", type="module"),
        ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.add_picture_view)
        route = "<path:object_id>/pictures/"
        return [path(route, view, name="store_product_add_picture"), *super().get_urls()]

    def add_picture_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Add one picture, once however often it is sent; answers JSON."""
        product = self.get_object(request, object_id)
        may_add = request.user.has_perm("store.add_productimage")
        if not (may_add and self.has_view_or_change_permission(request, product)):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if product is None:
            return refused(["The product is no longer there."], 404)
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return refused(errors_of(form))
        try:
            picture = self.add_once(request, product, form)
        except DatabaseError as error:
            return refused([refusal_of(error).detail], 409)
        return JsonResponse({"id": picture.pk}, status=201)

    @retrying_transaction
    def add_once(self, request: HttpRequest, product: Product, form: Any) -> ProductImage:
        # Who presses "Try again" after an answer that was lost has added it already.
        lock_user_row(request.user, router.db_for_write(FormSubmission))
        submission, _ = FormSubmission.objects.get_or_create(digest=digest_of(request))
        added = ProductImage.objects.filter(pk=submission.object_id or 0).first()
        if added is None:
            added = ProductImage.objects.create(product=product, **form.cleaned_data)
            submission.object_id = str(added.pk)
            submission.save()
            self.log_change(request, product, [added_message(form)])
        return added

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        request.added_pictures = []
        may_add = request.user.has_perm("store.add_productimage")
        if may_add and not getattr(request, "is_repeated", False):
            for file in request.FILES.getlist(NEW_PICTURES):
                self.add_or_refuse(request, form.instance, file)

    def add_or_refuse(self, request: Any, product: Product, file: Any) -> None:
        """Add one of several files; one that is refused is named and keeps none of the others away."""
        form = UploadForm({}, MultiValueDict({"image": [file]}))
        if not form.is_valid():
            message = f"“{file.name}” was not added: {' '.join(errors_of(form))}"
            messages.error(request, message)
            return
        ProductImage.objects.create(product=product, **form.cleaned_data)
        request.added_pictures.append(added_message(form))

    def construct_change_message(
        self, request: Any, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        message = super().construct_change_message(request, form, formsets, add)
        return [*message, *getattr(request, "added_pictures", [])]

    def render_change_form(
        self, request: Any, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        names = [f"“{file.name}”" for file in request.FILES.getlist(NEW_PICTURES)]
        if names:
            messages.warning(request, f"Nothing was saved yet: choose {', '.join(names)} again.")
        context["picture_kilobytes"] = settings.STORE_IMAGE_KILOBYTES
        context["picture_types"] = UploadForm().fields["image"].widget.attrs["accept"]
        return super().render_change_form(request, context, *args, **kwargs)


def errors_of(form: Any) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


def refused(errors: list[str], status: int = 400) -> JsonResponse:
    return JsonResponse({"errors": errors}, status=status)


def added_message(form: Any) -> dict[str, Any]:
    """Return what the log of a product says of a new picture."""
    return {"added": {"name": "picture", "object": form.cleaned_data["image"].name}}
