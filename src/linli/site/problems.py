"""Problem documents (RFC 9457): every refusal, race and bad body as a 4xx that a machine and a person can read."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from linli.cases import words
from linli.cases.actions import CaseMoved
from linli.core.errors import Refusal
from linli.directory.queries import UnknownDistrictError
from linli.intake.actions import AlreadyReported, BodyDiffers

NOT_FOUND = frozenset({"case_unknown", "recused", "item_unknown"})
CONFLICT = frozenset({"state_changed", "not_in_this_step", "not_due", "case_has_ended"})
FORBIDDEN = frozenset({"not_yours", "actor_handled", "unit_handled"})
TOO_MANY = frozenset({"too_many_tries"})


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status of a refusal; hidden and missing cases are answered alike."""
    if refusal.code in NOT_FOUND:
        return HTTPStatus.NOT_FOUND
    if refusal.code in CONFLICT:
        return HTTPStatus.CONFLICT
    if refusal.code in FORBIDDEN:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.TOO_MANY_REQUESTS if refusal.code in TOO_MANY else HTTPStatus.UNPROCESSABLE_ENTITY


def problem(status: HTTPStatus, code: str, detail: str, **extra: Any) -> HttpResponse:
    """A problem document; ``code`` is stable, ``detail`` is in the reader's language."""
    body = {"type": f"urn:linli:problem:{code}", "title": status.phrase, "status": status.value, "code": code}
    return JsonResponse(
        body | {"detail": detail} | extra,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def refused(refusal: Refusal, **extra: Any) -> HttpResponse:
    """The problem document of a refusal."""
    hidden = refusal.code in NOT_FOUND
    shown = Refusal("case_unknown") if hidden else refusal
    facts = {} if hidden else {key: value for key, value in refusal.facts.items()}
    return problem(
        status_of(refusal), shown.code, words.refusal(shown, get_language() or "zh-hans"), facts=facts, **extra
    )


def register(api: NinjaAPI) -> None:
    """Teaches an API to answer problems."""

    @api.exception_handler(Refusal)
    def on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
        del request
        return refused(refusal)

    @api.exception_handler(CaseMoved)
    def on_race(request: HttpRequest, moved: CaseMoved) -> HttpResponse:
        del request
        return refused(Refusal("state_changed", {"case": moved.case}))

    @api.exception_handler(BodyDiffers)
    def on_other_body(request: HttpRequest, differs: BodyDiffers) -> HttpResponse:
        del request, differs
        return refused(Refusal("idempotency_body_differs"))

    @api.exception_handler(AlreadyReported)
    def on_repeat(request: HttpRequest, repeat: AlreadyReported) -> HttpResponse:
        del request
        found = Refusal("already_reported", {"source": str(repeat)})
        return problem(HTTPStatus.CONFLICT, found.code, words.refusal(found, get_language() or "zh-hans"))

    @api.exception_handler(UnknownDistrictError)
    def on_unknown_district(request: HttpRequest, unknown: UnknownDistrictError) -> HttpResponse:
        del request
        return refused(Refusal("district_unknown", {"district": unknown.code}))

    @api.exception_handler(ValidationError)
    def on_bad_body(request: HttpRequest, bad: ValidationError) -> HttpResponse:
        del request
        found = Refusal("body_invalid")
        errors = [{"where": [str(part) for part in e["loc"]], "what": e["msg"]} for e in bad.errors]
        detail = words.refusal(found, get_language() or "zh-hans")
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, found.code, detail, errors=errors)

    @api.exception_handler(AuthenticationError)
    def on_stranger(request: HttpRequest, stranger: AuthenticationError) -> HttpResponse:
        del request, stranger
        found = Refusal("login_needed")
        return problem(HTTPStatus.UNAUTHORIZED, found.code, words.refusal(found, get_language() or "zh-hans"))

    @api.exception_handler(HttpError)
    def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        del request
        status = HTTPStatus(error.status_code)
        return problem(status, status.phrase.lower().replace(" ", "_"), str(error))
