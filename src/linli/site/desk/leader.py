"""The leader's desk: what is late, stuck, repeated and growing in an area; cases, units and places, never a person."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from linli.cases import queries_overview as overview
from linli.cases.queries_counts import Asked
from linli.cases.queries_overview import Cell, Opened, Overdue, Standing
from linli.core.privacy import SMALLEST_CELL, told
from linli.core.procedure import Role, Step
from linli.core.stuck import Why
from linli.core.territory import AreaKind, Function
from linli.site.desk import listing
from linli.site.desk.asking import Asking
from linli.site.desk.filtering import SCOPE_OF
from linli.site.desk.holdups import Stuck, in_words, reasons_of
from linli.site.desk.listing import Row

MOST_STUCK = 20
MOST_GROWING = 20


@dataclass(frozen=True, slots=True)
class Late:
    """One line of the late cases: of a place or of a unit.

    ``below`` is the area to go down to, ``no_nearer`` says that the place stands for what is known no nearer.
    """

    name: str
    number: int
    oldest: datetime
    address: str
    below: str = ""
    no_nearer: bool = False


@dataclass(frozen=True, slots=True)
class Growing:
    """A matter in a place: last week, the week before, and the mean of four weeks; None where too few to be told."""

    matter: str
    place: str
    latest: int
    before: int | None
    mean: float | None
    address: str

    @property
    def growth(self) -> int:
        """By how much it grew; a number that is not told counts as the largest that it can be."""
        return self.latest - (SMALLEST_CELL - 1 if self.before is None else self.before)


def areas(asking: Asking) -> list[str]:
    """Areas that the person supervises, widest first."""
    held = {post.area for post in asking.actor.posts if Function.SUPERVISE in post.functions}
    known = asking.policy.territory.areas
    return sorted((area for area in held if area in known and known[area].kind in SCOPE_OF), key=lambda a: (len(a), a))


def may_lead(asking: Asking, area: str) -> bool:
    """Whether the area is one that the person supervises, or lies in one."""
    known = asking.policy.territory.areas.get(area)
    if known is None or known.kind not in SCOPE_OF:
        return False
    return any(asking.policy.territory.is_under(area, own) for own in areas(asking))


def asked(asking: Asking, area: str) -> Asked:
    """The question for an area, asked by this person now."""
    return Asked(
        asking.actor, asking.district, SCOPE_OF[asking.policy.territory.areas[area].kind], area, now=asking.now
    )


def running_steps(asking: Asking) -> list[str]:
    """Steps in which a clock runs: a case there is late once its date has passed."""
    return steps_where(asking, lambda step: not step.end and not step.paused)


def steps_where(asking: Asking, fits: Callable[[Step], bool]) -> list[str]:
    """Steps of any procedure that fit, by name."""
    steps = (step for procedure in asking.policy.procedures.values() for step in procedure.steps.values())
    return sorted({step.name for step in steps if fits(step)})


def late(asking: Asking, area: str) -> tuple[int, list[Late], list[Late]]:
    """Cases past their date: how many, by the places right below, and by the unit that has them; worst first."""
    found = overview.overdue(asked(asking, area), running_steps(asking))
    places = _grouped(found, lambda one: one.place or area)
    units = _grouped(found, lambda one: one.owner)

    return (
        sum(one.number for one in found),
        [_late(asking, area, "place", *worst) for worst in places],
        [_late(asking, area, "unit", *worst) for worst in units],
    )


def _late(asking: Asking, area: str, key: str, code: str, number: int, oldest: datetime) -> Late:
    is_place = key == "place"
    community = asking.policy.territory.areas[area].kind is AreaKind.COMMUNITY
    return Late(
        name=asking.names.area(code) if is_place else asking.names.unit(code),
        number=number,
        oldest=oldest,
        address=address(area, "late", **{key: code}),
        below=code if is_place and code != area else "",
        no_nearer=is_place and code == area and not community,
    )


def _grouped(found: Iterable[Overdue], key: Callable[[Overdue], str]) -> list[tuple[str, int, datetime]]:
    """Code, number and oldest date: most cases first, then the oldest."""
    groups: dict[str, list[Overdue]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    lines = [(code, sum(o.number for o in group), min(o.oldest for o in group)) for code, group in groups.items()]
    return sorted(lines, key=lambda line: (-line[1], line[2], line[0]))


def stuck(asking: Asking, area: str) -> list[Stuck]:
    """Open cases that do not get on, those with most reasons first, then the longest overdue."""
    troubled = steps_where(asking, lambda step: step.unsolved or step.owner in (Role.RULER, Role.CONVENER))
    found = overview.standing(asked(asking, area), running_steps(asking), troubled)
    why = {one.line.id: said for one in found if (said := reasons(asking, one))}
    lines = [one.line for one in found if one.line.id in why]
    lines.sort(key=lambda line: (-len(why[line.id]), line.due or asking.now, line.id))
    return [Stuck(row, why[row.id]) for row in listing.rows(asking, lines[:MOST_STUCK])]


def reasons(asking: Asking, one: Standing) -> tuple[str, ...]:
    """Why a case is stuck, in words; nothing for one that gets on. What was once not solved goes its way."""
    return in_words([r for r in reasons_of(asking, one) if r.why is not Why.NOT_SOLVED or r.count > 1])


def growing(asking: Asking, area: str) -> list[Growing]:
    """Matters that came at least five times to one place in the last week, those that grew most first."""
    found = [_growing(asking, area, one) for one in overview.opened(asked(asking, area)) if told(one.latest)]
    return sorted(found, key=lambda one: (-one.growth, -one.latest, one.matter, one.place))[:MOST_GROWING]


def _growing(asking: Asking, area: str, one: Opened) -> Growing:
    place = one.community or one.town or asking.district
    earlier = told(one.earlier)
    return Growing(
        matter=asking.names.matter(one.matter),
        place=asking.names.path(place),
        latest=one.latest,
        before=told(one.before),
        mean=None if earlier is None else round(earlier / overview.WEEKS_BEFORE, 1),
        address=address(area, "new", place=place, matter=one.matter),
    )


def address(area: str, what: str, **cell: str) -> str:
    """The part of the address of the list behind a number."""
    return urlencode({"in": area, "what": what, **cell})


@dataclass(frozen=True, slots=True)
class Behind:
    """The list behind a number: its rows in order, and how many there are with those that are not shown."""

    rows: Sequence[Row]
    total: int


def behind(asking: Asking, area: str, what: str, chosen: dict[str, Any], *, size: int) -> Behind:
    """The cases that a number counts; ``chosen`` are place, unit and matter, each missing or a known code."""
    question = asked(asking, area)
    if what == "late":
        found = overview.overdue_cases(question, running_steps(asking), _late_cell(asking, area, chosen), size)
    else:
        found = overview.opened_cases(question, _new_cell(asking, chosen), size)
    rows = listing.known_rows(asking, found.ids)
    return Behind([rows[case] for case in found.ids if case in rows], found.total)


def _late_cell(asking: Asking, area: str, chosen: dict[str, Any]) -> Cell:
    """A place right below the area; the area itself stands for what is known no nearer."""
    place, town, community = chosen.get("place"), None, None
    if place:
        code = "" if place == area and asking.policy.territory.areas[area].kind is not AreaKind.COMMUNITY else place
        if asking.policy.territory.areas[area].kind is AreaKind.DISTRICT:
            town = code
        else:
            community = code
    return Cell(town, community, chosen.get("unit"), chosen.get("matter"))


def _new_cell(asking: Asking, chosen: dict[str, Any]) -> Cell:
    """Exactly the place: a town stands for what is known no nearer than the town."""
    place, town, community = chosen.get("place"), None, None
    if place:
        kind = asking.policy.territory.areas[place].kind
        community = place if kind is AreaKind.COMMUNITY else ""
        town = None if community else place if kind is AreaKind.TOWN else ""
    return Cell(town, community, chosen.get("unit"), chosen.get("matter"))
