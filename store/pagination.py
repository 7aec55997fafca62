from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request


class ProductPagination(PageNumberPagination):
    page_size = 10
    page_size_query_param = "page_size"
    max_page_size = 100

    def position(self, request: Request) -> tuple[int, int] | None:
        """Return the number and the size of the page asked for; None for a word, or what is no page."""
        text = request.query_params.get(self.page_query_param) or "1"
        size = self.get_page_size(request)
        if size and text.isascii() and text.isdecimal() and len(text) < 10 and int(text):
            return int(text), size
        return None
