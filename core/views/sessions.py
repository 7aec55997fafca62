from typing import Any, cast

from django.db.models import Case, QuerySet, When
from rest_framework import mixins, status, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from storefront.preconditions import PreconditionsMixin

from ..models import UserSession
from ..security_log import security_event
from ..serializers.sessions import SessionSerializer
from ..services.sessions import end_sessions
from ..sessions import SESSION_ID
from ..tokens import session_id_of
from .schema.sessions import others_schema, session_schema


def current_session_id(request: Request) -> int | None:
    """Return the session that asks: that of the token, or else of the browser."""
    if request.auth is not None:
        return session_id_of(request.auth)
    session_id: int | None = request.session.get(SESSION_ID)
    return session_id


@session_schema
class SessionViewSet(
    PreconditionsMixin, mixins.DestroyModelMixin, viewsets.ReadOnlyModelViewSet[UserSession]
):
    """Where the signed-in user is signed in."""

    queryset = UserSession.objects.order_by("-created_at", "-pk")
    serializer_class = SessionSerializer
    permission_classes = [IsAuthenticated]
    lookup_value_converter = "int"

    def get_queryset(self) -> QuerySet[UserSession]:
        sessions: Any = super().get_queryset()
        # No row has the id 0.
        current = current_session_id(self.request)
        is_current = Case(When(pk=current or 0, then=True), default=False)
        own: QuerySet[UserSession] = sessions.of(self.request.user)
        return own.annotate(is_current=is_current)

    def perform_destroy(self, instance: UserSession) -> None:
        self.end(UserSession.objects.filter(pk=instance.pk))

    @others_schema
    def destroy_others(self, request: Request) -> Response:
        """End every session of the signed-in user but the one that asks."""
        sessions = UserSession.objects.filter(user_id=cast(int, request.user.pk))
        self.end(sessions.exclude(pk=current_session_id(request) or 0))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def end(self, sessions: QuerySet[UserSession]) -> None:
        end_sessions(sessions=sessions)
        security_event("sessions_ended", request=self.request, user_id=self.request.user.pk)
