from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods
from rest_framework import mixins, status, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.paths.addresses import shop_address
from storefront.permissions import model_permission

from ..gateways import payment_gateway
from ..gateways.development import OUTCOMES, DevelopmentGateway
from ..models import Order, Payment, PaymentStatus
from ..money import displayed
from ..serializers.payments import PaymentSerializer, StartPaymentSerializer
from ..services.payment_events import read_and_receive_event
from ..services.payments import start_payment
from .schema.payments import payment_schema, webhook_schema


@payment_schema
class PaymentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Payment.objects.all()
    serializer_class = PaymentSerializer
    permission_classes = [IsAuthenticated]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[Payment]:
        return super().get_queryset().filter(order=self.get_order())

    def get_order(self) -> Order:
        orders = Order.objects.visible_to(
            self.request.user, model_permission(self.request.method, self)
        )
        return get_object_or_404(orders, pk=self.kwargs["order_pk"])

    def create(self, request: Request, order_pk: int) -> Response:
        """Start to pay for a pending order; again it answers the payment that is open."""
        order = self.get_order()
        sent = StartPaymentSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        webhook_url = shop_address(reverse("payment-webhook"), request)
        payment = start_payment(order=order, webhook_url=webhook_url, **sent.validated_data)
        return Response(self.get_serializer(payment).data, status=status.HTTP_201_CREATED)


@webhook_schema
class PaymentWebhookView(APIView):
    """Where the gateway tells what became of a payment; only signed deliveries are accepted."""

    # A signature, not a user, tells whose delivery it is.
    authentication_classes: list[type] = []
    # All events come from the one gateway.
    rate_scope = None
    permission_classes = [AllowAny]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        # A response without a body suits whatever a gateway says that it accepts.
        return super().perform_content_negotiation(request, force=True)

    def post(self, request: Request) -> Response:
        gateway = payment_gateway()
        if gateway is None:
            raise Http404
        read_and_receive_event(gateway=gateway, body=request.body, headers=request.headers)
        return Response()


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def development_checkout(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a tester decide what becomes of a payment; no page of a shop that takes money."""
    gateway = payment_gateway()
    if not isinstance(gateway, DevelopmentGateway):
        raise Http404
    payment = get_object_or_404(
        Payment.objects.select_related("order"), key=key, gateway=gateway.name
    )
    if request.method == "POST":
        return tell_shop(request, gateway, payment)
    sent = OUTCOMES.get(request.GET.get("sent", ""))
    context = {
        "payment": payment,
        "currency": settings.STORE_CURRENCY,
        "outcomes": OUTCOMES,
        "sent": sent,
        "slow_seconds": gateway.slow_seconds,
        "events": payment.events.all(),
        "is_waiting": sent and payment.status == PaymentStatus.OPEN,
    }
    return render(request, "store/development_checkout.html", context)


def tell_shop(request: HttpRequest, gateway: DevelopmentGateway, payment: Payment) -> HttpResponse:
    """Have the gateway tell the shop, over HTTP as any gateway does, and show the page again."""
    name = request.POST.get("outcome", "")
    if name not in OUTCOMES:
        return HttpResponseBadRequest("Not an outcome.")
    gateway.tell(
        OUTCOMES[name],
        key=str(payment.key),
        amount=displayed(payment.amount),
        webhook_url=shop_address(reverse("payment-webhook"), request),
    )
    return redirect(f"{request.path}?sent={name}")
