"""Taking a call on one page: the caller's own open cases with their consent, the report while they talk, its receipt.

The caller's number goes out with the page that it came in with and is kept nowhere.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from linli.cases import queries as cases
from linli.cases import words
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.privacy import mask
from linli.intake import actions as intake
from linli.intake import queries as calls
from linli.intake.report import DETAIL_LIMIT
from linli.intake.understanding import suggest
from linli.site.desk import listing
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common
from linli.site.desk.listing import Row
from linli.site.portal import places
from linli.site.portal.forms import ReportForm
from linli.site.portal.hints import LEAST_WRITTEN, similar

KEPT = ("detail", "where", "area", "place", "matter", "about", "contact", "same", "key", "number", "consent", "keep")
"""What was typed and ticked stays while a number is looked up or similar cases are."""


@dataclass
class Asked:
    """What the page shows besides its form: what was looked up, and what is wrong with that."""

    number: str = ""
    consented: bool = False
    keep: bool = False
    rows: list[Row] | None = None
    fault: str = ""
    similar: dict[str, Any] | None = None


@require_http_methods(["GET", "POST"])
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """What taking a call means; a POST begins one."""
    if not intake.takes_calls(asking.actor):
        raise Http404
    if request.method == "POST":
        return redirect("desk-call", call=intake.begin_call(asking.actor, asking.district, now=asking.now))
    return render(request, "desk/calls.html", common(asking))


@require_http_methods(["GET", "POST"])
@desk_page
def call(request: HttpRequest, asking: Asking, call: UUID) -> HttpResponse:
    """The page of one call: its buttons look up, look for similar cases, or send; nothing typed is lost on the way."""
    known = calls.call_of(asking.actor, asking.district, str(call))
    if known is None or not intake.takes_calls(asking.actor):
        raise Http404
    wanted = request.POST.get("do", "")
    if request.method == "POST" and wanted == "send":
        return _sent(request, asking, str(call))
    if known.ended_at is not None:
        messages.info(request, _("The record of this call has ended. Start a new one."))
        return redirect("desk-calls")
    kept = {name: request.POST.get(name, "") for name in KEPT if request.POST.get(name)}
    asked = Asked(kept.pop("number", ""), bool(kept.pop("consent", "")), bool(kept.pop("keep", "")))
    asked.consented = asked.consented or known.consent_at is not None
    if wanted == "look" and asked.number.strip():
        _look(asking, str(call), asked)
    form = _form(asking, initial=kept, filled=request.POST)
    if wanted == "similar":
        asked.similar = _similar(asking, form, kept)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if asked.fault else HTTPStatus.OK
    return _page(request, asking, str(call), form, asked, status)


@require_POST
@desk_page
def end(request: HttpRequest, asking: Asking, call: UUID) -> HttpResponse:
    """Ends a call that led to no report."""
    try:
        intake.end_call(asking.actor, asking.district, str(call), now=asking.now)
    except Refusal as refusal:
        raise Http404 from refusal
    messages.success(request, _("The call has ended. No report was made."))
    return redirect("desk-calls")


def _look(asking: Asking, call: str, asked: Asked) -> None:
    try:
        found = intake.look_up(
            asking.actor, asking.district, call, asked.number, consented=asked.consented, now=asking.now
        )
    except Refusal as refusal:
        asked.fault = words.refusal(refusal, asking.names.lang, asking.names, asking.policy)
    else:
        asked.rows = _rows(asking, found)


def _rows(asking: Asking, found: list[CaseState]) -> list[Row]:
    known = listing.known_rows(asking, [state.id for state in found])
    return [known[state.id] for state in found if state.id in known]


def _similar(asking: Asking, form: ReportForm, kept: dict[str, str]) -> dict[str, Any]:
    """What the portal would offer for the same words: never another person's text, pin or photo."""
    detail = mask(kept.get("detail", "")[:DETAIL_LIMIT])
    if len(detail.strip()) < LEAST_WRITTEN:
        return {"cases": ()}
    data = {"key": str(form["key"].value()), **kept}
    return similar(suggest("", detail), detail, data, asking.names)


def _sent(request: HttpRequest, asking: Asking, call: str) -> HttpResponse:
    data = request.POST.copy()
    asked = Asked(data.get("number", ""), bool(data.get("consent")), bool(data.get("keep")))
    if asked.keep and not data.get("contact", "").strip():
        data["contact"] = asked.number  # only because the caller said so
    form = _form(asking, data=data)
    if form.is_valid():
        try:
            receipt = intake.report_call(asking.actor, asking.district, call, form.report(), now=asking.now)
        except intake.BodyDiffers:
            form.add_error(None, _("This call has led to a report already. Start another call for another trouble."))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            readable = cases.case_for(asking.actor, asking.district, receipt.case) is not None
            shown = {
                "receipt": receipt,
                "owner": asking.names.unit(receipt.owner),
                "place": asking.names.path(receipt.area) if receipt.area != asking.district else "",
                "readable": readable,
            }
            return render(request, "desk/call_done.html", common(asking) | shown, status=HTTPStatus.CREATED)
    return _page(request, asking, call, form, asked, HTTPStatus.UNPROCESSABLE_ENTITY)


def _form(asking: Asking, *, data: Any = None, initial: Any = None, filled: Any = None) -> ReportForm:
    return ReportForm(asking.policy, asking.names, asking.district, data, initial=initial, filled=filled)


def _page(
    request: HttpRequest, asking: Asking, call: str, form: ReportForm, asked: Asked, status: HTTPStatus
) -> HttpResponse:
    shown = {
        "call": call,
        "form": form,
        "asked": asked,
        "questions": form.questions,
        "areas": places.offered(asking.policy, asking.names, asking.district),
    }
    return render(request, "desk/call.html", common(asking) | shown, status=status)
