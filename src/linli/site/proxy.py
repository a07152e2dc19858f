"""Behind a reverse proxy of our own: the caller's address is the one that the proxy saw."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class CallersAddress:
    """Middleware: takes the caller's address from the proxy, so that limits on tries count callers, not the proxy.

    Only the last entry of ``X-Forwarded-For`` is believed: the proxy wrote it; what stands before came from outside.
    Without ``LINLI_BEHIND_PROXY`` the header is not looked at, because anybody can send it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to the request, with ``REMOTE_ADDR`` put right."""
        seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if settings.BEHIND_PROXY and seen:
            request.META["REMOTE_ADDR"] = seen
        return self.get_response(request)
