"""The sheet of one grid: who answers there, with what, for which matters, by which procedure; and what came of it.

The four lists of a grid (四张清单: resources, people, powers and duties, procedures) as far as the directory and the
catalogue hold them. Counts leave out small cells; they are of cases, never of a person's work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.cases import queries_overview as overview
from linli.cases import words
from linli.cases.queries_counts import Asked
from linli.core.errors import Refusal
from linli.core.policy import Matter
from linli.core.privacy import SMALLEST_CELL, told
from linli.core.routing import Question, route
from linli.core.territory import Area, AreaKind
from linli.directory import queries as directory
from linli.directory.queries import UnitInfo
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common

SPANS = (timedelta(days=30), timedelta(days=90))


@dataclass(frozen=True, slots=True)
class Serving:
    """A unit that serves the grid, on which level, and its posts with whether somebody holds them."""

    name: str
    level: str
    unit: UnitInfo
    posts: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Duty:
    """A matter that units of the grid or its community lead."""

    name: str
    lead: str
    accept: str
    handle: str
    basis: str


@dataclass(frozen=True, slots=True)
class Came:
    """What came of the grid's cases in so many days; None where too few to be told."""

    days: int
    found: int | None
    settled: int | None
    rated: int | None


@require_GET
@desk_page
def sheet(request: HttpRequest, asking: Asking, area: str) -> HttpResponse:
    """One grid, for whoever works in an area that holds it; elsewhere it is not there."""
    territory = asking.policy.territory
    grid = territory.areas.get(area)
    works = {post.area for post in asking.actor.posts if post.unit in asking.actor.working_units}
    if grid is None or grid.kind is not AreaKind.GRID or not any(territory.is_under(area, place) for place in works):
        raise Http404
    shown = {
        "grid": asking.names.path(area),
        "invented": asking.names.areas[area].invented,
        "serving": _serving(asking, grid),
        "duties": _duties(asking, grid),
        "procedures": _procedures(asking),
        "came": _came(asking, grid),
        "smallest": SMALLEST_CELL,
    }
    return render(request, "desk/grid.html", common(asking) | shown)


def _procedures(asking: Asking) -> list[tuple[str, int, str]]:
    """Procedures that the grid's cases follow now: name, version and title."""
    names = dict.fromkeys(name for name, _version in asking.policy.procedures)
    current = (asking.policy.current_procedure(name) for name in names)
    return [(p.name, p.version, words.title(p.title, asking.names.lang)) for p in current if not p.internal]


def _serving(asking: Asking, grid: Area) -> list[Serving]:
    """Units of the grid, its community and its town, the nearest first."""
    near = [(place, unit) for place in asking.policy.territory.path(grid.code) for unit in _units(asking, place)]
    posts = {unit.id: [p.id for p in asking.names.posts.values() if p.unit == unit.id] for _place, unit in near}
    every = [post for of_unit in posts.values() for post in of_unit]
    held = {each.post for each in directory.holdings_of_posts(asking.district, every) if each.is_now(asking.now)}
    return [
        Serving(
            name=asking.names.unit(unit.id),
            level=words.label("area_kind", place.kind, asking.names.lang),
            unit=unit,
            posts=[(asking.names.post_title(post), post in held) for post in posts[unit.id]],
        )
        for place, unit in near
    ]


def _units(asking: Asking, place: Area) -> list[UnitInfo]:
    """Units that serve exactly that place; of the town only the one that coordinates, of what is wider none."""
    if place.kind.depth < AreaKind.TOWN.depth:
        return []
    found = (unit for unit in asking.names.units.values() if unit.area == place.code)
    wanted = asking.policy.centre_types if place.kind is AreaKind.TOWN else None
    return sorted((unit for unit in found if wanted is None or unit.type in wanted), key=lambda unit: unit.id)


def _duties(asking: Asking, grid: Area) -> list[Duty]:
    """Matters whose lead, as routing finds it for this grid, serves the grid or its community."""
    path = asking.policy.territory.path(grid.code)
    near = {place.code for place in path if place.kind.depth >= AreaKind.COMMUNITY.depth}
    found = []
    for matter in asking.policy.offered.values():
        lead = _lead(asking, matter, grid)
        if lead and asking.policy.territory.units[lead].area in near:
            found.append(
                Duty(
                    asking.names.matter_of(matter),
                    asking.names.unit(lead),
                    matter.accept_limit.words(asking.names.lang),
                    matter.handle_limit.words(asking.names.lang),
                    matter.legal_basis,
                )
            )
    return sorted(found, key=lambda duty: (duty.lead, duty.name))


def _lead(asking: Asking, matter: Matter, grid: Area) -> str:
    try:
        return route(Question(matter, grid.code), asking.policy).lead
    except Refusal:
        return ""


def _came(asking: Asking, grid: Area) -> list[Came]:
    town = asking.policy.territory.ancestor(grid.code, AreaKind.TOWN)
    asked = Asked(asking.actor, asking.district, "town", town.code if town else "", asking.now)
    found = overview.found_in_grid(asked, grid.code, since=asking.now - max(SPANS))
    lines = []
    for span in SPANS:
        recent = [case for case in found if case.opened_at > asking.now - span]
        settled = [case for case in recent if case.settled]
        rated = sum(1 for case in settled if case.rated)
        lines.append(Came(span.days, told(len(recent)), told(len(settled)), told(rated)))
    return lines
