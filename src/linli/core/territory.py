"""Areas and units as one frozen value: who answers for what, where.

A :class:`Territory` is built by ``directory`` from its tables and handed to the rules as an argument, so that
routing, recusal and the checks read the same in live cases, replay and simulation.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType


class AreaKind(StrEnum):
    """Kinds of area, widest first. A kind is a code, never a file's level number."""

    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    TOWN = "town"
    COMMUNITY = "community"
    GRID = "grid"
    MICRO_GRID = "micro_grid"

    @property
    def depth(self) -> int:
        """0 for a province, growing downwards."""
        return _DEPTH[self]


_DEPTH = {kind: depth for depth, kind in enumerate(AreaKind)}


class Function(StrEnum):
    """What a unit or a post may do in the loop. Closed: an unknown name fails when it is loaded."""

    INTAKE = "intake"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    SUPERVISE = "supervise"
    RULE = "rule"
    VERIFY = "verify"
    REPLY = "reply"
    FOLLOW_UP = "follow_up"
    ASSESS = "assess"
    CONVENE = "convene"
    IDENTITY = "identity"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Area:
    """One area. ``placeholder`` marks rows that exist in the statistics only (市辖区, 县): never a level."""

    code: str
    kind: AreaKind
    parent: str | None
    name: str
    placeholder: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that can own a case: ``type`` as the catalogue names it, serving ``area`` and all below it.

    ``parent`` is the unit it reports to, which recusal follows downwards: complaints about a unit are kept
    from every unit below it as well.
    """

    id: str
    type: str
    area: str
    parent: str | None
    name: str
    functions: frozenset[Function] = frozenset()


@dataclass(frozen=True)
class Territory:
    """Areas and units of one district (with the areas above it), at one version.

    ``areas`` are those in force. ``former`` ones were retired: nothing new may name them, but a case that once stood
    in one still has its way up the tree.

    Raises:
        ValueError: an area or unit names a parent or area that is not there, or a chain of parents runs in a circle.
    """

    version: int
    areas: Mapping[str, Area]
    units: Mapping[str, Unit]
    former: Mapping[str, Area] = field(default_factory=lambda: MappingProxyType({}))
    _serving: Mapping[tuple[str, str], tuple[Unit, ...]] = field(init=False, repr=False, compare=False)
    _below: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _paths: dict[str, tuple[Area, ...]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        _require_tree({a.code: a.parent for a in self.areas.values()}, "area")
        _require_tree({a.code: a.parent for a in (*self.former.values(), *self.areas.values())}, "area")
        _require_tree({u.id: u.parent for u in self.units.values()}, "unit")
        serving: dict[tuple[str, str], list[Unit]] = {}
        below: dict[str, list[str]] = {}
        for unit in self.units.values():
            if unit.area not in self.areas:
                raise ValueError(f"unit {unit.id} serves the unknown area {unit.area}")
            serving.setdefault((unit.type, unit.area), []).append(unit)
            if unit.parent is not None:
                below.setdefault(unit.parent, []).append(unit.id)
        frozen = {key: tuple(sorted(units, key=lambda u: u.id)) for key, units in serving.items()}
        object.__setattr__(self, "_serving", MappingProxyType(frozen))
        object.__setattr__(self, "_below", MappingProxyType({key: tuple(ids) for key, ids in below.items()}))

    def path(self, code: str) -> tuple[Area, ...]:
        """The area, in force or former, and all above it, nearest first, placeholders left out.

        Raises:
            KeyError: the area is not in this territory.
        """
        known = self._paths.get(code)
        if known is None:
            known = tuple(a for a in self._upwards(code) if not a.placeholder)
            self._paths[code] = known
        return known

    def ancestor(self, code: str, kind: AreaKind) -> Area | None:
        """The area of that kind at or above ``code``, or None."""
        return next((a for a in self.path(code) if a.kind is kind), None)

    def is_under(self, code: str, ancestor: str) -> bool:
        """Whether ``code`` is ``ancestor`` or lies inside it."""
        return self.knows(code) and any(a.code == ancestor for a in self.path(code))

    def knows(self, code: str) -> bool:
        """Whether the area is in force or once was."""
        return code in self.areas or code in self.former

    def in_force(self, code: str) -> Area | None:
        """The area itself, or the nearest above it that is in force; None where none is known."""
        return next((a for a in self.path(code) if a.code in self.areas), None) if self.knows(code) else None

    def serving(self, unit_type: str, area: str) -> tuple[Unit, ...]:
        """Units of that type that serve exactly this area (one is right, more is a conflict)."""
        return self._serving.get((unit_type, area), ())

    def subordinates(self, unit_id: str) -> frozenset[str]:
        """The unit itself and every unit that reports to it, directly or not."""
        found: set[str] = set()
        waiting = [unit_id]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting.extend(self._below.get(current, ()))
        return frozenset(found)

    def superiors(self, unit_id: str) -> Iterator[Unit]:
        """Units above ``unit_id``, nearest first."""
        unit = self.units.get(unit_id)
        while unit is not None and unit.parent is not None:
            unit = self.units.get(unit.parent)
            if unit is not None:
                yield unit

    def _upwards(self, code: str) -> Iterator[Area]:
        current: str | None = code
        while current is not None:
            area = self.areas.get(current) or self.former[current]
            yield area
            current = area.parent


def _require_tree(parents: Mapping[str, str | None], what: str) -> None:
    settled: set[str] = set()
    for start in parents:
        seen: list[str] = []
        current: str | None = start
        while current is not None and current not in settled:
            if current not in parents:
                raise ValueError(f"{what} {seen[-1]} names the unknown parent {current}")
            if current in seen:
                raise ValueError(f"{what} {current} is its own ancestor")
            seen.append(current)
            current = parents[current]
        settled.update(seen)


def territory(version: int, areas: Iterable[Area], units: Iterable[Unit], former: Iterable[Area] = ()) -> Territory:
    """Builds a territory from rows.

    Raises:
        ValueError: a code or id stands twice, or as :class:`Territory` says.
    """
    by_code: dict[str, Area] = {}
    for area in areas:
        if area.code in by_code:
            raise ValueError(f"area {area.code} stands twice")
        by_code[area.code] = area
    by_id: dict[str, Unit] = {}
    for unit in units:
        if unit.id in by_id:
            raise ValueError(f"unit {unit.id} stands twice")
        by_id[unit.id] = unit
    retired = MappingProxyType({area.code: area for area in former if area.code not in by_code})
    return Territory(version, MappingProxyType(by_code), MappingProxyType(by_id), retired)


def without(known: Territory, unit_id: str) -> Territory:
    """The territory as it would be without a unit; those that report to it report to its superior."""
    gone = known.units[unit_id]
    units = (
        replace(unit, parent=gone.parent) if unit.parent == unit_id else unit
        for unit in known.units.values()
        if unit.id != unit_id
    )
    return Territory(known.version, known.areas, MappingProxyType({unit.id: unit for unit in units}), known.former)
