"""People as administrators keep them: who holds which post, a new one, one with their posts, absences and account.

Nothing here counts or rates what a person does (rights R11): posts, dates, and whether the account is open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.accounts import queries as users
from linli.accounts.queries import PersonInfo
from linli.core.administering import may_administer, may_manage
from linli.core.errors import Refusal
from linli.directory import actions
from linli.directory import queries as directory
from linli.directory.queries import KeptHolding
from linli.ledger.recording import By
from linli.site.administration import choosing, handing, keeping, saying, unit_forms
from linli.site.administration.guarding import administration_page
from linli.site.administration.people_forms import AwayForm, EndForm, GiveForm, NewPersonForm, unit_asked
from linli.site.administration.sections import at
from linli.site.desk.asking import Asking

PAGE = 50
LONGEST_WORDS = 60
SECTION = "desk-people"


@dataclass(frozen=True, slots=True)
class Held:
    """A post that somebody holds, held or will hold; ``mine`` is whether the reader administers it."""

    holding: KeptHolding
    post: str
    now: bool
    over: bool
    mine: bool


@require_GET
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """People who hold or will hold a post that the reader administers, by name."""
    asked = request.GET.get("words", "")[:LONGEST_WORDS]
    kept = directory.people_kept(asking.actor, asking.district, asking.now)
    people = sorted(users.people(kept).values(), key=lambda person: (person.name, person.username))
    rows = [
        (person, [asking.names.post(held.post) for held in kept[person.id]], saying.account(person, asking.now))
        for person in people
    ]
    wanted = [row for row in rows if _takes(asked, row[0], row[1])]
    page = Paginator(wanted, PAGE).get_page(request.GET.get("page"))
    shown = {"words": asked, "page": page, "all": len(rows)}
    return render(request, "administration/people.html", at(SECTION, asking) | shown)


@require_http_methods(["GET", "POST"])
@administration_page
def new(request: HttpRequest, asking: Asking) -> HttpResponse:
    """A new person with an account and a first post: first the unit is chosen, then its post."""
    unit = unit_asked(request)
    if request.method == "GET" and keeping.unit_of(asking, unit) is None:
        return _choose_unit(request, asking)
    form = NewPersonForm(
        asking,
        unit,
        request.POST if request.method == "POST" else None,
        initial={"post": request.GET.get("post", "")},
    )
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            given = form.cleaned_data
            try:
                person, password = actions.take_on(
                    _by(asking, given["post"]), given["username"], given["name"], given["post"],
                    since=form.begins("since"), until=form.ends("until"),
                )  # fmt: skip
            except Refusal as refusal:
                status = keeping.refuse(form, refusal, asking)
            else:
                handing.keep(request, person, password, asking.now)
                return redirect("desk-person-password", person)
    shown = {
        "form": form,
        "heading": _("New person: %(unit)s") % {"unit": _unit_name(asking, unit)} if unit else _("New person"),
        "target": f"{reverse('desk-person-new')}?{urlencode({'unit': unit})}",
        "back": reverse("desk-person-new"),
        "submit": _("Make the account"),
    }
    return render(request, "administration/keep_form.html", at(SECTION, asking) | shown, status=status)


@require_GET
@administration_page
def person(request: HttpRequest, asking: Asking, person: UUID) -> HttpResponse:
    """One person: posts now, later and before; when they are away; the account."""
    return _page(request, asking, _found(asking, person))


@require_POST
@administration_page
def give(request: HttpRequest, asking: Asking, person: UUID) -> HttpResponse:
    """Gives the person a post."""
    found = _found(asking, person)
    form = GiveForm(asking, unit_asked(request), request.POST)
    if form.is_valid():
        post = form.cleaned_data["post"]
        by = _by(asking, post)
        since, until = form.begins("since"), form.ends("until")
        try:
            actions.give_post(by, found.id, post, since=since, until=until)
        except Refusal as refusal:
            return _page(request, asking, found, give=form, status=keeping.refuse(form, refusal, asking))
        messages.success(request, _("The post is given."))
        return redirect("desk-person", person)
    return _page(request, asking, found, give=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "POST"])
@administration_page
def end(request: HttpRequest, asking: Asking, person: UUID, holding: UUID) -> HttpResponse:
    """Ends a holding, at once or with a last day."""
    found = _found(asking, person)
    mine = [row for row in _held(asking, found.id) if row.holding.id == str(holding) and row.mine]
    if not mine:
        raise Http404
    form = EndForm(asking, request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                by = _by(asking, mine[0].holding.post)
                actions.end_holding(by, str(holding), at=form.ends("until") or asking.now)
            except Refusal as refusal:
                status = keeping.refuse(form, refusal, asking)
            else:
                messages.success(request, _("The end is entered."))
                return redirect("desk-person", person)
    shown = {
        "form": form,
        "heading": _("%(name)s leaves: %(post)s") % {"name": found.name, "post": mine[0].post},
        "target": reverse("desk-person-end", args=[person, holding]),
        "back": reverse("desk-person", args=[person]),
        "submit": _("End it"),
    }
    return render(request, "administration/keep_form.html", at(SECTION, asking) | shown, status=status)


@require_POST
@administration_page
def away(request: HttpRequest, asking: Asking, person: UUID) -> HttpResponse:
    """Notes an absence, so that deputies stand in."""
    found = _found(asking, person)
    form = AwayForm(asking, request.POST)
    if form.is_valid():
        since, until = form.begins("since"), form.ends("until")
        assert until is not None
        try:
            actions.note_absence(_by(asking), found.id, since=since, until=until)
        except Refusal as refusal:
            return _page(request, asking, found, away=form, status=keeping.refuse(form, refusal, asking))
        messages.success(request, _("The absence is noted. Deputies stand in meanwhile."))
        return redirect("desk-person", person)
    return _page(request, asking, found, away=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@administration_page
def back(request: HttpRequest, asking: Asking, person: UUID, absence: UUID) -> HttpResponse:
    """Ends an absence."""
    _found(asking, person)
    try:
        actions.end_absence(_by(asking), str(absence))
    except Refusal as refusal:
        raise Http404 from refusal
    messages.success(request, _("The absence is ended."))
    return redirect("desk-person", person)


@require_POST
@administration_page
def account(request: HttpRequest, asking: Asking, person: UUID) -> HttpResponse:
    """Gives a one-time password, or switches the account off or on."""
    found = _found(asking, person)
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    try:
        password = act(_by(asking), found.id)
    except Refusal as refusal:
        fault = saying.refused(refusal, asking.names.lang)
        return _page(request, asking, found, fault=fault, status=keeping.status_of(refusal))
    if password:
        handing.keep(request, found.id, password, asking.now)
        return redirect("desk-person-password", person)
    messages.success(request, _("The account is switched off. Its sessions, tokens and posts have ended."))
    return redirect("desk-person", person)


@require_GET
@administration_page
def password(request: HttpRequest, asking: Asking, person: UUID) -> HttpResponse:
    """The one-time password that was made a moment ago, once; afterwards that it was shown, and how to get another."""
    found = _found(asking, person)
    made = handing.take(request, found.id, asking.now)
    if not made and found.one_time_until is None:
        return redirect("desk-person", person)
    shown = {
        "person": found,
        "password": made,
        "account": saying.account(found, asking.now),
        "manages": found.active and _manages(asking, found),
    }
    return render(request, "administration/password.html", at(SECTION, asking) | shown)


_ACTS: dict[str, Callable[..., str | None]] = {
    "renew": actions.renew_password,
    "off": actions.switch_off,
    "on": actions.switch_on,
}


def _page(
    request: HttpRequest,
    asking: Asking,
    found: PersonInfo,
    *,
    give: GiveForm | None = None,
    away: AwayForm | None = None,
    fault: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    held = _held(asking, found.id)
    unit = unit_asked(request)
    chosen = keeping.unit_of(asking, unit)
    fresh = {"auto_id": "away-%s"}
    here = reverse("desk-person", args=[found.id])
    shown = {
        "person": found,
        "fault": fault,
        "present": [row for row in held if not row.over],
        "past": [row for row in held if row.over],
        "absences": directory.absences(asking.district, [found.id], asking.now),
        "account": saying.account(found, asking.now),
        "without": found.account(asking.now) == "without",
        "search": None if chosen else choosing.search(request, choosing.units(asking), "unit", {}, "#give", here),
        "kept": [],
        "here": here,
        "unit": unit if chosen else "",
        "unit_name": _unit_name(asking, unit),
        "give": give or GiveForm(asking, unit),
        "away": away or AwayForm(asking, **fresh),
        "manages": _manages(asking, found),
        "self": found.id == asking.actor.id,
    }
    return render(request, "administration/person.html", at(SECTION, asking) | shown, status=status)


def _choose_unit(request: HttpRequest, asking: Asking) -> HttpResponse:
    shown = {
        "heading": _("New person"),
        "search": choosing.search(request, choosing.units(asking), "unit", {}),
        "label": _("First choose the unit: its name, or its place"),
        "back": reverse("desk-people"),
    }
    return render(request, "administration/choose.html", at(SECTION, asking) | shown)


def _unit_name(asking: Asking, unit: str) -> str:
    found = keeping.unit_of(asking, unit)
    return unit_forms.name(found, asking.names.lang) if found else ""


def _manages(asking: Asking, found: PersonInfo) -> bool:
    return may_manage(asking.actor, directory.areas_of_person(found.id, asking.now))


def _found(asking: Asking, person: UUID) -> PersonInfo:
    known = users.people([str(person)]).get(str(person))
    if known is None or not directory.is_known_to(asking.actor, asking.district, known.id):
        raise Http404
    return known


def _held(asking: Asking, person: str) -> list[Held]:
    holdings = directory.holdings_of_people(asking.district, [person])
    areas = directory.holding_areas(asking.district, holdings)
    return [
        Held(
            each,
            asking.names.post(each.post),
            each.is_now(asking.now),
            each.is_over(asking.now),
            may_administer(asking.actor, areas.get(each.post, "")),
        )
        for each in holdings
    ]


def _takes(asked: str, person: PersonInfo, posts: list[str]) -> bool:
    said = " ".join((person.name, person.username, *posts)).casefold()
    return all(word in said for word in asked.casefold().split())


def _by(asking: Asking, post: str = "") -> By:
    """Who writes; in the name of the post that administers the unit of the given post, or the widest."""
    unit = asking.policy.territory.units.get(post.rpartition(".")[0])
    return saying.by(asking, unit.area if unit else asking.district)
