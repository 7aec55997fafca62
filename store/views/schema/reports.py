from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.serializers import Serializer

from storefront.schema.refusals import refused_with
from storefront.schema.resources import resource_schema

from ...exceptions import ReportsBusy, ReportTooSlow
from .roots import root_schema

report_schema = resource_schema("reports", one="a report", many="reports")
reports_root_schema = root_schema("reports", summary="List the addresses of the reports")


def report_action_schema(query: type[Serializer], row: type[Serializer], *, many: bool) -> Any:
    """Return the schema of a report that takes a query and returns rows, or the only row."""
    return extend_schema(
        parameters=[query],
        responses={
            (200, "application/json"): row(many=many),
            (200, "text/csv"): OpenApiTypes.STR,
            **refused_with(ReportsBusy, ReportTooSlow),
        },
    )
