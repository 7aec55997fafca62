"""What staff fill in about one order."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextInputWidget

from ..carriers import usual_carrier
from ..models import OrderStatusChange


class ReasonForm(forms.ModelForm):
    class Meta:
        model = OrderStatusChange
        fields = ["reason"]
        widgets = {"reason": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}
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
