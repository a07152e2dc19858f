"""Before and after publishing a plan of grids: what changes, which open cases it affects, and how each one went."""

from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases import queries as cases
from linli.cases import queries_places, words
from linli.cases.actions.acting import BulkResult
from linli.cases.queries_places import Affected
from linli.core.access import may_read
from linli.directory import actions
from linli.directory.actions import PlanBlocked, PlanMoved
from linli.directory.plan_checks import blocks
from linli.directory.queries import Plan
from linli.directory.recut import RecutError
from linli.site import recutting
from linli.site.administration import area_plans, area_words
from linli.site.administration.area_forms import PublishForm
from linli.site.administration.areas import above
from linli.site.administration.guarding import administration_page
from linli.site.administration.sections import at
from linli.site.desk.asking import Asking


@dataclass(frozen=True, slots=True)
class CaseRow:
    """An affected case that the person may read: in which grid it stands, and in which it will."""

    id: str
    number: str
    matter: str
    now: str
    after: str
    by: str
    choice: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open cases are affected, how many of them move by themselves, and how many wait for a person."""

    all: int
    outline: int
    pin: int
    unsure: int
    unseen: int


@require_http_methods(["GET", "POST"])
@administration_page
def publish(request: HttpRequest, asking: Asking, plan: UUID) -> HttpResponse:
    """Shows what a plan does and to which cases, publishes it, takes it back, or moves what is left to move."""
    found = area_plans.plan_of(asking, plan)
    if request.method == "GET":
        return _page(request, asking, found, PublishForm(asking.now))
    do, seen = request.POST.get("do", ""), request.POST.get("seen", "")
    if do == "publish":
        return _publish(request, asking, found, seen)
    if do == "take_back":
        return _take_back(request, asking, found, seen)
    if do == "move":
        return _moved(request, asking, found)
    raise Http404


def _publish(request: HttpRequest, asking: Asking, plan: Plan, seen: str) -> HttpResponse:
    form = PublishForm(asking.now, request.POST)
    if not form.is_valid():
        return _page(request, asking, plan, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        published = actions.publish_plan(area_plans.editing(asking, plan, seen), form.effective_at)
    except PlanMoved:
        return _again(request, asking, plan, form, area_words.CONFLICT)
    except PlanBlocked as blocked:
        said = _("Errors were found: put them right first.") if blocked.findings else area_words.BASE_CHANGED
        return _again(request, asking, plan, form, said)
    except RecutError as error:
        return _again(request, asking, plan, form, area_plans.refusal(error, plan))
    if not published.in_force:
        messages.success(request, _("The plan is published. The clock puts it in force on its date."))
        return redirect("desk-area-plan-publish", plan.id)
    messages.success(request, _("The grids are in force."))
    return _moved(request, asking, area_plans.plan_of(asking, UUID(plan.id)))


def _take_back(request: HttpRequest, asking: Asking, plan: Plan, seen: str) -> HttpResponse:
    try:
        actions.take_back(area_plans.editing(asking, plan, seen))
    except PlanMoved:
        return _again(request, asking, plan, PublishForm(asking.now), area_words.CONFLICT)
    except RecutError as error:
        return _again(request, asking, plan, PublishForm(asking.now), area_plans.refusal(error, plan))
    messages.success(request, _("The plan is taken back. It is a draft again."))
    return redirect("desk-area-plan", plan.id)


def _again(request: HttpRequest, asking: Asking, plan: Plan, form: PublishForm, said: Any) -> HttpResponse:
    newest = area_plans.plan_of(asking, UUID(plan.id))
    return _page(request, asking, newest, form, said=said, status=HTTPStatus.CONFLICT)


def _moved(request: HttpRequest, asking: Asking, plan: Plan) -> HttpResponse:
    """Moves the cases of a plan in force. What moved stands in the ledger, for the page to read."""
    if plan.state != "in_force":
        return _again(request, asking, plan, PublishForm(asking.now), area_words.REFUSALS["not_scheduled"])
    results = recutting.follow(plan, now=asking.now, actor=asking.actor)
    failed = [result for result in results if result.refusal]
    if failed:
        messages.warning(request, _not_moved(asking, failed))
    return redirect("desk-area-plan-publish", plan.id)


def _page(
    request: HttpRequest,
    asking: Asking,
    plan: Plan,
    form: PublishForm,
    *,
    said: Any = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    found = area_plans.findings(plan) if plan.state in ("draft", "scheduled") else []
    affected = queries_places.affected(asking.actor, plan) if plan.state != "withdrawn" else []
    left = [case for case in affected if case.state.areas_plan != plan.id]
    shown = {
        "plan": plan,
        "state": area_words.STATES[plan.state],
        "fault": area_words.FAULTS.get(plan.fault, ""),
        "community": asking.names.path(plan.parent),
        "above": [*above(asking, plan.parent), (plan.parent, asking.names.area(plan.parent))],
        "rows": [row for row in area_plans.rows(plan) if row.change],
        "findings": area_plans.in_words(found, plan, asking),
        "blocked": blocks(found),
        "counts": _counts(left),
        "cases": [_row(asking, plan, case) for case in left[: queries_places.MOST] if case.seen],
        "form": form,
        "said": said,
        "went": _went(asking, plan) if plan.state == "in_force" else None,
        "waiting": len(queries_places.unplaced(asking.actor, asking.district, asking.policy)),
    }
    return render(request, "administration/area_publish.html", at("desk-areas", asking) | shown, status=status)


def _counts(affected: list[Affected]) -> Counts:
    by = Counter(case.prospect.by for case in affected)
    unseen = sum(not case.seen for case in affected)
    return Counts(len(affected), by["outline"], by["pin"], by["unsure"], unseen)


def _row(asking: Asking, plan: Plan, case: Affected) -> CaseRow:
    names = {grid.code: grid.name for grid in (*plan.base, *plan.grids)}
    comma = "、" if asking.names.lang == "zh-hans" else ", "
    state, prospect = case.state, case.prospect
    after = prospect.candidates if prospect.area is None else (prospect.area,)
    return CaseRow(
        id=state.id,
        number=state.number,
        matter=asking.names.matter(state.matter),
        now=names.get(state.place.area) or asking.names.area(state.place.area),
        after=comma.join(names.get(code, code) for code in after),
        by=words.label("placed_by", prospect.by, asking.names.lang),
        choice=prospect.area is None,
    )


def _went(asking: Asking, plan: Plan) -> dict[str, Any]:
    """How cases followed the plan: all are counted, and those that the person may read are listed."""
    names = {grid.code: grid.name for grid in plan.grids}
    moves = queries_places.moves(plan)
    states = {case: found.state for case, found in cases.load(asking.district, list(moves)).items()}
    waiting = sum(bool(state.place_candidates) for state in states.values() if state.is_open)
    seen = [state for state in states.values() if may_read(asking.actor, state)]
    return {
        "moved": len(moves) - waiting,
        "unsure": waiting,
        "unseen": len(states) - len(seen),
        "rows": [
            {
                "id": state.id,
                "number": state.number,
                "matter": asking.names.matter(state.matter),
                "after": names.get(moves[state.id].place.area) or asking.names.area(moves[state.id].place.area),
                "by": words.label("placed_by", moves[state.id].by, asking.names.lang),
            }
            for state in seen[: queries_places.MOST]
        ],
    }


def _not_moved(asking: Asking, failed: list[BulkResult]) -> str:
    """Why cases could not be moved, each reason once; which they are, the page lists for who may read them."""
    lang = asking.names.lang
    reasons = [words.refusal(r.refusal, lang, asking.names, asking.policy) for r in failed if r.refusal is not None]
    said = _("These could not be moved. The clock tries again; you may try now.")
    return " ".join((said, *dict.fromkeys(reasons)))
