"""Reads of products by people who are signed in: as quick as a visitor's first, at their prices."""

from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.viewsets import ModelViewSet

from ..models import Customer
from ..models.freshness import catalog_state
from .answers import Answer, AnswerResponse
from .catalog_memory import CatalogMemory, current_memory


class PersonalReads(ModelViewSet):
    """Makes JSON from rows; visitors, other forms and refusals stay with the serializers."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return self.personal_answer(request) or super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return self.personal_answer(request) or super().retrieve(request, *args, **kwargs)

    def personal_answer(self, request: Request) -> AnswerResponse | None:
        is_visitor = getattr(request.user, "pk", None) is None
        if is_visitor or request.accepted_media_type != JSONRenderer.media_type:
            return None
        memory = current_memory.of(catalog_state())
        membership = Customer.objects.membership_of(request.user)
        answer = self.read_products(request, memory, membership)
        # Without the headers of an answer that is everybody's.
        return answer and AnswerResponse(answer.body, content_type=JSONRenderer.media_type)

    def read_products(
        self, request: Request, memory: CatalogMemory, membership: str | None
    ) -> Answer | None:
        raise NotImplementedError
