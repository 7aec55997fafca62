from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Script
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from storefront.admin.actions import CHANGED_SINCE, fingerprint, keys_of, log_bulk_action
from storefront.admin.options import ConcurrentEditAdmin

from ..exceptions import NoRecipients
from ..models import Campaign, Customer, Promotion
from ..models.campaigns import MAX_SUBJECT
from ..models.customers import CustomerQuerySet
from ..services.campaigns import start_campaign, stop_campaign
from .lists import ReadOnlyAdmin


class CampaignForm(forms.ModelForm):
    # A form that is sent twice, by a double click or a reload, starts one campaign.
    key = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Campaign
        fields = ["subject", "text"]
        widgets = {
            "subject": AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            "text": AdminTextareaWidget(attrs={"rows": 12}),
        }

    def is_about(self, campaign: Campaign) -> bool:
        return all(self.cleaned_data[name] == getattr(campaign, name) for name in self.Meta.fields)


class NotifyingAdmin(ConcurrentEditAdmin):
    """Writes to customers, after a page that shows to how many."""

    def has_notify_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("store.add_campaign")

    def compose(
        self, request: Any, customers: CustomerQuerySet, promotion: Promotion | None = None
    ) -> HttpResponse | None:
        """Show the form of a new campaign; start the campaign once the form is confirmed."""
        confirmed = "confirm" in request.POST
        initial = {"key": uuid4(), **(announcement(promotion) if promotion else {})}
        form = CampaignForm(request.POST if confirmed else None, initial=initial)
        try:
            if confirmed and form.is_valid() and self.is_as_shown(request, form, customers):
                campaign = start_campaign(
                    customers=customers,
                    promotion=promotion,
                    created_by=request.user,
                    **form.cleaned_data,
                )
                show = self.show_started if form.is_about(campaign) else self.show_unsent
                return show(request, campaign)
            return self.compose_page(request, form, customers)
        except NoRecipients as error:
            self.message_user(request, error.message, messages.ERROR)
            return None

    def is_as_shown(self, request: Any, form: CampaignForm, customers: CustomerQuerySet) -> bool:
        """Tell whether a campaign goes to those whose number was shown, or was started already."""
        if Campaign.objects.filter(key=form.cleaned_data["key"]).exists():
            return True
        keys = keys_of(customers.reachable())
        if not keys or request.POST.get("shown") == fingerprint(keys):
            return True
        self.message_user(request, CHANGED_SINCE, messages.WARNING)
        return False

    def compose_page(
        self, request: Any, form: CampaignForm, customers: CustomerQuerySet
    ) -> TemplateResponse:
        keys = keys_of(customers.reachable())
        recipients = len(keys)
        if not recipients:
            raise NoRecipients
        unwilling = customers.filter(marketing_consent=None).count()
        across = request.POST.get("select_across") == "1"
        selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
        context = {
            **self.admin_site.each_context(request),
            "title": "Notify customers",
            "opts": self.opts,
            "media": self.media,
            "adminform": AdminForm(form, [(None, {"fields": ["subject", "text"]})], {}),
            "form": form,
            "recipients": recipients,
            "unwilling": unwilling,
            "unreachable": customers.count() - unwilling - recipients,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            # With all rows of the list chosen, one stands for them.
            "selected": selected[:1] if across else selected,
            "select_across": int(across),
            "shown": fingerprint(keys),
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/store/notify_customers.html", context)

    def show_started(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        message = ngettext(
            "The mail to %d customer is on its way.",
            "The mails to %d customers are on their way.",
            campaign.total,
        )
        self.log_addition(request, campaign, [{"added": {}}])
        log_bulk_action(request, "notify_customers", Customer, campaign.total)
        self.message_user(request, message % campaign.total, messages.SUCCESS)
        return HttpResponseRedirect(page_of(campaign))

    def show_unsent(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        """Show the campaign that a form had started before somebody went back and edited it."""
        message = "What you changed was not sent: this form has started the campaign below already."
        self.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(page_of(campaign))


def page_of(campaign: Campaign) -> str:
    return reverse("admin:store_campaign_change", args=[campaign.pk])


def announcement(promotion: Promotion) -> dict[str, str]:
    """Return the message on a promotion that staff start from."""
    description = " ".join(promotion.description.split())
    return {
        "subject": description[:MAX_SUBJECT],
        "text": f"{description}: {promotion.discount * 100:g} % off.",
    }


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    """Shows what was sent to customers and how far it is; it is started from those it goes to."""

    list_display = ["subject", "created_at", "progress"]
    list_filter = ["created_at"]
    list_display_links = ["subject"]
    ordering = ["-created_at", "-id"]
    sortable_by = ["created_at"]
    fields = ["subject", "text", "promotion", "created_by", "created_at", "progress"]
    readonly_fields = ["progress"]
    change_form_template = "admin/store/campaign_change.html"

    class Media:
        css = {"all": ["store/admin/shop.css"]}
        js = [Script("store/admin/campaigns.js", defer=True)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        queryset: Any = super().get_queryset(request)
        return queryset.with_progress().select_related("promotion", "created_by")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super().has_view_permission(request, obj) or request.user.has_perm(
            "store.add_campaign"
        )

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.stop_view)
        return [path("<int:key>/stop/", view, name="store_campaign_stop"), *super().get_urls()]

    def stop_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask, and on POST stop a campaign: what no mail server has taken yet stays unsent."""
        if not request.user.has_perm("store.add_campaign"):
            raise PermissionDenied
        campaign = get_object_or_404(self.get_queryset(request), pk=key)
        if request.method != "POST":
            context = {
                **self.admin_site.each_context(request),
                "title": f"Stop: {campaign}",
                "opts": self.opts,
                "campaign": campaign,
                "back": page_of(campaign),
            }
            return TemplateResponse(request, "admin/store/campaign_stop.html", context)
        if stop_campaign(campaign=campaign):
            self.log_change(request, campaign, "Stopped.")
            self.message_user(request, "The campaign was stopped.", messages.SUCCESS)
        else:
            self.message_user(request, "There was nothing left to stop.", messages.WARNING)
        return HttpResponseRedirect(page_of(campaign))

    @admin.display(description="progress")
    def progress(self, campaign: Campaign) -> SafeString:
        return render_to_string("admin/store/campaign_progress.html", {"campaign": campaign})
