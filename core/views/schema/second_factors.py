from drf_spectacular.utils import extend_schema, extend_schema_view

from storefront.schema.refusals import CONFLICT

from ...serializers.second_factors import (
    CodeSerializer,
    EnrolmentSerializer,
    RemoveSecondFactorSerializer,
    SecondFactorSerializer,
)

second_factor_schema = extend_schema_view(
    get=extend_schema(
        tags=["tokens"], summary="Read the own second factor", responses=SecondFactorSerializer
    ),
    post=extend_schema(
        tags=["tokens"],
        summary="Begin to set up a second factor",
        request=EnrolmentSerializer,
        responses={201: EnrolmentSerializer, 409: CONFLICT},
    ),
    delete=extend_schema(
        tags=["tokens"],
        summary="Remove the second factor",
        request=RemoveSecondFactorSerializer,
        responses={204: None},
    ),
)
confirm_schema = extend_schema_view(
    post=extend_schema(
        tags=["tokens"],
        summary="Confirm the second factor",
        description="From now on `jwt/create/` needs a code as `otp`. The recovery codes are shown here and never again; "
        "each takes the place of a code once.",
        responses=CodeSerializer,
    )
)
