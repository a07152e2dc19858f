"""Pages of one act on many cases: choose the act, fill in once, read how each case went."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases import words
from linli.site.desk import bulk
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.bulk import BulkForm, Chosen
from linli.site.desk.frame import common


@require_GET
@desk_page
def choose(request: HttpRequest, asking: Asking) -> HttpResponse:
    """The chosen cases, the acts that are open on them, and the form of the act that was picked."""
    selected = bulk.chosen(asking, _ids(request.GET.getlist("case")))
    if not selected:
        return redirect("desk")
    name = request.GET.get("act", "")
    action = next((action for action, _count in bulk.common_actions(selected) if action.name == name), None)
    affected = [case for case in selected if action is None or case.allows(action.name)]
    form = BulkForm(action, affected) if action else None
    return render(request, "desk/bulk.html", _shown(asking, selected, form))


@require_http_methods(["GET", "POST"])
@desk_page
def act(request: HttpRequest, asking: Asking, action: str) -> HttpResponse:
    """Takes the act on each case and says how each went; faults of the form are said before anything is done."""
    if request.method == "GET":
        return redirect("desk")
    selected = bulk.chosen(asking, _ids(request.POST.getlist("case")))
    definition = next((found for found, _count in bulk.common_actions(selected) if found.name == action), None)
    if definition is None:
        return render(
            request, "desk/bulk.html", _shown(asking, selected, None) | {"gone": True}, status=HTTPStatus.CONFLICT
        )
    affected = [case for case in selected if case.allows(action)]
    form = BulkForm(definition, affected, request.POST)
    if not form.is_valid():
        return render(request, "desk/bulk.html", _shown(asking, selected, form), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    went = bulk.take(asking, form, affected, _seen(request))
    passed_over = [case for case in selected if not case.allows(action)]
    shown = {
        "title": words.title(definition.title, asking.names.lang),
        "done": [one for one in went if not one.refused],
        "refused": [one for one in went if one.refused],
        "passed_over": [(case, words.step_title(case.state, asking.policy, asking.names.lang)) for case in passed_over],
    }
    return render(request, "desk/bulk_done.html", common(asking) | shown)


def _shown(asking: Asking, selected: list[Chosen], form: BulkForm | None) -> dict[str, Any]:
    lang = asking.names.lang
    name = form.action.name if form else ""
    shown = {
        "selected": [
            {
                "case": case,
                "step": words.step_title(case.state, asking.policy, lang),
                "matter": asking.names.matter(case.state.matter),
                "place": asking.names.path(case.state.place.area),
                "open": not name or case.allows(name),
                "proposed": _proposed(asking, case, form),
            }
            for case in selected
        ],
        "actions": [(action.name, words.title(action.title, lang), n) for action, n in bulk.common_actions(selected)],
        "form": form,
        "name": name,
        "title": words.title(form.action.title, lang) if form else "",
        "affected": sum(case.allows(name) for case in selected) if name else len(selected),
    }
    return common(asking) | shown


def _proposed(asking: Asking, case: Chosen, form: BulkForm | None) -> list[str]:
    """What the case gets where the form is left as it is: matter, urgency, lead."""
    if form is None or not case.allows(form.action.name):
        return []
    found, names = case.proposal(form.action), asking.names
    said = [names.matter(found["matter"])] if found.get("matter") else []
    said += [words.label("urgency", found["urgency"], names.lang)] if found.get("urgency") else []
    said += [names.unit(found["lead"])] if found.get("lead") else []
    said += [names.unit(unit) for unit in found.get("co_handlers") or ()]
    return said


def _ids(given: list[str]) -> list[str]:
    """What can be a case's id; anything else is nobody's case."""
    found = []
    for text in given:
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return found


def _seen(request: HttpRequest) -> dict[str, int]:
    """The version of each case that the person saw."""
    pairs = (text.partition(":") for text in request.POST.getlist("seen"))
    return {case: int(version) for case, _colon, version in pairs if version.isdecimal()}
