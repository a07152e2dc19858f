"""What a browser may do with our pages, said with every answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CONTENT = "; ".join(
    (
        "default-src 'self'",  # no script, style or picture that stands in a page or comes from elsewhere
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
FEATURES = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"


class BrowserLimits:
    """Middleware: pages run only what this site itself serves, so that a text from outside never becomes a script."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the limits."""
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", CONTENT)
        answer.headers.setdefault("Permissions-Policy", FEATURES)
        return answer
