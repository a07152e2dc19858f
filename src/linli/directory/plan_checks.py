"""What is wrong with a plan of grids before it is published. Pure: values in, findings out; no database."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import shapely
from shapely.geometry.base import BaseGeometry

from linli.directory import recut
from linli.directory.recut import is_speck, polygons, square_metres, surface

SLIVER = 200.0
"""Square metres: a separate piece of a grid smaller than this is hardly meant."""
MAX_NAME = 120
_SEQUENCE = re.compile(r"[0-9]{3}")


class Severity(StrEnum):
    """An error stands in the way of publishing, a warning doesn't."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class PlannedGrid:
    """One grid of a plan. ``into`` names the grid in which a retired one goes on, where that is known."""

    code: str
    name: str
    shape: BaseGeometry | None = None
    retired: bool = False
    into: str = ""
    invented: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: its code, the grids and units concerned, how large and where (longitude, latitude)."""

    code: str
    severity: Severity
    grids: tuple[str, ...] = ()
    square_metres: int = 0
    at: tuple[float, float] | None = None
    units: tuple[str, ...] = ()
    shape: BaseGeometry | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a plan is judged against.

    ``known`` are the grids in force when it was begun; ``taken`` codes stand for other areas, now or formerly;
    ``units`` gives the units that serve an area by its code.
    """

    community: str
    outline: BaseGeometry | None
    known: Sequence[PlannedGrid]
    taken: frozenset[str]
    units: Mapping[str, tuple[str, ...]]


def judge(plan: Sequence[PlannedGrid], around: Surroundings) -> tuple[Finding, ...]:
    """Everything that is wrong, errors first."""
    left = [grid for grid in plan if not grid.retired]
    found = [
        *_shapes(left),
        *_overlaps(left),
        *_coverage(left, around),
        *_names(left),
        *_codes(plan, around),
        *_retired(plan, around),
    ]
    if not changes(plan, around.known):
        found.append(Finding("nothing_changed", Severity.ERROR))
    return tuple(sorted(found, key=lambda f: (f.severity is not Severity.ERROR, f.code, f.grids, -f.square_metres)))


def blocks(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings stands in the way."""
    return any(finding.severity is Severity.ERROR for finding in findings)


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one grid: ``kind`` is new, retired, redrawn, renamed, or redrawn and renamed."""

    kind: str
    before: PlannedGrid | None
    after: PlannedGrid


def changes(plan: Sequence[PlannedGrid], known: Sequence[PlannedGrid]) -> tuple[Change, ...]:
    """What a plan changes, by code; a grid that is new and was dropped again counts for nothing."""
    before = {grid.code: grid for grid in known}
    found = []
    for grid in sorted(plan, key=lambda grid: grid.code):
        was = before.get(grid.code)
        if was is None:
            if not grid.retired:
                found.append(Change("new", None, grid))
            continue
        if grid.retired:
            found.append(Change("retired", was, grid))
            continue
        redrawn, renamed = not recut.same(was.shape, grid.shape), was.name != grid.name
        if redrawn or renamed:
            kind = "redrawn_and_renamed" if redrawn and renamed else "redrawn" if redrawn else "renamed"
            found.append(Change(kind, was, grid))
    return tuple(found)


def next_codes(community: str, used: Iterable[str]) -> Iterator[str]:
    """Fresh grid codes of a community: its own 12 digits and the next numbers (GB/T 30428); none is given twice.

    Raises:
        ValueError: all 999 numbers were given.
    """
    numbers = [int(code[12:]) for code in used if code.startswith(community) and _SEQUENCE.fullmatch(code[12:])]
    for number in range(max(numbers, default=0) + 1, 1000):
        yield f"{community}{number:03}"
    raise ValueError(f"community {community} has used all 999 numbers of grids")


def _shapes(left: Sequence[PlannedGrid]) -> Iterator[Finding]:
    for grid in left:
        if grid.shape is None:
            yield Finding("no_outline", Severity.WARNING, (grid.code,))
            continue
        if not grid.shape.is_valid or is_speck(surface(grid.shape)):
            yield Finding("invalid_outline", Severity.ERROR, (grid.code,))
            continue
        pieces = sorted(polygons(grid.shape), key=square_metres)
        for piece in pieces[:-1]:
            if square_metres(piece) < SLIVER:
                yield _sized("sliver", Severity.WARNING, piece, grid.code)


def _drawn(left: Sequence[PlannedGrid]) -> list[tuple[str, BaseGeometry]]:
    return [(grid.code, grid.shape) for grid in left if grid.shape is not None and grid.shape.is_valid]


def _overlaps(left: Sequence[PlannedGrid]) -> Iterator[Finding]:
    drawn = _drawn(left)
    tree = shapely.STRtree([shape for _code, shape in drawn])
    for number, (code, shape) in enumerate(drawn):
        for other in sorted(tree.query(shape, predicate="intersects").tolist()):
            if other <= number:
                continue
            common = _place(shape.intersection(drawn[other][1]))
            if common is not None:
                yield _sized("overlap", Severity.ERROR, common, code, drawn[other][0])


def _coverage(left: Sequence[PlannedGrid], around: Surroundings) -> Iterator[Finding]:
    """Holes and what lies outside; while a grid has no outline, a hole may be that grid and only warns."""
    drawn = _drawn(left)
    if around.outline is None:
        yield Finding("community_without_outline", Severity.WARNING)
        return
    if not drawn:
        return
    severity = Severity.ERROR if len(drawn) == len(left) else Severity.WARNING
    for hole in polygons(around.outline.difference(shapely.union_all([shape for _code, shape in drawn]))):
        if not is_speck(hole):
            yield _sized("hole", severity, hole)
    for code, shape in drawn:
        outside = _place(shape.difference(around.outline))
        if outside is not None:
            yield _sized("outside", Severity.ERROR, outside, code)


def _names(left: Sequence[PlannedGrid]) -> Iterator[Finding]:
    for grid in left:
        if not grid.name.strip() or len(grid.name) > MAX_NAME:
            yield Finding("name_missing", Severity.ERROR, (grid.code,))
    for name, count in Counter(grid.name.strip() for grid in left).items():
        if count > 1 and name:
            yield Finding("name_twice", Severity.ERROR, tuple(g.code for g in left if g.name.strip() == name))


def _codes(plan: Sequence[PlannedGrid], around: Surroundings) -> Iterator[Finding]:
    known = {grid.code for grid in around.known}
    for code, count in Counter(grid.code for grid in plan).items():
        if count > 1:
            yield Finding("code_twice", Severity.ERROR, (code,))
        if not (code.startswith(around.community) and _SEQUENCE.fullmatch(code[len(around.community) :])):
            yield Finding("code_wrong", Severity.ERROR, (code,))
        elif code not in known and code in around.taken:
            yield Finding("code_taken", Severity.ERROR, (code,))


def _retired(plan: Sequence[PlannedGrid], around: Surroundings) -> Iterator[Finding]:
    if all(grid.retired for grid in plan):
        yield Finding("none_left", Severity.ERROR)
    for grid in plan:
        if grid.retired and around.units.get(grid.code):
            yield Finding("unit_without_area", Severity.ERROR, (grid.code,), units=around.units[grid.code])


def _place(shape: BaseGeometry) -> BaseGeometry | None:
    """What of a shape is more than rounding, if anything is."""
    parts = [part for part in polygons(shape) if not is_speck(part)]
    return shapely.union_all(parts) if parts else None


def _sized(code: str, severity: Severity, shape: BaseGeometry, *grids: str) -> Finding:
    largest = max(polygons(shape), key=lambda part: part.area)
    point = largest.representative_point()
    made = Finding(code, severity, grids, round(square_metres(shape)), shape=shape)
    return replace(made, at=(round(point.x, 6), round(point.y, 6)))
