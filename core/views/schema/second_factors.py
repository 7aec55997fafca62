from drf_spectacular.utils import extend_schema, extend_schema_view

from storefront.errors.exceptions import Busy
from storefront.schema.refusals import NOT_FOUND, refused_with

from ...exceptions import CodeRefused, SecondFactorExists
from ...serializers.second_factors import (
    CodeSerializer,
    EnrolmentSerializer,
    RemoveSecondFactorSerializer,
    SecondFactorSerializer,
)

second_factor_schema = extend_schema_view(
    get=extend_schema(
        tags=["tokens"],
        summary="Read the own second factor",
        responses={200: SecondFactorSerializer, **refused_with(NOT_FOUND)},
    ),
    post=extend_schema(
        tags=["tokens"],
        summary="Begin to set up a second factor",
        request=EnrolmentSerializer,
        responses={201: EnrolmentSerializer, **refused_with(SecondFactorExists, Busy, NOT_FOUND)},
    ),
    delete=extend_schema(
        tags=["tokens"],
        summary="Remove the second factor",
        request={"application/json": RemoveSecondFactorSerializer},
        responses={204: None, **refused_with(CodeRefused, Busy, NOT_FOUND)},
    ),
)
confirm_schema = extend_schema_view(
    post=extend_schema(
        tags=["tokens"],
        summary="Confirm the second factor",
        description="From now on `jwt/create/` needs a code as `otp`. The recovery codes are shown here and never again; "
        "each takes the place of a code once.",
        responses={200: CodeSerializer, **refused_with(CodeRefused, NOT_FOUND)},
    )
)
