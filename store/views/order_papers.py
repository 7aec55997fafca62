"""The papers of an order, over HTTP."""

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.viewsets import GenericViewSet

from storefront.renderers.json import JSONRenderer
from storefront.renderers.pdf import PDFRenderer

from ..documents import CONTENT_TYPE, pdf_of_invoices
from ..exceptions import InvoiceNotFound
from ..models import Invoice, Order


class OrderPapers(GenericViewSet[Order]):
    """The action of the order viewset that returns the invoice."""

    @action(
        detail=True,
        permission_classes=[IsAuthenticated],
        # The last: who accepts anything and is refused gets JSON.
        renderer_classes=[*api_settings.DEFAULT_RENDERER_CLASSES, PDFRenderer],
        filter_backends=[],
    )
    def invoice(self, request: Request, pk: int) -> HttpResponse:
        """Return the invoice that was issued for the order, and the credit note that took it back."""
        papers = list(Invoice.objects.of_orders([self.get_object().pk]))
        if not papers:
            raise InvoiceNotFound
        name = f"{papers[-1].number}.pdf"
        disposition = content_disposition_header(as_attachment=True, filename=name)
        headers = {"Content-Disposition": disposition or "attachment"}
        return HttpResponse(pdf_of_invoices(papers), content_type=CONTENT_TYPE, headers=headers)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        if isinstance(response, Response):
            negotiated: Any = getattr(request, "accepted_renderer", None)
            if isinstance(negotiated, PDFRenderer):
                request.accepted_renderer = JSONRenderer()
                request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)
