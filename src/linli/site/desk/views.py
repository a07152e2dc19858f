"""Pages of the desk. What may be done is asked of the rules; here it is only shown and passed on."""

import base64
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases import actions, cursors, queries_places, words
from linli.cases import queries as cases
from linli.cases.actions import CaseMoved
from linli.core.access import may_read
from linli.core.case.placing import is_unplaced, may_place
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.numbers import normalised
from linli.notices.actions import read_case
from linli.site.acting import ActionForm
from linli.site.desk import answers, filtering, listing, notes, orders, saved, supervising
from linli.site.desk import file as files
from linli.site.desk.asking import Asking, desk_page, page_of
from linli.site.desk.beside import similar_rows
from linli.site.desk.file import File
from linli.site.desk.frame import common
from linli.site.desk.listing import Tab
from linli.site.telling import is_unlocated
from linli.supervision import queries as supervision
from linli.vault import actions as vault
from linli.vault import queries as vault_queries


@require_GET
@desk_page
def work_list(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Open cases of one's units or area, due soonest first, a page at a time."""
    chosen = filtering.read(request, asking)
    if chosen is None:
        raise Http404
    try:
        after = cursors.decode(request.GET.get("after"))
    except Refusal:
        return redirect("desk")
    steps = [name for name, _title in filtering.steps_of(asking, chosen.tab)]
    scope, keys = chosen.scope(asking)
    page = cases.work_list(
        asking.actor,
        asking.district,
        scope=scope,
        keys=keys,
        steps=[chosen.step] if chosen.step else steps,
        narrowed=chosen.narrowed(asking.now),
        after=after,
    )
    shown = {
        "tabs": [(tab, _tab_title(asking, tab)) for tab in listing.tabs(asking)],
        "filter": chosen,
        "offered": filtering.choices(asking, chosen),
        "counts": filtering.counts(asking, chosen),
        "rows": listing.rows(asking, page.lines),
        "after": cursors.encode(page.after),
        "later": after is not None,
        "saved": saved.menu(asking, request),
        "orders_waiting": supervision.waiting_orders(asking.actor, asking.district),
        "unplaced": len(queries_places.unplaced(asking.actor, asking.district, asking.policy)),
    }
    return render(request, "desk/work_list.html", common(asking) | shown)


def _tab_title(asking: Asking, tab: Tab) -> str:
    if tab.is_area:
        return asking.names.area(tab.key)
    return _("My units") if tab.steps is None else _("For me to do")


@require_GET
@desk_page
def search(request: HttpRequest, asking: Asking) -> HttpResponse:
    """A case by its number, or cases by words of their texts."""
    text = request.GET.get("q", "").strip()[:200]
    number = normalised(text, asking.info.short_code)
    found = cases.by_number(asking.district, number) if number else None
    if found is not None and may_read(asking.actor, found.state):
        return redirect("desk-case", case=found.state.id)
    lines = cases.search(asking.actor, asking.district, text) if text and not number else []
    shown = {"q": text, "rows": listing.rows(asking, lines), "number": number}
    return render(request, "desk/search.html", common(asking) | shown)


@require_GET
@desk_page
def case(request: HttpRequest, asking: Asking, case: UUID) -> HttpResponse:
    """One case with everything that led here, and the actions that are open to this person now."""
    file = files.open_file(asking, _visible(asking, case))
    read_case(asking.actor, asking.district, file.state.id, now=asking.now)
    wanted = request.GET.get("act", "")
    action = files.action_of(asking, file.state, wanted) if any(o.name == wanted for o in file.offers) else None
    form = ActionForm(action, file.setting) if action else None
    answers.prefill(asking, form, request.GET.get("answer", ""))
    return render(request, "desk/case.html", _page(asking, file, form))


@require_http_methods(["GET", "POST"])
@desk_page
def act(request: HttpRequest, asking: Asking, case: UUID, action: str) -> HttpResponse:
    """Takes an action; when it cannot be, the page says why and keeps what was typed. Asked for, it is its form."""
    if request.method == "GET":
        return redirect(page_of(request))
    state = _visible(asking, case)
    definition = files.action_of(asking, state, action)
    if definition is None:
        raise Http404
    file = files.open_file(asking, state)
    form = ActionForm(definition, file.setting, request.POST, request.FILES)
    if form.is_valid():
        refusal = _taken(asking, form)
        if isinstance(refusal, CaseState):
            return _onwards(request, asking, form, refusal)
        form.refuse(refusal)
        if refusal.code == "state_changed":
            return _lost_race(request, asking, case, form)
    return render(request, "desk/case.html", _page(asking, file, form), status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "POST"])
@desk_page
def reveal(request: HttpRequest, asking: Asking, case: UUID, item: UUID) -> HttpResponse:
    """Opens one original, for a reason that is kept and that the reporter may read."""
    state = _visible(asking, case)
    known = {found: (kind, field) for found, kind, field in vault_queries.kinds(asking.district, state.id)}
    if str(item) not in known:
        raise Http404
    kind, field = known[str(item)]
    shown: dict[str, Any] = {"state": state, "kind": words.label("item", kind, asking.names.lang), "field": field}
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            content = vault.reveal(
                asking.actor,
                district=asking.district,
                case=state.id,
                item=str(item),
                reason=request.POST.get("reason", ""),
                now=asking.now,
            )
        except Refusal as refusal:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            shown["fault"] = words.refusal(refusal, asking.names.lang, asking.names, asking.policy)
        else:
            shown |= _opened(kind, content)
    return render(request, "desk/reveal.html", common(asking) | shown, status=status)


def _visible(asking: Asking, case: UUID) -> CaseState:
    found = cases.case_for(asking.actor, asking.district, str(case))
    if found is None:
        raise Http404
    return found.state


def _taken(asking: Asking, form: ActionForm) -> CaseState | Refusal:
    try:
        return actions.act(
            asking.actor,
            asking.district,
            form.setting.state.id,
            form.action.name,
            form.values(),
            now=asking.now,
            expected_version=form.cleaned_data["expected"],
        )
    except CaseMoved:
        return Refusal("state_changed", {"case": form.setting.state.id})
    except Refusal as refusal:
        return refusal


def _onwards(request: HttpRequest, asking: Asking, form: ActionForm, after: CaseState) -> HttpResponse:
    facts = {
        "action": words.title(form.action.title, asking.names.lang),
        "number": after.number,
        "step": words.step_title(after, asking.policy, asking.names.lang),
    }
    messages.success(request, _("Done: %(action)s. Case %(number)s is now: %(step)s.") % facts)
    return redirect("desk-case", case=after.id) if may_read(asking.actor, after) else redirect("desk")


def _lost_race(request: HttpRequest, asking: Asking, case: UUID, form: ActionForm) -> HttpResponse:
    """The page as the case is now, what has changed, and the same form with everything that was typed."""
    file = files.open_file(asking, _visible(asking, case))
    seen = form.cleaned_data.get("expected") or int(request.POST.get("expected") or 0)
    again = request.POST.copy()
    again["expected"] = str(file.state.version)
    fresh = ActionForm(form.action, file.setting, again)
    fresh.full_clean()
    shown = _page(asking, file, fresh) | {"changed": files.changed_since(file, seen), "refused": form.refused}
    return render(request, "desk/case.html", shown, status=HTTPStatus.CONFLICT)


def _page(asking: Asking, file: File, form: ActionForm | None) -> dict[str, Any]:
    names, state = asking.names, file.state
    suggestion = file.suggestion
    shown = {
        "file": file,
        "similar": similar_rows(asking, state),
        "state": state,
        "step": words.step_title(state, asking.policy, names.lang),
        "urgency": words.label("urgency", state.urgency, names.lang),
        "channel": words.label("channel", state.channel, names.lang),
        "owner": names.unit(state.owner) if state.owner else "",
        "owner_role": _owner_role(asking, state),
        "matter": names.matter(state.matter),
        "place": names.path(state.place.area),
        "unlocated": is_unlocated(state),
        "unplaced": is_unplaced(state, asking.policy) and may_place(state, asking.actor, asking.policy),
        "units": {
            "lead": names.unit(state.roles.unit) if state.roles.unit else "",
            "commander": names.unit(state.roles.dispatcher) if state.roles.dispatcher else "",
            "co_handlers": [names.unit(unit) for unit in state.co_handlers],
            "targets": [names.unit(unit) for unit in state.complaint_targets],
        },
        "suggested": names.matter(suggestion["matter"]) if suggestion.get("matter") else "",
        "confidence": round(float(suggestion.get("confidence") or 0) * 100),
        "parts": [
            (p, names.unit(p.owner or p.roles.unit), words.step_title(p, asking.policy, names.lang)) for p in file.parts
        ],
        "form": form,
        "form_open": form is not None and any(offer.name == form.action.name for offer in file.offers),
        "answers": answers.offered(asking, form),
        "notes": notes.card(asking, file),
        "orders": orders.in_words(asking, supervision.orders_of_case(asking.district, state.id), of=state),
        "may_order": bool(supervising.issuers(asking)),
        "form_title": words.title(form.action.title, names.lang) if form else "",
    }
    return common(asking) | shown


def _owner_role(asking: Asking, state: CaseState) -> str:
    """As what the owner has the case now."""
    step = asking.policy.procedures[state.procedure, state.procedure_version].steps[state.step]
    return words.label("role", step.owner, asking.names.lang) if step.owner else ""


def _opened(kind: str, content: bytes) -> dict[str, str]:
    if kind == "photo":
        return {"photo": base64.b64encode(content).decode()}
    return {"text": content.decode(errors="replace")}
