"""Units as administrators keep them: the list, one with its posts, a change, a new one, closing and opening."""

from dataclasses import dataclass, field
from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.accounts import queries as users
from linli.cases import queries as cases
from linli.cases import words
from linli.catalogue import coverage
from linli.core.errors import Refusal
from linli.core.territory import AreaKind
from linli.directory import actions
from linli.directory import queries as directory
from linli.directory.queries import DutyInfo, KeptHolding, KeptPost, KeptUnit, Wanted
from linli.directory.template import planned_unit, standard
from linli.site.administration import choosing, keeping, saying, unit_forms
from linli.site.administration.guarding import administration_page
from linli.site.administration.sections import at
from linli.site.administration.unit_forms import NewUnitForm, UnitForm
from linli.site.desk.asking import Asking

PAGE = 50
LONGEST_WORDS = 60
SECTION = "desk-units"
SHOWN_AREAS = 6


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a post now, or will."""

    person: str
    name: str
    holding: KeptHolding
    now: bool
    away: bool


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post of a unit in words, with who holds it."""

    post: KeptPost
    title: str
    functions: str
    deputy: str
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class HarmRow:
    """What closing a unit would break, in words; ``more`` places there are than ``where`` names."""

    said: str
    what: str
    where: str
    number: int
    more: bool


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A post or a person on duty, in words."""

    duty: DutyInfo
    who: str
    deputy: str = field(default="")


@require_GET
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Units that the person administers, narrowed by area, type and words."""
    given = request.GET
    wanted = Wanted(
        area=given.get("area", "").replace("\x00", ""),
        type=given.get("type", "").replace("\x00", ""),
        words=given.get("words", "")[:LONGEST_WORDS].replace("\x00", ""),
        invented="invented" in given,
        closed="closed" in given,
    )
    lang = asking.names.lang
    found = directory.kept_units(asking.actor, asking.district, wanted)
    page = Paginator(found, PAGE).get_page(given.get("page"))
    types = {unit.type for unit in directory.kept_units(asking.actor, asking.district, Wanted())}
    towns = [(code, name) for code, name in unit_forms.areas(asking) if asking.names.areas[code].kind is AreaKind.TOWN]
    shown = {
        "wanted": wanted,
        "towns": towns,
        "types": sorted(((code, saying.unit_type(code, lang)) for code in types), key=lambda each: each[1]),
        "page": page,
        "rows": [
            (u, unit_forms.name(u, lang), saying.unit_type(u.type, lang), asking.names.path(u.area)) for u in page
        ],
        "query": _query(request),
    }
    return render(request, "administration/units.html", at(SECTION, asking) | shown)


@require_GET
@administration_page
def unit(request: HttpRequest, asking: Asking, unit: str) -> HttpResponse:
    """One unit: its facts, posts, who is on duty, superior and subordinates, what it leads and how much it has."""
    found = keeping.unit_or_404(asking, unit)
    lang, names = asking.names.lang, asking.names
    below = [u for u in asking.policy.territory.units.values() if u.parent == unit]
    shown = {
        "unit": found,
        "name": unit_forms.name(found, lang),
        "type": saying.unit_type(found.type, lang),
        "area": names.path(found.area),
        "functions": saying.functions(found.functions, lang),
        "superior": (found.parent, names.unit(found.parent)) if found.parent else None,
        "below": sorted(((u.id, names.unit(u.id)) for u in below), key=lambda each: each[1]),
        "rows": post_rows(asking, found),
        "duty": on_duty(asking, found.id),
        "leads": sum(matter.lead_unit_type == found.type for matter in asking.policy.matters.values()),
        "open_cases": cases.open_at(asking.district, unit),
        "work_list": _work_list(asking, found),
    }
    return render(request, "administration/unit.html", at(SECTION, asking) | shown)


@require_http_methods(["GET", "POST"])
@administration_page
def change(request: HttpRequest, asking: Asking, unit: str) -> HttpResponse:
    """Changes a unit; when two do, the second sees what the first wrote, and keeps what was typed."""
    found = keeping.unit_or_404(asking, unit)
    initial = {
        "name_zh": found.name_zh, "name_en": found.name_en, "phone": found.phone, "hours": found.hours,
        "functions": sorted(found.functions), "parent": found.parent or "", "seen": found.revision,
    }  # fmt: skip
    form = UnitForm(asking, found.area, found, request.POST if request.method == "POST" else None, initial=initial)
    status, differences = HTTPStatus.OK, list[keeping.Difference]()
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                facts, seen = form.facts(), form.cleaned_data["seen"]
                actions.change_unit(saying.by(asking, found.area), unit, facts, seen=seen)
            except Refusal as refusal:
                status = keeping.refuse(form, refusal, asking)
                differences = keeping.differences(form) if refusal.code == "changed_meanwhile" else []
            else:
                messages.success(request, _("The unit is changed."))
                return redirect("desk-unit", unit)
    shown = {
        "form": form,
        "differences": differences,
        "heading": _("Change %(name)s") % {"name": unit_forms.name(found, asking.names.lang)},
        "target": reverse("desk-unit-change", args=[unit]),
        "back": reverse("desk-unit", args=[unit]),
        "submit": _("Save the unit"),
    }
    return render(request, "administration/keep_form.html", at(SECTION, asking) | shown, status=status)


@require_http_methods(["GET", "POST"])
@administration_page
def new(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Sets up a unit: first its type, then its area, then its name and line, as the template would write them."""
    first = NewUnitForm(asking, request.GET if "type" in request.GET else None)
    if not first.is_bound or not first.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if first.is_bound else HTTPStatus.OK
        return render(request, "administration/unit_new.html", at(SECTION, asking) | {"form": first}, status=status)
    kind, area = first.cleaned_data["type"], request.GET.get("area", "")
    if area not in {code for code, _name in unit_forms.areas(asking)}:
        shown = {
            "heading": _("New unit: %(type)s") % {"type": saying.unit_type(kind, asking.names.lang)},
            "search": choosing.search(request, choosing.areas(asking, first.widest), "area", {"type": kind}),
            "kept": [("type", kind)],
            "label": _("Which area it serves: town, community or grid"),
            "back": reverse("desk-unit-new"),
        }
        return render(request, "administration/choose.html", at(SECTION, asking) | shown)
    form = UnitForm(
        asking, area, None, request.POST if request.method == "POST" else None, initial=_planned(asking, kind, area)
    )
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                made = actions.set_up_unit(saying.by(asking, area), kind, area, form.facts())
            except Refusal as refusal:
                status = keeping.refuse(form, refusal, asking)
            else:
                messages.success(request, _("The unit is set up, with the posts of its type. Give them to people."))
                return redirect("desk-unit", made)
    shown = {
        "form": form,
        "heading": _("New unit: %(type)s, %(area)s")
        % {"type": saying.unit_type(kind, asking.names.lang), "area": asking.names.path(area)},
        "target": f"{reverse('desk-unit-new')}?type={kind}&area={area}",
        "back": f"{reverse('desk-unit-new')}?type={kind}",
        "submit": _("Set up the unit"),
    }
    return render(request, "administration/keep_form.html", at(SECTION, asking) | shown, status=status)


@require_http_methods(["GET", "POST"])
@administration_page
def close(request: HttpRequest, asking: Asking, unit: str) -> HttpResponse:
    """Shows what closing a unit would do; then closes it, unless cases are still its own."""
    found = keeping.unit_or_404(asking, unit)
    status, fault = HTTPStatus.OK, ""
    if request.method == "POST":
        try:
            actions.close_unit(
                saying.by(asking, found.area),
                unit,
                seen=request.POST.get("seen", ""),
                still_owns=lambda each: cases.open_at(asking.district, each),
            )
        except Refusal as refusal:
            status, fault = keeping.status_of(refusal), saying.refused(refusal, asking.names.lang)
        else:
            messages.success(request, _("The unit is closed. It can be opened again."))
            return redirect("desk-unit", unit)
    harms = coverage.harm_of_closing(unit, asking.policy) if unit in asking.policy.territory.units else ()
    shown = {
        "unit": found,
        "name": unit_forms.name(found, asking.names.lang),
        "fault": fault,
        "open_cases": cases.open_at(asking.district, unit),
        "harms": [_harm(asking, harm) for harm in harms],
        "holders": [holder for row in post_rows(asking, found) for holder in row.holders],
        "below": [asking.names.unit(u.id) for u in asking.policy.territory.units.values() if u.parent == unit],
        "superior": asking.names.unit(found.parent) if found.parent else "",
        "own": unit in asking.actor.units,
    }
    return render(request, "administration/unit_close.html", at(SECTION, asking) | shown, status=status)


@require_POST
@administration_page
def reopen(request: HttpRequest, asking: Asking, unit: str) -> HttpResponse:
    """Opens a closed unit again."""
    found = keeping.unit_or_404(asking, unit)
    try:
        actions.open_unit(saying.by(asking, found.area), unit, seen=request.POST.get("seen", ""))
    except Refusal as refusal:
        messages.error(request, saying.refused(refusal, asking.names.lang))
    else:
        messages.success(request, _("The unit is open again. Its posts are vacant: give them to people."))
    return redirect("desk-unit", unit)


def post_rows(asking: Asking, unit: KeptUnit) -> list[PostRow]:
    """A unit's posts with who holds them, now and later."""
    lang, now = asking.names.lang, asking.now
    posts = directory.kept_posts(asking.district, [unit.id])
    held = [h for h in directory.holdings_of_posts(asking.district, [p.id for p in posts]) if not h.is_over(now)]
    people = users.people({h.person for h in held})
    away = {a.person for a in directory.absences(asking.district, list(people), now) if a.since <= now}
    titles = {post.id: unit_forms.title(post, lang) for post in posts}

    def holders(post: str) -> tuple[Holder, ...]:
        mine = sorted((h for h in held if h.post == post and h.person in people), key=lambda h: h.since)
        return tuple(Holder(h.person, people[h.person].name, h, h.is_now(now), h.person in away) for h in mine)

    return [
        PostRow(p, titles[p.id], saying.functions(p.functions, lang), titles.get(p.deputy or "", ""), holders(p.id))
        for p in posts
    ]


def on_duty(asking: Asking, unit: str) -> list[OnDuty]:
    """Who is on duty for a unit at the moment, for those who keep its roster."""
    found = directory.on_duty(asking.district, unit, asking.now)
    people = users.display_names({person for duty in found for person in (duty.person, duty.deputy) if person})
    return [
        OnDuty(duty, people.get(duty.person, "") or asking.names.post_title(duty.post), people.get(duty.deputy, ""))
        for duty in found
    ]


def _planned(asking: Asking, kind: str, area: str) -> dict[str, str]:
    """The names and the superior that the template would give."""
    template = standard()
    known = next(each for each in template.units if each.type == kind)
    planned = planned_unit(template, known, asking.policy.territory.areas[area], None)
    parent = planned.parent if planned.parent in asking.policy.territory.units else ""
    return {"name_zh": planned.name_zh, "name_en": planned.name_en, "parent": parent or ""}


def _work_list(asking: Asking, unit: KeptUnit) -> str:
    """The address of the work list that shows the unit's cases, for whoever may read one; else empty."""
    if unit.id in asking.actor.working_units:
        return reverse("desk")
    covering = [area for area in cases.reading_areas(asking.actor) if unit.area.startswith(area)]
    return f"{reverse('desk')}?in={max(covering, key=len)}" if covering else ""


def _harm(asking: Asking, harm: coverage.Harm) -> HarmRow:
    lang = asking.names.lang
    code = "complaint_route" if harm.code.startswith("complaint_route_") else harm.code
    if harm.code == "no_owner":
        what = _("Step: %(function)s") % {"function": words.label("function", harm.what, lang)}
    else:
        what = asking.names.matter(harm.what)
    places = [asking.names.path(area) for area in harm.areas[:SHOWN_AREAS]]
    where = ("、" if lang == "zh-hans" else ", ").join(places)
    more = len(harm.areas) > SHOWN_AREAS
    return HarmRow(words.label("coverage", code, lang), what, where, len(harm.areas), more)


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
