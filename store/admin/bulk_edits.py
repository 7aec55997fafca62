"""Actions that change many products: a form, a preview of each change, and one operation to take back."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from history.models import Operation
from history.relations import ManyToMany, Relation
from storefront.admin.actions import (
    CHANGED_SINCE,
    fingerprint,
    intermediate_page_action,
    keys_of,
    write_log,
)
from storefront.admin.values import is_key

from ..exceptions import ProductsChanged
from ..models import Collection, Product, Promotion
from ..services.bulk_edits import (
    MOST_PRODUCTS,
    ROUNDINGS,
    CollectionEdit,
    Edit,
    Preview,
    PriceEdit,
    PublicationEdit,
    RelationEdit,
    apply_edit,
    preview_edit,
)

# Products that a preview names.
SHOWN = 50


class EditForm(forms.Form):
    """Asks for what an edit needs."""

    def __init__(self, data: Any = None) -> None:
        if data is not None:
            data = data.copy()
            for name, field in self.base_fields.items():
                # The box that completes asks the database for what was chosen, whatever that is.
                if isinstance(field, forms.ModelChoiceField) and not is_key(field, data.get(name)):
                    data[name] = ""
        super().__init__(data)

    def edit(self) -> Edit:
        raise NotImplementedError


class PriceForm(EditForm):
    change = forms.DecimalField(
        max_digits=10,
        decimal_places=2,
        label="Change",
        help_text="Such as 5 to raise the prices, or -5 to lower them.",
    )
    unit = forms.ChoiceField(
        choices=[("percent", "percent"), ("amount", "the shop’s currency")],
        label="In",
        initial="percent",
        widget=forms.RadioSelect,
    )
    rounding = forms.ChoiceField(
        choices=[(name, label) for name, (label, _) in ROUNDINGS.items()],
        label="Rounded",
        initial="unit",
    )

    def clean_change(self) -> Decimal:
        change: Decimal = self.cleaned_data["change"]
        if not change:
            raise forms.ValidationError("By nothing, no price changes.")
        return change

    def edit(self) -> Edit:
        data = self.cleaned_data
        return PriceEdit(**{data["unit"]: data["change"]}, rounding=data["rounding"])


class CollectionForm(EditForm):
    collection = forms.ModelChoiceField(
        Collection.objects.all(),
        widget=AutocompleteSelect(Product._meta.get_field("collection"), admin.site),
    )

    def edit(self) -> Edit:
        return CollectionEdit(self.cleaned_data["collection"])


class RelationForm(EditForm):
    """Asks for one of what a product has many of; a subclass names the field `other`."""

    is_added: ClassVar[bool]
    relation: ClassVar[Relation]

    def edit(self) -> Edit:
        return RelationEdit(self.relation, self.cleaned_data["other"], self.is_added)


class PromotionForm(RelationForm):
    relation = ManyToMany(Product._meta.get_field("promotions"))
    other = forms.ModelChoiceField(
        Promotion.objects.all(),
        label="Promotion",
        widget=AutocompleteSelect(Product._meta.get_field("promotions"), admin.site),
    )


class PublishForm(EditForm):
    def edit(self) -> Edit:
        return PublicationEdit(is_published=True)


class UnpublishForm(EditForm):
    def edit(self) -> Edit:
        return PublicationEdit(is_published=False)


def adding(form: type[RelationForm], is_added: bool) -> type[RelationForm]:
    return type(form.__name__, (form,), {"is_added": is_added, "__module__": form.__module__})


def edit_action(name: str, description: str, form: type[EditForm]) -> Callable[..., Any]:
    """Return an action of the list of products that edits them by a form."""

    def edit_products(
        model_admin: Any, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        return EditPage(model_admin, request, queryset, name, description, form).respond()

    edit_products.__name__ = name
    return intermediate_page_action(description=description, permissions=["change"])(edit_products)


class EditPage:
    """One request of somebody who edits many products: the form, the preview, or the confirmation."""

    def __init__(
        self,
        model_admin: Any,
        request: HttpRequest,
        queryset: QuerySet,
        name: str,
        description: str,
        form: type[EditForm],
    ) -> None:
        self.model_admin = model_admin
        self.request = request
        self.selected = queryset
        self.name = name
        self.description = description
        # What asks nothing shows its preview at once.
        is_sent = {"preview", "confirm"} & {*request.POST} or not form.base_fields
        self.form = form(request.POST if is_sent else None)

    def respond(self) -> HttpResponse | None:
        keys = keys_of(self.selected)
        if len(keys) > MOST_PRODUCTS:
            message = (
                f"At most {MOST_PRODUCTS:,} products can be changed at once. Nothing was changed."
            )
            self.say(message, messages.ERROR)
            return None
        if not self.form.is_valid():
            return self.page(len(keys))
        edit = self.form.edit()
        preview = preview_edit(edit=edit, keys=keys)
        shown = fingerprint(sorted(preview.changes.items()))
        if "confirm" in self.request.POST and preview.changes:
            if self.request.POST.get("shown") == shown and self.apply(edit, preview):
                return None
            self.say(CHANGED_SINCE, messages.WARNING)
        return self.page(len(keys), edit, preview, shown)

    def apply(self, edit: Edit, preview: Preview) -> bool:
        """Make the changes and tell of them, or return False where somebody else was faster."""
        by: Any = self.request.user
        try:
            count = apply_edit(edit=edit, changes=preview.changes, by=by)
        except ProductsChanged:
            return False
        products = Product.objects.none()
        write_log(self.request, products, Product, count, f"{edit.label}.")
        operation = Operation.objects.filter(made_by=by).latest("made_at")
        message = "{} product{} changed: {}."
        said = format_html(message, count, "" if count == 1 else "s", edit.label)
        if by.has_perm("history.view_operation"):
            url = reverse("admin:history_operation_change", args=[operation.pk])
            said = format_html(
                '{} <a href="{}">See what was changed, or take it back</a>', said, url
            )
        self.say(said, messages.SUCCESS)
        return True

    def page(
        self,
        count: int,
        edit: Edit | None = None,
        preview: Preview | None = None,
        shown: str = "",
    ) -> TemplateResponse:
        request, across = self.request, self.request.POST.get("select_across") == "1"
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": self.description,
            "opts": self.model_admin.opts,
            "media": self.model_admin.media + self.form.media,
            "back": request.get_full_path(),
            "form": self.form,
            "count": count,
            "action": self.name,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "chosen": chosen[:1] if across else chosen,
            "select_across": int(across),
            "shown": shown,
            "preview": preview,
            **(shown_changes(edit, preview) if edit and preview else {}),
        }
        return TemplateResponse(request, "admin/store/bulk_edit.html", context)

    def say(self, message: str, level: int) -> None:
        self.model_admin.message_user(self.request, message, level)


def shown_changes(edit: Edit, preview: Preview) -> dict[str, Any]:
    """Return the first changes and refusals of a preview with the titles of their products."""
    changed, refused = [*preview.changes][:SHOWN], [*preview.refused][:SHOWN]
    titles = dict(Product.objects.filter(pk__in=[*changed, *refused]).values_list("pk", "title"))
    texts: dict[Any, str] = {}

    def text(value: Any) -> str:
        if value not in texts:
            texts[value] = edit.text(value)
        return texts[value]

    rows = [(key, titles.get(key), *map(text, preview.changes[key])) for key in changed]
    return {
        "label": edit.label,
        "changes": rows,
        "more": len(preview.changes) - len(rows),
        "refused": [(key, titles.get(key), preview.refused[key]) for key in refused],
        "more_refused": len(preview.refused) - len(refused),
    }


EDITS: Sequence[Callable[..., Any]] = [
    edit_action("change_prices", "Change prices", PriceForm),
    edit_action("add_to_promotion", "Add to a promotion", adding(PromotionForm, True)),
    edit_action("take_from_promotion", "Take from a promotion", adding(PromotionForm, False)),
    edit_action("move_to_collection", "Move to a collection", CollectionForm),
    edit_action("publish", "Publish", PublishForm),
    edit_action("unpublish", "Unpublish", UnpublishForm),
]
