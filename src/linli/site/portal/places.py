"""From what a resident types to an area of the district, or to a few that they choose from; never a silent guess."""

from dataclasses import dataclass

from linli.core.policy import Policy
from linli.core.territory import AreaKind
from linli.directory import queries as directory
from linli.directory.queries import DistrictInfo
from linli.site.naming import Names

SHOWN = 6
EXAMPLE = 1
"""Seed of the place that stands as an example: the same on every page."""
_examples: dict[DistrictInfo, tuple[str, str] | None] = {}
_LEVELS = (AreaKind.TOWN, AreaKind.COMMUNITY)


@dataclass(frozen=True, slots=True)
class Resolved:
    """The one area that the words name, or the several that they may mean; neither: they name none."""

    area: str | None = None
    candidates: tuple[str, ...] = ()


def offered(policy: Policy, names: Names, district: str) -> list[str]:
    """Towns and communities as a person would type them, for the browser's suggestions while typing."""
    areas = sorted(policy.territory.areas.values(), key=lambda area: area.code)
    return [
        names.path(a.code) for a in areas if a.kind in _LEVELS and not a.placeholder and a.code.startswith(district)
    ]


@dataclass(frozen=True, slots=True)
class Understood:
    """What the words that somebody typed were taken for, by name; neither area nor candidates: they name none here."""

    typed: str
    area: str = ""
    candidates: tuple[str, ...] = ()


def understood(typed: str, found: Resolved, names: Names) -> Understood | None:
    """The place in words that whoever typed it can check; None where nothing was typed."""
    if not typed.strip():
        return None
    area = names.path(found.area) if found.area else ""
    return Understood(typed.strip(), area, tuple(names.path(code) for code in found.candidates))


def example(info: DistrictInfo) -> tuple[str, str] | None:
    """Longitude and latitude of some place in the district, to show how they are written; None without an outline.

    Kept for each version of the district: nobody who reports waits for an outline to be read again.
    """
    if info not in _examples:
        point = directory.some_point(info.code, EXAMPLE)
        _examples[info] = None if point is None else (f"{point[0]:.5f}", f"{point[1]:.5f}")
    return _examples[info]


def resolve(text: str, policy: Policy, names: Names, district: str) -> Resolved:
    """Which town or community the words name."""
    typed = "".join(text.split())
    if not typed:
        return Resolved()
    areas = [a for a in policy.territory.areas.values() if a.kind in _LEVELS and a.code.startswith(district)]
    exact = [area.code for area in areas if "".join(names.path(area.code).split()) == typed]
    if len(exact) == 1:
        return Resolved(exact[0])
    found = [hit for hit in directory.find_areas(text, district) if hit.kind in _LEVELS]
    if not found:
        return Resolved()
    towns = [hit.area for hit in found if hit.kind is AreaKind.TOWN]
    deepest = [hit.area for hit in found if hit.kind is AreaKind.COMMUNITY] or towns
    inside = [area for area in deepest if any(area.startswith(town) for town in towns)] or deepest
    return Resolved(inside[0]) if len(inside) == 1 else Resolved(candidates=tuple(inside[:SHOWN]))
