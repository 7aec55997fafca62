"""What staff fill in about one order."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextInputWidget

from ..carriers import usual_carrier
from ..models import Address, Customer, OrderNote, OrderStatusChange


class ReasonForm(forms.ModelForm):
    class Meta:
        model = OrderStatusChange
        fields = ["reason"]
        widgets = {
            "reason": AdminTextInputWidget(attrs={"class": "vLargeTextField", "autofocus": True})
        }
        help_texts = {"reason": "The customer reads it."}


class CarrierInput(AdminTextInputWidget):
    """A text with the carriers of STORE_CARRIERS to choose from."""

    template_name = "admin/store/carrier_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["carriers"] = [*settings.STORE_CARRIERS]
        context["widget"]["attrs"]["list"] = f"{name}_choices"
        return context


class CarrierField(forms.CharField):
    def __init__(self) -> None:
        widget = CarrierInput(attrs={"autocomplete": "off"})
        super().__init__(max_length=64, required=False, initial=usual_carrier, widget=widget)


class TrackingNumberField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            max_length=64,
            required=False,
            widget=AdminTextInputWidget(attrs={"autocomplete": "off"}),
            help_text="The customer reads it, in the mail and with the order.",
        )


class TrackingForm(forms.Form):
    carrier = CarrierField()
    tracking_number = TrackingNumberField()


class ShipmentForm(ReasonForm):
    carrier = CarrierField()
    tracking_number = TrackingNumberField()
    field_order = ["carrier", "tracking_number", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Where somebody begins to type.
        self.fields["reason"].widget.attrs.pop("autofocus", None)
        first = "tracking_number" if usual_carrier() else "carrier"
        self.fields[first].widget.attrs["autofocus"] = True


class CorrectedTrackingForm(TrackingForm):
    """Names the tracking that its person saw."""

    seen_carrier = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_number = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class OrderAddressForm(forms.ModelForm):
    """One of the customer's stored addresses, or one that is typed."""

    stored = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, label="Stored address of the customer"
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    class Meta:
        model = Address
        fields = [*Address.FIELDS]
        widgets = {name: AdminTextInputWidget() for name in Address.FIELDS}
        labels = {"zip": "ZIP code"}

    field_order = ["stored", *Address.FIELDS]

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Some store one twice.
        addresses = {str(each): each for each in customer.addresses.all()}
        self.addresses = {str(each.pk): each for each in addresses.values()}
        stored: Any = self.fields["stored"]
        if self.addresses:
            stored.choices = [("", "As typed below"), *self.addresses.items()]
        else:
            del self.fields["stored"]

    def clean(self) -> dict[str, Any]:
        cleaned = {**(super().clean() or {})}
        if chosen := self.addresses.get(cleaned.get("stored", "")):
            # What is typed no longer matters, right or wrong.
            for name in Address.FIELDS:
                self.errors.pop(name, None)
                cleaned[name] = getattr(chosen, name)
        return cleaned


class NoteForm(forms.ModelForm):
    key = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = OrderNote
        fields = ["text"]
