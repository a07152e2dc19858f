"""What each town leads, what it helps with, and what others do there: three lists, computed from the rules in force.

Main and supporting duty are told apart by the units that the routing finds. They follow the kinds of the lists that
towns publish (the town's own duties, duties shared with departments, duties of the departments), but whether a duty was
ever taken back from a town stands nowhere in the data, so no list says that.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.cases import words
from linli.core.errors import Refusal
from linli.core.policy import Matter
from linli.core.routing import Condition, Operator, Question, Route, Rule, route
from linli.core.territory import Area, AreaKind
from linli.directory.tables import defuse
from linli.site.administration.guarding import administration_page
from linli.site.administration.leading import of_kind
from linli.site.administration.promising import typed
from linli.site.administration.sections import at
from linli.site.desk.asking import Asking

OWN, SHARED, OTHERS, NOBODYS = "own", "shared", "others", "nobodys"
TITLES = {
    OWN: gettext_lazy("The town leads"),
    SHARED: gettext_lazy("Others lead, the town helps"),
    OTHERS: gettext_lazy("Others lead, without the town"),
    NOBODYS: gettext_lazy("Nobody leads"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """One matter in a town's lists: who leads and helps in its communities, how fast, by which law."""

    code: str
    name: str
    leads: tuple[str, ...]
    helpers: tuple[str, ...]
    accept: str
    handle: str
    law: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One routing exception in words."""

    conditions: tuple[str, ...]
    lead: str
    helpers: str
    note: str


@require_GET
@administration_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """All towns, and the exceptions from the lists."""
    towns = [(town.code, asking.names.area(town.code)) for town in of_kind(AreaKind.TOWN, asking)]
    tables = [(table.name, [_rule(rule, asking) for rule in table.rows]) for table in asking.policy.rules]
    shown = {"towns": towns, "tables": [(name, rows) for name, rows in tables if rows]}
    return render(request, "administration/lists.html", at("desk-lists", asking) | shown)


@require_GET
@administration_page
def town(request: HttpRequest, asking: Asking, area: str) -> HttpResponse:
    """The lists of one town, for the screen and for paper."""
    found = _found(asking, area)
    shown = {
        "area": area,
        "name": asking.names.area(area),
        "lists": [(kind, TITLES[kind], duties) for kind, duties in lists_of(asking, found).items()],
        "version": asking.policy.version.partition(".")[0],
    }
    return render(request, "administration/lists_town.html", at("desk-lists", asking) | shown)


@require_GET
@administration_page
def sheet(request: HttpRequest, asking: Asking, area: str) -> HttpResponse:
    """The same lists for a spreadsheet program; what it would run as a formula is defused."""
    del request
    found, out = _found(asking, area), StringIO()
    writer = csv.writer(out)
    names = (
        _("List"), _("Code"), _("Matter"), _("Lead"), _("Co-handlers"), _("To acknowledge"), _("To handle"),
        _("Legal basis"),
    )  # fmt: skip
    writer.writerow(names)
    for kind, duties in lists_of(asking, found).items():
        for duty in duties:
            cells = (
                str(TITLES[kind]), duty.code, duty.name, "; ".join(duty.leads), "; ".join(duty.helpers), duty.accept,
                duty.handle, duty.law,
            )  # fmt: skip
            writer.writerow([defuse(cell) for cell in cells])
    answer = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="lists-{found.code}.csv"'
    return answer


def _found(asking: Asking, area: str) -> Area:
    found = asking.policy.territory.areas.get(area)
    if found is None or found.kind is not AreaKind.TOWN or found.placeholder:
        raise Http404
    return found


def lists_of(asking: Asking, town: Area) -> dict[str, list[Duty]]:
    """A town's matters by list; what nobody leads stands apart where there is any."""
    inside = [area for area in of_kind(AreaKind.COMMUNITY, asking) if area.parent == town.code] or [town]
    lists: dict[str, list[Duty]] = {OWN: [], SHARED: [], OTHERS: [], NOBODYS: []}
    for _code, matter in sorted(asking.policy.offered.items()):
        routes = list(_routes(matter, inside, asking))
        lists[_kind(routes, town, asking)].append(_duty(matter, routes, asking))
    return {kind: duties for kind, duties in lists.items() if duties or kind != NOBODYS}


def _routes(matter: Matter, inside: list[Area], asking: Asking) -> Iterator[Route]:
    for area in inside:
        try:
            yield route(Question(matter, area.code), asking.policy)
        except Refusal:
            continue  # the coverage check reports each hole and conflict


def _kind(routes: list[Route], town: Area, asking: Asking) -> str:
    territory = asking.policy.territory

    def in_town(unit: str) -> bool:
        return territory.is_under(territory.units[unit].area, town.code)

    if not routes:
        return NOBODYS
    if any(in_town(found.lead) for found in routes):
        return OWN
    return SHARED if any(in_town(unit) for found in routes for unit in found.co_handlers) else OTHERS


def _duty(matter: Matter, routes: list[Route], asking: Asking) -> Duty:
    names, lang = asking.names, asking.names.lang
    return Duty(
        code=matter.code,
        name=names.matter_of(matter),
        leads=tuple(dict.fromkeys(names.unit(found.lead) for found in routes)),
        helpers=tuple(dict.fromkeys(names.unit(unit) for found in routes for unit in found.co_handlers)),
        accept=matter.accept_limit.words(lang),
        handle=matter.handle_limit.words(lang),
        law=matter.legal_basis,
    )


def _rule(rule: Rule, asking: Asking) -> RuleRow:
    lang = asking.names.lang
    comma = "、" if lang == "zh-hans" else ", "
    return RuleRow(
        conditions=tuple(_condition(each, asking) for each in rule.conditions),
        lead=asking.names.unit(rule.lead_unit)
        if rule.lead_unit
        else typed(rule.lead_type, lang)
        if rule.lead_type
        else "",
        helpers="" if rule.co_types is None else comma.join(typed(each, lang) for each in rule.co_types) or _("nobody"),
        note=rule.note,
    )


def _condition(condition: Condition, asking: Asking) -> str:
    name = str(_FIELDS[condition.field])
    if condition.operator is Operator.BETWEEN:
        low, high = condition.values
        return _("%(field)s: %(low)s to %(high)s") % {"field": name, "low": low, "high": high}
    comma = "、" if asking.names.lang == "zh-hans" else ", "
    values = comma.join(_value(condition.field, value, asking) for value in condition.values)
    return _("%(field)s: %(values)s") % {"field": name, "values": values}


def _value(field: str, value: str, asking: Asking) -> str:
    if field == "area":
        return asking.names.path(value)
    if field == "matter":
        return asking.names.matter(value)
    return words.label(field, value, asking.names.lang) if words.has_label(field, value) else value


_FIELDS = {
    "matter": gettext_lazy("Matter"),
    "domain": gettext_lazy("Domain"),
    "platform": gettext_lazy("Platform"),
    "area": gettext_lazy("Area"),
    "area_kind": gettext_lazy("Level of the area"),
    "urgency": gettext_lazy("Urgency"),
    "channel": gettext_lazy("Channel"),
    "kind": gettext_lazy("Kind of case"),
    "hour": gettext_lazy("Hour"),
    "month": gettext_lazy("Month"),
}
