"""Problem documents (RFC 9457): every refusal, race and bad body as a 4xx that a machine and a person can read."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException, UnreadablePostError
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.responses import NinjaJSONEncoder

from linli.cases import words
from linli.cases.actions import CaseMoved
from linli.cases.api import Overtaken
from linli.catalogue import queries as catalogue
from linli.catalogue.queries import NothingPublishedError
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.directory.queries import UnknownDistrictError
from linli.intake.actions import AlreadyReported, BodyDiffers
from linli.site.bodies import too_large
from linli.site.naming import Names, language

ADDRESS = "/api/"
MEDIA_TYPE = "application/problem+json"

NOT_FOUND = frozenset({"case_unknown", "item_unknown", "address_unknown", "number_and_code_differ"})
CONFLICT = frozenset({"state_changed", "not_in_this_step", "not_due", "case_has_ended"})
FORBIDDEN = frozenset(
    {
        "not_yours", "not_for_reporter", "actor_handled", "unit_handled", "csrf_missing", "recused",
        "own_password_first",
    }
)  # fmt: skip
OTHERS = {
    "too_many_tries": HTTPStatus.TOO_MANY_REQUESTS,
    "body_not_json": HTTPStatus.BAD_REQUEST,
    "request_refused": HTTPStatus.BAD_REQUEST,
    "body_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "method_unknown": HTTPStatus.METHOD_NOT_ALLOWED,
    "login_needed": HTTPStatus.UNAUTHORIZED,
    "not_ready": HTTPStatus.SERVICE_UNAVAILABLE,
    "fault": HTTPStatus.INTERNAL_SERVER_ERROR,
}


def status_of(refusal: Refusal) -> HTTPStatus:
    """The HTTP status of a refusal; hidden and missing cases are answered alike."""
    if refusal.code in NOT_FOUND or is_hidden(refusal):
        return HTTPStatus.NOT_FOUND
    if refusal.code in CONFLICT:
        return HTTPStatus.CONFLICT
    if refusal.code in FORBIDDEN:
        return HTTPStatus.FORBIDDEN
    return OTHERS.get(refusal.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def is_hidden(refusal: Refusal) -> bool:
    """Whether a case is kept from the asker, who must not learn that it is there.

    Somebody who names their own unit in a form sees the case, so that refusal is said as it is.
    """
    return refusal.code == "recused" and "case" in refusal.facts


def refused(request: HttpRequest, refusal: Refusal, **extra: Any) -> HttpResponse:
    """The problem document of a refusal: ``code`` is stable, ``detail`` is in the reader's language."""
    shown = Refusal("case_unknown") if is_hidden(refusal) or refusal.code == "case_unknown" else refusal
    status, (names, policy) = status_of(refusal), _names(request)
    body = {
        "type": f"urn:linli:problem:{shown.code}",
        "title": status.phrase,
        "status": status.value,
        "code": shown.code,
        "detail": words.refusal(shown, language(), names, policy),
        "facts": dict(shown.facts),
    }
    return JsonResponse(
        body | extra,
        NinjaJSONEncoder,
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def register(api: NinjaAPI) -> None:
    """Teaches an API to answer problems."""
    for kind, answer in _ANSWERS.items():
        api.add_exception_handler(kind, answer)


def fault(error: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong with one value of a body or query: where it stands, a stable code, and what to do, in words."""
    where = [str(part) for part in error["loc"]]
    where = where[:1] + where[2:] if where[:2] == ["body", "body"] else where
    kind = str(error["type"])
    known = kind if words.has_label("body_fault", kind) else "other"
    limits = {name: str(value) for name, value in error.get("ctx", {}).items()}
    return {
        "where": where,
        "code": kind,
        "what": words.label("body_fault", known, language()).format_map(_Kept(limits)),
    }


def _on_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return refused(request, refusal)


def _on_overtaken(request: HttpRequest, overtaken: Overtaken) -> HttpResponse:
    return refused(request, overtaken.refusal, state=overtaken.state.model_dump())


def _on_race(request: HttpRequest, moved: CaseMoved) -> HttpResponse:
    return refused(request, Refusal("state_changed", {"case": moved.case}))


def _on_other_body(request: HttpRequest, differs: BodyDiffers) -> HttpResponse:
    del differs
    return refused(request, Refusal("idempotency_body_differs"))


def _on_repeat(request: HttpRequest, repeat: AlreadyReported) -> HttpResponse:
    return refused(request, Refusal("already_reported", {"source": str(repeat)}))


def _on_unknown_district(request: HttpRequest, unknown: UnknownDistrictError) -> HttpResponse:
    return refused(request, Refusal("district_unknown", {"district": unknown.code}))


def _on_no_rules(request: HttpRequest, nothing: NothingPublishedError) -> HttpResponse:
    del nothing
    return refused(request, Refusal("not_ready"))


def _on_bad_body(request: HttpRequest, bad: ValidationError) -> HttpResponse:
    return refused(request, Refusal("body_invalid"), errors=[fault(error) for error in bad.errors])


def _on_large_body(request: HttpRequest, large: RequestDataTooBig) -> HttpResponse:
    del large
    return refused(request, too_large())


def _on_lost_body(request: HttpRequest, lost: Exception) -> HttpResponse:
    del lost
    return refused(request, Refusal("body_not_json"))


def _on_stranger(request: HttpRequest, stranger: AuthenticationError) -> HttpResponse:
    del stranger
    answer = refused(request, Refusal("login_needed"))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def _on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    return refused(request, cause if isinstance(cause, Refusal) else Refusal("request_refused"))


_ANSWERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    Refusal: _on_refusal,
    Overtaken: _on_overtaken,
    CaseMoved: _on_race,
    BodyDiffers: _on_other_body,
    AlreadyReported: _on_repeat,
    UnknownDistrictError: _on_unknown_district,
    NothingPublishedError: _on_no_rules,
    ValidationError: _on_bad_body,
    RequestDataTooBig: _on_large_body,
    UnreadablePostError: _on_lost_body,
    RawPostDataException: _on_lost_body,
    AuthenticationError: _on_stranger,
    HttpError: _on_http_error,
}


class StrictParser(Parser):
    """Reads bodies as JSON strictly: no NaN, no lone surrogates, no bottomless nesting, UTF-8 only."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value.

        Raises:
            Refusal: ``body_not_json``.
        """
        try:
            return msgspec.json.decode(request.body)
        except (ValueError, RecursionError) as broken:
            raise Refusal("body_not_json") from broken


class ProblemDocuments:
    """Middleware: whatever Django itself refuses below the API's address is a problem document too.

    These are unknown addresses and methods, hosts that are not served, and faults. It stands within the middleware
    that chooses the language. No answer of the API may be kept by a cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer as it is, or its problem document."""
        answer = self.get_response(request)
        if not request.path_info.startswith(ADDRESS):
            return _with_words(request, answer)
        if answer.status_code >= HTTPStatus.BAD_REQUEST and answer.headers.get("Content-Type") != MEDIA_TYPE:
            answer = self._document(request, answer)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer

    def _document(self, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return answer if settings.DEBUG else refused(request, Refusal("fault"))
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return refused(request, Refusal("address_unknown"))
        if answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return refused(request, too_large())
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = answer.headers.get("Allow", "")
            found = refused(
                request, Refusal("method_unknown", {"method": str(request.method)[:20], "allowed": allowed})
            )
            found["Allow"] = allowed
            return found
        return refused(request, Refusal("request_refused"))


def _with_words(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """A page that was asked for in the wrong way says so, instead of showing nothing."""
    if answer.status_code != HTTPStatus.METHOD_NOT_ALLOWED or answer.content:
        return answer
    page = render(request, "405.html", status=answer.status_code)
    page["Allow"] = answer.headers.get("Allow", "")
    return page


class _Kept(dict[str, str]):
    """Leaves a placeholder out when its value is not given."""

    def __missing__(self, key: str) -> str:
        return ""


def _names(request: HttpRequest) -> tuple[Names | None, Policy | None]:
    """Names and rules of the district that the address names, so that a refusal says names instead of ids."""
    match = request.resolver_match
    district = match.kwargs.get("district") if match else None
    if not isinstance(district, str) or not district.isascii() or not district.isalnum():
        return None, None
    try:
        policy = catalogue.policy(district)
    except (NothingPublishedError, UnknownDistrictError):
        return None, None
    return Names(district, policy, language()), policy
