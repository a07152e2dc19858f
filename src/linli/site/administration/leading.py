"""Who leads a matter where, with the reasons, and where cases of it would stop."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linli.cases import words
from linli.catalogue import coverage
from linli.core.errors import Refusal
from linli.core.policy import Matter
from linli.core.routing import Question, route
from linli.core.territory import Area, AreaKind
from linli.site.desk.asking import Asking


@dataclass(frozen=True, slots=True)
class TownRow:
    """A town: who leads in its communities, and what is wrong in any of its places."""

    code: str
    name: str
    leads: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A community: who leads, who helps, why, and what is wrong in it."""

    name: str
    lead: str
    co_handlers: tuple[str, ...]
    trace: tuple[str, ...]
    problems: tuple[str, ...]


def towns(matter: Matter, asking: Asking) -> list[TownRow]:
    """Every town of the district."""
    wrong = coverage.problems(matter, asking.policy)
    rows = []
    for town in of_kind(AreaKind.TOWN, asking):
        inside = [area for area in of_kind(AreaKind.COMMUNITY, asking) if area.parent == town.code] or [town]
        leads = dict.fromkeys(_place(matter, area, wrong, asking).lead for area in inside)
        problems = wrong_in(wrong, town, asking)
        rows.append(TownRow(town.code, asking.names.area(town.code), tuple(filter(None, leads)), problems))
    return rows


def places(matter: Matter, town: str, asking: Asking) -> list[PlaceRow]:
    """Every community of a town; none where no such town was chosen."""
    wrong = coverage.problems(matter, asking.policy) if town else {}
    return [_place(matter, area, wrong, asking) for area in of_kind(AreaKind.COMMUNITY, asking) if area.parent == town]


def _place(matter: Matter, area: Area, wrong: Mapping[str, tuple[str, ...]], asking: Asking) -> PlaceRow:
    names, problems = asking.names, wrong_in(wrong, area, asking)
    try:
        found = route(Question(matter, area.code), asking.policy)
    except Refusal as refusal:
        said = words.trace({"code": refusal.code} | dict(refusal.facts), names.lang, names)
        return PlaceRow(names.area(area.code), "", (), (said,), problems)
    return PlaceRow(
        name=names.area(area.code),
        lead=names.unit(found.lead),
        co_handlers=tuple(names.unit(unit) for unit in found.co_handlers),
        trace=tuple(words.trace(line, names.lang, names) for line in found.trace),
        problems=problems,
    )


def of_kind(kind: AreaKind, asking: Asking) -> list[Area]:
    """Areas of that kind by code, without placeholders."""
    areas: Iterable[Area] = asking.policy.territory.areas.values()
    return sorted((a for a in areas if a.kind is kind and not a.placeholder), key=lambda area: area.code)


def wrong_in(wrong: Mapping[str, tuple[str, ...]], area: Area, asking: Asking) -> tuple[str, ...]:
    """What is wrong in any of the deepest areas below this one, each thing once."""
    inside = (codes for code, codes in wrong.items() if asking.policy.territory.is_under(code, area.code))
    found = dict.fromkeys(each for codes in inside for each in codes)
    plain = ("complaint_route" if code.startswith("complaint_route_") else code for code in found)
    return tuple(words.label("coverage", code, asking.names.lang) for code in dict.fromkeys(plain))
