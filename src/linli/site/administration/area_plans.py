"""The page of one plan of grids: the map, the grids in a table, what was found, and a form for each deed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.recutting import administering_post
from linli.directory import queries as directory
from linli.directory.actions import Editing, PlanMoved
from linli.directory.plan_checks import Finding, PlannedGrid, Severity, judge
from linli.directory.queries import Plan
from linli.directory.recut import RecutError
from linli.site.administration import area_words, saying
from linli.site.administration.area_forms import DEEDS, Deed
from linli.site.administration.areas import above, geojson, hectares
from linli.site.administration.guarding import administration_page
from linli.site.administration.sections import at
from linli.site.desk.asking import Asking
from linli.site.maps.shown import shown as map_shown


@dataclass(frozen=True, slots=True)
class GridRow:
    """One grid of the plan; ``change`` says what becomes of it, empty where it stays as it is."""

    code: str
    name: str
    was: str
    change: Any
    retired: bool
    into: str
    hectares: float | None
    before: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in words; ``at`` is where on the map, longitude and latitude."""

    error: bool
    words: Any
    grids: tuple[str, ...]
    square_metres: int
    at: tuple[float, float] | None
    named: str


@require_http_methods(["GET", "POST"])
@administration_page
def plan(request: HttpRequest, asking: Asking, plan: UUID) -> HttpResponse:
    """Shows a plan, or does one thing to it; what was filled in stays where it could not be done."""
    found = plan_of(asking, plan)
    if request.method == "GET":
        return _page(request, asking, found, {})
    name = request.POST.get("do", "")
    if name not in DEEDS:
        raise Http404
    form = DEEDS[name](found.grids, request.POST, request.FILES)
    status, said = _carried_out(asking, found, form, request.POST.get("seen", ""))
    if status is HTTPStatus.OK:
        if name == "discard":
            messages.success(request, area_words.DONE[name])
            return redirect("desk-area", found.parent)
        messages.success(request, f"{area_words.DONE[name]} {_('Nothing is in force before you publish.')}")
        # A browser keeps the form's own fragment where none is named, and what was done is said at the top.
        return redirect(reverse("desk-area-plan", args=[found.id]) + "#main")
    return _page(request, asking, plan_of(asking, plan), {name: form}, said=said, status=status)


@require_GET
@administration_page
def shapes(request: HttpRequest, asking: Asking, plan: UUID) -> HttpResponse:
    """The outlines of a plan as GeoJSON: for its map, or to work on elsewhere and take from a file again."""
    found = plan_of(asking, plan)
    answer = geojson(found.grids)
    if "download" in request.GET:
        answer["Content-Disposition"] = f'attachment; filename="plan-{found.parent}.geojson"'
    return answer


def plan_of(asking: Asking, plan: UUID) -> Plan:
    """The plan, for who administers its community; for everybody else it is not there."""
    found = directory.plan(asking.district, str(plan))
    if found is None or administering_post(asking.actor, found.parent, asking.policy.territory) is None:
        raise Http404
    return found


def editing(asking: Asking, plan: Plan, seen: str) -> Editing:
    """Who changes it, with the step that they saw; no number means one that is never right."""
    number = int(seen) if seen.isdecimal() and len(seen) < 9 else -1
    return Editing(asking.actor, asking.district, plan.id, number, asking.now)


def findings(plan: Plan) -> list[Finding]:
    """What is wrong with it as things are now."""
    return list(judge(plan.grids, directory.surroundings(plan.district, plan.parent)))


def in_words(found: Sequence[Finding], plan: Plan, asking: Asking) -> list[Found]:
    """Findings for the page."""
    comma = "、" if asking.names.lang == "zh-hans" else ", "
    names = {grid.code: f"{grid.name} ({grid.code[-3:]})" for grid in plan.grids}
    return [
        Found(
            error=finding.severity is Severity.ERROR,
            words=area_words.FINDINGS[finding.code],
            grids=tuple(names.get(code, code) for code in finding.grids),
            square_metres=finding.square_metres,
            at=finding.at,
            named=comma.join(asking.names.unit(unit) for unit in finding.units),
        )
        for finding in found
    ]


def rows(plan: Plan) -> list[GridRow]:
    """Every grid of the plan, with what becomes of it."""
    kinds = {change.after.code: change.kind for change in plan.changes}
    before = {grid.code: grid for grid in plan.base}
    names = {grid.code: grid.name for grid in plan.grids}
    return [
        GridRow(
            code=grid.code,
            name=grid.name,
            was=_was(grid, before.get(grid.code)),
            change=area_words.KINDS.get(kinds.get(grid.code, ""), ""),
            retired=grid.retired,
            into=names.get(grid.into, ""),
            hectares=hectares(grid),
            before=hectares(before[grid.code]) if grid.code in before else None,
        )
        for grid in plan.grids
    ]


def _was(grid: PlannedGrid, before: PlannedGrid | None) -> str:
    return before.name if before is not None and before.name != grid.name else ""


def _carried_out(asking: Asking, plan: Plan, form: Deed, seen: str) -> tuple[HTTPStatus, Any]:
    """The status, and what to say above the page where it did not go through."""
    if seen != str(plan.number):
        return HTTPStatus.CONFLICT, area_words.CONFLICT
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY, ""
    try:
        form.carry_out(editing(asking, plan, seen))
    except PlanMoved:
        return HTTPStatus.CONFLICT, area_words.CONFLICT
    except RecutError as error:
        field = _field_of(error, form)
        form.add_error(field, saying.NAME_FAULTS[error.code] if field else refusal(error, plan))
        gone = error.code in ("not_a_draft", "no_plan")
        return HTTPStatus.CONFLICT if gone else HTTPStatus.UNPROCESSABLE_ENTITY, ""
    return HTTPStatus.OK, ""


def _field_of(error: RecutError, form: Deed) -> str | None:
    """The field that a name was typed into, where the refusal is about a name."""
    typed = (*error.grids, "new_name") if error.code in saying.NAME_FAULTS else ()
    return next((name for name in typed if name in form.fields), None)


def refusal(error: RecutError, plan: Plan) -> str:
    """Why something can't be done, with the grids that it is about."""
    names = {grid.code: grid.name for grid in plan.grids}
    about = [names.get(code, code) for code in error.grids if code]
    words = str(area_words.REFUSALS[error.code])
    return f"{words} ({', '.join(about)})" if about and error.code not in ("not_yours", "no_community") else words


def _page(
    request: HttpRequest,
    asking: Asking,
    plan: Plan,
    bound: Mapping[str, Deed],
    *,
    said: Any = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    found = findings(plan) if plan.is_open else []
    forms = {name: bound.get(name) or deed(plan.grids) for name, deed in DEEDS.items()} if plan.is_open else {}
    shown = {
        "plan": plan,
        "state": area_words.STATES[plan.state],
        "community": asking.names.path(plan.parent),
        "above": [*above(asking, plan.parent), (plan.parent, asking.names.area(plan.parent))],
        "rows": rows(plan),
        "findings": in_words(found, plan, asking),
        "unchanged": [finding.code for finding in found] == ["nothing_changed"],
        "forms": [form for form in forms.values() if form.title],
        "faulty": next((form for form in bound.values() if form.errors), None),
        "steps": [(step.number, area_words.DEEDS[step.deed], step.at) for step in reversed(plan.steps)],
        "said": said,
        "map": map_shown(plan.parent) | {"shapes_url": reverse("desk-area-plan-shapes", args=[plan.id])},
    }
    return render(request, "administration/area_plan.html", at("desk-areas", asking) | shown, status=status)
