from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from ..gateways import payment_gateway
from ..models import Order, Payment
from ..serializers.payments import PaymentSerializer
from ..services.payments import read_and_receive_event, start_payment


class PaymentViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Payment.objects.all()
    serializer_class = PaymentSerializer
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[Payment]:
        return super().get_queryset().filter(order=self.get_order())

    def get_order(self) -> Order:
        orders = Order.objects.visible_to(self.request.user)
        return get_object_or_404(orders, pk=self.kwargs["order_pk"])

    @extend_schema(request=None, responses={201: PaymentSerializer})
    def create(self, request: Request, order_pk: int) -> Response:
        """Start to pay for a pending order; again it answers the payment that is open."""
        webhook_url = reverse("payment-webhook", request=request)
        payment = start_payment(order=self.get_order(), webhook_url=webhook_url)
        return Response(self.get_serializer(payment).data, status=status.HTTP_201_CREATED)


class PaymentWebhookView(APIView):
    """Where the gateway tells what became of a payment; only signed deliveries are heeded."""

    # A signature, not a user, tells whose delivery it is.
    authentication_classes: list[type] = []
    permission_classes = [AllowAny]

    @extend_schema(
        request={"application/json": {"type": "object"}},
        responses={200: None},
        summary="Tell the shop what became of a payment (for the gateway)",
    )
    def post(self, request: Request) -> Response:
        gateway = payment_gateway()
        if gateway is None:
            raise Http404
        read_and_receive_event(gateway=gateway, body=request.body, headers=request.headers)
        return Response()
