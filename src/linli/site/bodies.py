"""Bodies that come in pieces, without saying how long they are (HTTP/1.1 ``chunked``, HTTP/2 without a length)."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from linli.cases import words
from linli.core.errors import Refusal
from linli.site.naming import language

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]

TOO_LARGE = "linli.body_too_large"
BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
PIECE = 64 * 1024


def too_large() -> Refusal:
    """The refusal of a body that is larger than is kept."""
    return Refusal("body_too_large", {"limit_mb": (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024 // 1024})


def measured(application: Application) -> Application:
    """An application that meets such a body whole and with its length, because Django takes no length for no body.

    More than ``DATA_UPLOAD_MAX_MEMORY_SIZE`` is not kept; :class:`LargeBodies` then refuses the request.
    """

    def measuring(environ: Environment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        unmeasured = not environ.get("CONTENT_LENGTH") and environ.get("REQUEST_METHOD") not in BODILESS
        if unmeasured and environ.get("wsgi.input_terminated"):
            _measure(environ, settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
        return application(environ, start_response)

    return measuring


def _measure(environ: Environment, most: int) -> None:
    body = bytearray()
    while len(body) <= most and (piece := environ["wsgi.input"].read(PIECE)):
        body += piece
    if len(body) > most:
        environ[TOO_LARGE] = True
        body.clear()
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["wsgi.input"] = BytesIO(body)


class LargeBodies:
    """Middleware: refuses a body in pieces that was too large to keep. It stands within the problem documents."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to the request, or 413."""
        if request.META.get(TOO_LARGE):
            said = words.refusal(too_large(), language())
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return HttpResponse(said, status=status, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
