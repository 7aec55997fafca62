from django.urls import NoReverseMatch
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from .schema.roots import store_root_schema


class RootView(APIView):
    """The lists of an app, for who knows no address but this."""

    # Name -> name of the route, as the routers of Django REST framework give it.
    api_root_dict: dict[str, str] = {}

    def get(self, request: Request) -> Response:
        """List the addresses that everything starts from."""
        found = {}
        for prefix, route in self.api_root_dict.items():
            try:
                address = reverse(route, request=request)
            # What has neither a list nor a form to add to it.
            except NoReverseMatch:
                continue
            found[self.name_of(prefix)] = address
        return Response(found)

    def name_of(self, prefix: str) -> str:
        return prefix


@store_root_schema
class StoreRootView(RootView):
    name = "Store"

    def name_of(self, prefix: str) -> str:
        # Addresses, which are below the profile of their customer.
        return prefix.rpartition("/")[2]
