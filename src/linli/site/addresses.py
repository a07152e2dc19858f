"""Addresses that nothing can be found under, whatever page they name."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse


class PlainAddresses:
    """Middleware: an address with a NUL in it names nothing, and PostgreSQL could not even be asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to the request, or 404."""
        if "\x00" in request.path:
            raise Http404
        return self.get_response(request)
