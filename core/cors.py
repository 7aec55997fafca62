from corsheaders import middleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers


class CorsMiddleware(middleware.CorsMiddleware):
    """Looks no further at a request that names no origin, as those of programs and of the shop's pages."""

    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = super().__call__ if "HTTP_ORIGIN" in request.META else self.get_response
        response = answer(request)
        assert isinstance(response, HttpResponseBase)
        patch_vary_headers(response, ("origin",))
        return response
