from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from ..services.consent import customer_of_token, end_consent

TEMPLATE = "store/unsubscribe.html"


# A mail program sends no token of ours (RFC 8058); the link itself is the secret.
@method_decorator(csrf_exempt, name="dispatch")
class UnsubscribeView(View):
    """The page behind the link of a campaign's mail; to look at it changes nothing."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        is_link = customer_of_token(token) is not None
        context = {"state": "asks" if is_link else "unknown"}
        return render(request, TEMPLATE, context, status=200 if is_link else 404)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        customer_id = customer_of_token(token)
        if customer_id is None:
            return render(request, TEMPLATE, {"state": "unknown"}, status=404)
        end_consent(customer_id=customer_id)
        return render(request, TEMPLATE, {"state": "done"})
