"""What a browser may do with our pages, said with every answer."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def content_policy(map_origins: tuple[str, ...], live: str = "") -> str:
    """What pages may load: what this site serves, and from the origins of a base map pictures and data, never code.

    ``live`` is the address of the live process; where it has one of its own, pages may listen to exactly that.
    """
    beside = "".join(f" {origin}" for origin in map_origins)
    listen = f" {live}" if "://" in live else ""
    return "; ".join(
        (
            "default-src 'self'",  # no script, style or picture that stands in a page or comes from elsewhere
            f"img-src 'self' data:{beside}",
            f"connect-src 'self'{beside}{listen}",
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
        self.content = content_policy(settings.MAP_ORIGINS, settings.LIVE_URL)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the limits."""
        answer = self.get_response(request)
        answer.headers.setdefault("Content-Security-Policy", self.content)
        answer.headers.setdefault("Permissions-Policy", FEATURES)
        return answer
