"""The draft of the catalogue: its changes with their consequences, one matter's form, and what is done with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases import words
from linli.catalogue import actions
from linli.catalogue import queries as catalogue
from linli.catalogue import queries_drafts as drafts
from linli.catalogue.actions import Preparing, PublishError
from linli.catalogue.actions.matters import known_now
from linli.catalogue.matter_rows import PLATFORMS, problems
from linli.catalogue.queries_drafts import ChangeInfo, DraftInfo, Standing
from linli.core.errors import Refusal
from linli.core.policy import Matter
from linli.core.territory import Function
from linli.site.administration import consequences, promising
from linli.site.administration.consequences import Consequence
from linli.site.administration.guarding import administration_page
from linli.site.administration.matter_form import MatterForm, Setting, said
from linli.site.administration.promising import Fact
from linli.site.administration.sections import at
from linli.site.administration.steps import people, steps
from linli.site.administration.unit_types import DATALIST
from linli.site.desk.asking import Asking

CONFLICTS = frozenset({"draft_moved", "draft_matter_moved", "draft_open"})
"""Refusals that say that somebody else was quicker."""


@dataclass(frozen=True, slots=True)
class ChangedMatter:
    """A matter that the draft changes: how, by whom last, and with which consequences. ``kind`` is a change's code."""

    code: str
    name: str
    kind: str
    stamp: str
    facts: tuple[Fact, ...]
    problems: tuple[str, ...]
    by: str
    at: datetime | None
    consequence: Consequence


@require_GET
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """What the draft changes, what follows from it, and the way to put it in force."""
    return _shown(request, asking)


@require_http_methods(["GET", "POST"])
@administration_page
def edit(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Changes one matter in the draft, which begins with the first change."""
    setting = _setting(asking, code)
    if setting.standing is not None:
        return _filled(request, asking, setting, code)
    if not request.POST.get("stamp"):
        raise Http404
    return _gone(request, asking, setting, code)


@require_http_methods(["GET", "POST"])
@administration_page
def add(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Adds a matter to the draft; the platform's next free code is proposed."""
    setting = _setting(asking, "")
    if request.GET.get("platform") in PLATFORMS:
        setting.platform = request.GET["platform"]
    return _filled(request, asking, setting, "")


@require_POST
@administration_page
def change(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """Retires a matter, takes it back into use, or undoes what the draft changes in it."""
    who, stamp = preparing(asking), request.POST.get("stamp", "")[:64]
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "retire": (lambda: actions.retire_matter(who, code, stamp, retired=True), _("The matter is to be retired.")),
        "restore": (
            lambda: actions.retire_matter(who, code, stamp, retired=False),
            _("The matter is to be used again."),
        ),
        "undo": (lambda: actions.undo_matter(who, code, stamp), _("The change is undone.")),
    }
    if request.POST.get("do") not in acts:
        raise Http404
    act, said = acts[request.POST["do"]]
    return _done(request, asking, act, said)


@require_POST
@administration_page
def settle(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Proposes the draft, puts it in force, or throws it away."""
    who, why = preparing(asking), request.POST.get("note", "")
    number = request.POST.get("revision", "")
    revision = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else -1
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "propose": (
            lambda: actions.propose_draft(who, revision, why),
            _("Proposed. Another administrator publishes it."),
        ),
        "publish": (lambda: actions.publish_draft(who, revision, why), _("Published. It is in force from now on.")),
        "discard": (lambda: actions.discard_draft(who, revision), _("The draft is gone.")),
    }
    if request.POST.get("do") not in acts:
        raise Http404
    act, said = acts[request.POST["do"]]
    return _done(request, asking, act, said, after="desk-catalogue-history" if request.POST["do"] == "publish" else "")


@require_POST
@administration_page
def copy(request: HttpRequest, asking: Asking, publication: int) -> HttpResponse:
    """Begins a draft with the matters of an earlier publication."""
    act = lambda: actions.copy_publication(preparing(asking), publication)  # noqa: E731 - tried by the caller
    return _done(request, asking, act, _("The draft holds the matters of that publication. Look through it below."))


def preparing(asking: Asking) -> Preparing:
    """The person as who changes the draft."""
    post = next(post.post for post in asking.actor.posts if Function.ADMINISTER in post.functions)
    return Preparing(asking.actor.id, post, asking.district, asking.policy.version, asking.now)


def _done(request: HttpRequest, asking: Asking, act: Callable[[], object], said: str, after: str = "") -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        if refusal.code in ("matter_unknown", "publication_unknown"):
            raise Http404 from refusal
        why = words.refusal(refusal, asking.names.lang, asking.names, asking.policy)
        status = HTTPStatus.CONFLICT if refusal.code in CONFLICTS else HTTPStatus.UNPROCESSABLE_ENTITY
        return _shown(request, asking, [why], status)
    except PublishError as error:
        found = _problems(asking) or list(error.problems)
        return _shown(request, asking, found, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, said)
    return redirect(after or "desk-draft")


def _problems(asking: Asking) -> list[str]:
    """What is wrong with any matter of the draft, in words."""
    setting = _setting(asking, "")
    return [
        f"{asking.names.matter_of(each.matter)} ({code}): {problem}"
        for code, each in setting.taken.items()
        for problem in _problems_of(each.matter, setting)
    ]


def _shown(
    request: HttpRequest, asking: Asking, wrong: list[str] | None = None, status: int = HTTPStatus.OK
) -> HttpResponse:
    draft = drafts.draft()
    history = drafts.changes(draft.number) if draft else ()
    names = people([*(change.by for change in history), draft.proposed_by if draft else ""])
    shown = {
        "draft": draft,
        "changed": _changed(asking, history, names) if draft else (),
        "last": history[0] if history else None,
        "last_by": names[history[0].by] if history else "",
        "proposer": names.get(draft.proposed_by, "") if draft else "",
        "may_publish": draft is not None and _may_publish(asking, draft),
        "in_force": catalogue.in_force(),
        "note": request.POST.get("note", draft.note if draft else "")[: actions.LONGEST_NOTE],
        "longest_note": actions.LONGEST_NOTE,
        "steps": steps(draft.number, asking) if draft else (),
        "problems": wrong or (),
    }
    return render(request, "administration/draft.html", at("desk-draft", asking) | shown, status=status)


def _may_publish(asking: Asking, draft: DraftInfo) -> bool:
    """Whether the person may put the draft in force as it is, alone or as the second."""
    if draft.proposed_by and draft.proposed_by != asking.actor.id:
        return True
    return not drafts.second_person_needed(asking.district, asking.actor.id, asking.now)


def _changed(asking: Asking, history: tuple[ChangeInfo, ...], names: dict[str, str]) -> list[ChangedMatter]:
    now, then = drafts.both()
    setting, policy = _setting(asking, ""), drafts.policy_then(asking.district)
    known = setting.taken
    codes = [code for code, found in known.items() if found.published is None or _differs(found)]
    open_of = consequences.open_cases(asking, codes)
    last = {change.code: change for change in reversed(history)}
    whole = next((change for change in history if not change.code), None)
    found = []
    for code in codes:
        after, before = then.matters[code], now.matters.get(code)
        change = last.get(code, whole)
        found.append(
            ChangedMatter(
                code=code,
                name=asking.names.matter_of(after),
                kind=_kind(known[code]),
                stamp=known[code].stamp,
                facts=promising.differences(before, after, asking).facts
                if before
                else tuple(promising.facts(after, asking)),
                problems=_problems_of(known[code].matter, setting),
                by=names[change.by] if change else "",
                at=change.at if change else None,
                consequence=consequences.consequence(code, policy, open_of, asking),
            )
        )
    return found


def _problems_of(matter: Matter, setting: Setting) -> tuple[str, ...]:
    if matter.retired:
        return ()
    return tuple(said(problem, matter, setting) for problem, _reason in problems(matter, setting.known))


def _differs(found: Standing) -> bool:
    """Whether the draft says anything else of a matter than what is published; its version is another in any case."""
    assert found.published is not None
    return found.matter != replace(found.published, version=found.matter.version)


def _kind(found: Standing) -> str:
    if found.published is None:
        return "added"
    if found.matter.retired != found.published.retired:
        return "retired" if found.matter.retired else "restored"
    return "edited"


def _setting(asking: Asking, code: str) -> Setting:
    return Setting(known_now(), drafts.standing(), drafts.next_codes(PLATFORMS), asking.names.lang, code)


def _filled(request: HttpRequest, asking: Asking, setting: Setting, code: str) -> HttpResponse:
    form = MatterForm(setting, request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                kept = actions.keep_matter(preparing(asking), form.made, form.cleaned_data["stamp"])
            except Refusal as refusal:
                form.add_error(None, words.refusal(refusal, asking.names.lang, asking.names, asking.policy))
                status = HTTPStatus.CONFLICT
            except PublishError as error:
                form.add_error(None, "; ".join(error.problems))
            else:
                messages.success(request, _("Kept in the draft.") if kept else _("Nothing was changed."))
                return redirect("desk-draft")
    shown = _around(asking, setting) | (_moved(asking, form, code) if status is HTTPStatus.CONFLICT else {})
    page = "administration/draft_matter.html"
    return render(request, page, at("desk-draft", asking) | shown | {"form": form, "code": code}, status=status)


def _gone(request: HttpRequest, asking: Asking, setting: Setting, code: str) -> HttpResponse:
    """Somebody took a new matter out of the draft meanwhile: what was typed stands in the form for a new one."""
    data = request.POST.copy()
    data["code"], data["stamp"] = code, ""
    form = MatterForm(setting, data)
    form.add_error(None, _("Somebody took this matter out of the draft meanwhile. Keep it again to add it anew."))
    shown = _around(asking, setting) | {"form": form, "code": ""}
    page = "administration/draft_matter.html"
    return render(request, page, at("desk-draft", asking) | shown, status=HTTPStatus.CONFLICT)


def _around(asking: Asking, setting: Setting) -> dict[str, Any]:
    """What stands around the form: names to choose from, and what may be done with the matter besides."""
    standing, shown = setting.standing, {"types": setting.types.choices, "types_id": DATALIST}
    if standing is None:
        platforms = [(code, words.label("platform", code, asking.names.lang)) for code in PLATFORMS]
        return shown | {"platforms": platforms, "platform": setting.platform}
    profiled = drafts.both()[1].matters[standing.matter.code].handle_limit
    return shown | {
        "name": asking.names.matter_of(standing.matter),
        "stamp": standing.stamp,
        "retired": standing.matter.retired,
        "asks": len(standing.matter.questions),
        "new": standing.published is None,
        "differs": standing.published is None or _differs(standing),
        "profiled": "" if profiled == standing.matter.handle_limit else profiled.words(asking.names.lang),
    }


def _moved(asking: Asking, form: MatterForm, code: str) -> dict[str, Any]:
    """What somebody else made of the matter meanwhile, beside what was typed; sending again puts that over it."""
    standing = drafts.standing().get(code or form.made.matter.code)
    if standing is None:
        return {}
    form.stand_over(standing.stamp)
    typed = replace(form.made.matter, questions=standing.matter.questions)  # they have a page of their own
    return {"moved": promising.differences(standing.matter, typed, asking).facts}
