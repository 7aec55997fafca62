from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from storefront.permissions import staff_with
from storefront.renderers.browsable import BrowsableRenderer

from ..serializers import reports as shapes
from ..services import reports
from ..services.reports import Row, as_csv, cached_report
from .roots import RootView
from .schema.reports import report_action_schema, report_schema, reports_root_schema

Action = Callable[..., Response]

MAY_READ_ORDERS = staff_with("store.view_order")


class CSVRenderer(BaseRenderer):
    """A table for spreadsheets; its columns are the fields of the report."""

    media_type = "text/csv"
    format = "csv"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        view: Any = (renderer_context or {})["view"]
        columns = list(view.row_class().fields)
        return as_csv(columns=columns, rows=data if isinstance(data, list) else [data])


def report(
    query: type[Serializer], row: type[Serializer], many: bool = True
) -> Callable[[Action], Action]:
    """Make a method a report that takes a query and returns rows, or the only row."""

    def describe(method: Action) -> Action:
        found: Any = action(detail=False, query_class=query, row_class=row)(method)
        return report_action_schema(query, row, many=many)(found)

    return describe


@report_schema
class ReportViewSet(viewsets.ViewSet):
    permission_classes = [MAY_READ_ORDERS]
    renderer_classes = [JSONRenderer, CSVRenderer, BrowsableRenderer]
    rate_scope = "reports"
    rated_reads = True
    query_class: type[Serializer] = Serializer
    row_class: type[Serializer] = Serializer

    @report(shapes.SalesQuerySerializer, shapes.PeriodSerializer)
    def sales(self, request: Request) -> Response:
        """Add up the sales of each day, week or month; one without a sale is left out."""
        return self.respond(reports.sales_by)

    @report(shapes.BestSellersQuerySerializer, shapes.BestSellerSerializer)
    def best_sellers(self, request: Request) -> Response:
        """List the products of which most pieces were sold, or that brought in the highest amounts."""
        return self.respond(reports.best_sellers)

    @report(shapes.RankingQuerySerializer, shapes.BestCustomerSerializer)
    def best_customers(self, request: Request) -> Response:
        """List the customers who bought for the highest amounts."""
        return self.respond(reports.best_customers)

    @report(shapes.CustomersQuerySerializer, shapes.CustomerSalesSerializer)
    def customers(self, request: Request) -> Response:
        """List the customers who bought, by amount, by orders or by their last order; of all time unless asked."""
        return self.respond(reports.customers)

    @report(shapes.PricesQuerySerializer, shapes.PricesSerializer)
    def prices(self, request: Request) -> Response:
        """Tell the lowest, the highest and the average list price of each collection's published products."""
        return self.respond(reports.prices)

    @report(shapes.LimitQuerySerializer, shapes.StockSerializer)
    def ever_sold(self, request: Request) -> Response:
        """List the products that were sold at any time, by title."""
        return self.respond(reports.ever_sold)

    @report(shapes.LimitQuerySerializer, shapes.StockSerializer)
    def never_sold(self, request: Request) -> Response:
        """List products that were never sold."""
        return self.respond(reports.never_sold)

    @report(shapes.StockQuerySerializer, shapes.StockSerializer)
    def low_stock(self, request: Request) -> Response:
        """List the products with fewer pieces in stock than `below`, else than the threshold of each; the fewest first."""
        return self.respond(reports.low_stock)

    @report(shapes.TimeQuerySerializer, shapes.AverageOrderSerializer, many=False)
    def average_order(self, request: Request) -> Response:
        """Tell what the average order came to; null where there was none."""
        return self.respond(reports.average_order, many=False)

    @report(shapes.RankingQuerySerializer, shapes.CollectionSalesSerializer)
    def by_collection(self, request: Request) -> Response:
        """Add up the sales of each collection, the highest amount first."""
        return self.respond(reports.by_collection)

    @report(shapes.TimeQuerySerializer, shapes.MembershipSalesSerializer)
    def by_membership(self, request: Request) -> Response:
        """Add up what the customers of each membership bought; by the membership of today."""
        return self.respond(reports.by_membership)

    def respond(self, service: Callable[..., list[Row]], many: bool = True) -> Response:
        # As with filters, an empty value is none.
        given = {name: value for name, value in self.request.query_params.items() if value}
        query = self.query_class(data=given)
        query.is_valid(raise_exception=True)
        rows = cached_report(service, **query.validated_data)
        return Response(self.row_class(rows if many else rows[0], many=many).data)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        renderer: Any = getattr(request, "accepted_renderer", None)
        if isinstance(renderer, CSVRenderer):
            if response.exception:
                # A refusal is no table.
                request.accepted_renderer = JSONRenderer()
                request.accepted_media_type = JSONRenderer.media_type
            else:
                name = f"{self.action}.csv"
                response["Content-Disposition"] = f'attachment; filename="{name}"'
        return super().finalize_response(request, response, *args, **kwargs)


def extra_actions(viewset: type[viewsets.ViewSetMixin]) -> Sequence[Any]:
    return viewset.get_extra_actions()


@reports_root_schema
class ReportsRootView(RootView):
    name = "Reports"
    permission_classes = [MAY_READ_ORDERS]
    api_root_dict = {
        each.url_path: f"report-{each.url_name}" for each in extra_actions(ReportViewSet)
    }
