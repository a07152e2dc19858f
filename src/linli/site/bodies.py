"""Bodies that are too large, and those that come in pieces without saying how long they are (HTTP/1.1 ``chunked``)."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.core.errors import Refusal

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]

TOO_LARGE = "linli.body_too_large"
BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
PIECE = 64 * 1024
MOST = 64 * 1024 * 1024
"""Bytes of a whole request: six photos of 10 MB each and the words beside them."""

MOST_PASSED_OVER = 4 * MOST
"""A larger body is read to its end and thrown away, so that the browser hears the answer; up to so many bytes."""


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
    """Middleware: refuses what is too large with 413, before it is kept. It stands within the problem documents."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer to the request, or 413."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > MOST:
            _pass_over(request, min(int(length), MOST_PASSED_OVER))
            return _refusing(request, MOST)
        if request.META.get(TOO_LARGE):
            return _refusing(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
        return self.get_response(request)


def _refusing(request: HttpRequest, most: int) -> HttpResponse:
    """The page that says what to do with a form that was too large; the API makes a problem document of it."""
    shown = {"limit_mb": most // 1024 // 1024}
    return render(request, "413.html", shown, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django cannot read: a form with more words than are kept, or a body that is none (``handler400``)."""
    if isinstance(exception, RequestDataTooBig):
        return _refusing(request, settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0)
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def _pass_over(request: HttpRequest, length: int) -> None:
    body = request.META.get("wsgi.input")
    try:
        while body is not None and length > 0 and (piece := body.read(min(PIECE, length))):
            length -= len(piece)
    except OSError:
        return  # whoever sent it has gone
