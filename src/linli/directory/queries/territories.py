"""The frozen territory of a district, kept per version, and the rows behind it that screens name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q

from linli.core.territory import Area, AreaKind, Function, Territory, Unit
from linli.core.territory import territory as build
from linli.directory.models import Area as AreaRow
from linli.directory.models import District, Post
from linli.directory.models import Unit as UnitRow
from linli.directory.queries.steady import Freshness

Built = TypeVar("Built")


class UnknownDistrictError(LookupError):
    """No district of that code was set up; ``linli district new CODE`` does it."""

    def __init__(self, code: str) -> None:
        super().__init__(f"district {code} is not set up here; run: linli district new {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class DistrictInfo:
    """A district that runs here. ``short_code`` stands in its case numbers."""

    code: str
    short_code: str
    name_zh: str
    name_en: str
    version: int


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """What screens show of a unit; ``invented`` must be shown wherever the unit is described."""

    id: str
    type: str
    area: str
    name_zh: str
    name_en: str
    phone: str
    hours: str
    company: bool
    invented: bool


@dataclass(frozen=True, slots=True)
class AreaInfo:
    """What screens show of an area; ``invented`` must be shown wherever the area is described."""

    code: str
    kind: AreaKind
    parent: str | None
    name: str
    invented: bool


@dataclass(frozen=True, slots=True)
class PostInfo:
    """A post with its unit and what it may do."""

    id: str
    unit: str
    title_zh: str
    title_en: str
    functions: frozenset[Function]
    deputy: str | None
    invented: bool


class PerVersion:
    """Keeps what was built from a district's rows until the district's version grows. One per kind of value.

    A cache of this process only: every process asks the database for the version, so none needs another's memory.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, object]] = {}
        self._fresh = Freshness()

    def get(self, district: str, build_it: Callable[[int], Built]) -> Built:
        """The value for the district's present version, built anew when that has changed.

        Raises:
            UnknownDistrictError: no such district.
        """
        kept = self._kept.get(district)
        if kept is not None and self._fresh.is_checked(district):
            return kept[1]  # type: ignore[return-value]  # built by this caller's function
        number = version(district)
        while kept is None or kept[0] != number:
            kept = (number, build_it(number))
            number = version(district)  # rows may have changed while they were read
        self._kept[district] = kept
        self._fresh.note(district)
        return kept[1]  # type: ignore[return-value]  # built by this caller's function


_territories = PerVersion()
_infos = PerVersion()
_units = PerVersion()
_areas = PerVersion()
_former = PerVersion()


_districts: list[tuple[DistrictInfo, ...]] = [()]
_districts_fresh = Freshness()


def districts() -> tuple[DistrictInfo, ...]:
    """All districts that run here, by code."""
    if not _districts_fresh.is_checked("all"):
        _districts[0] = tuple(_info(row) for row in District.objects.order_by("code"))
        _districts_fresh.note("all")
    return _districts[0]


def district(code: str) -> DistrictInfo:
    """One district.

    Raises:
        UnknownDistrictError: no such district.
    """
    return _infos.get(code, lambda _number: _info(District.objects.get(code=code)))


def district_of_short_code(short_code: str) -> DistrictInfo | None:
    """The district whose case numbers carry that short code."""
    row = District.objects.filter(short_code=short_code).first()
    return None if row is None else _info(row)


def version(district: str) -> int:
    """The district's present version: one indexed read.

    Raises:
        UnknownDistrictError: no such district.
    """
    number = District.objects.filter(code=district).values_list("version", flat=True).first()
    if number is None:
        raise UnknownDistrictError(district)
    return number


def territory(district: str) -> Territory:
    """Areas and active units of a district with the areas above it, frozen at the present version.

    Raises:
        UnknownDistrictError: no such district.
        ValueError: a unit names an area or a superior that is not there; ``linli check`` says which.
    """
    return _territories.get(district, lambda number: _read_territory(district, number))


def units(district: str) -> dict[str, UnitInfo]:
    """Active units of a district by id, with their names in both languages."""
    return _units.get(district, lambda _number: _read_units(district))


def areas(district: str) -> dict[str, AreaInfo]:
    """Areas of a district that are in force and those above it, by code."""
    return _areas.get(district, lambda _number: {row.code: _area_info(row) for row in _area_rows(district)})


def former_areas(district: str) -> dict[str, AreaInfo]:
    """Areas of a district that were retired, by code, under the name they had at the end."""
    return _former.get(
        district,
        lambda _number: {
            row.code: _area_info(row)
            for row in AreaRow.objects.filter(district_code=district, retired_at__isnull=False).order_by("code")
        },
    )


def posts(district: str, unit: str | None = None) -> tuple[PostInfo, ...]:
    """Active posts of a district, or of one unit, by id."""
    rows = Post.objects.filter(district_code=district, active=True).order_by("id")
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    return tuple(_post_info(row) for row in rows)


def _read_territory(district: str, number: int) -> Territory:
    areas = [_core(row) for row in _area_rows(district)]
    former = [_core(row) for row in AreaRow.objects.filter(district_code=district, retired_at__isnull=False)]
    rows = {row.id: row for row in UnitRow.objects.filter(district_code=district)}
    units = [
        Unit(r.id, r.type, r.area_code, _active_superior(r, rows), r.name_zh, frozenset(map(Function, r.functions)))
        for r in rows.values()
        if r.active
    ]
    return build(number, areas, units, former)


def _core(row: AreaRow) -> Area:
    return Area(row.code, AreaKind(row.kind), row.parent_code, row.name, row.placeholder)


def _active_superior(row: UnitRow, rows: dict[str, UnitRow]) -> str | None:
    """The nearest superior still active: a unit that was closed leaves nobody without one."""
    superior = rows.get(row.parent_id or "")
    if superior is None:
        return row.parent_id
    return superior.id if superior.active else _active_superior(superior, rows)


def _read_units(district: str) -> dict[str, UnitInfo]:
    rows = UnitRow.objects.filter(district_code=district, active=True).order_by("id")
    return {
        r.id: UnitInfo(r.id, r.type, r.area_code, r.name_zh, r.name_en, r.phone, r.hours, r.company, r.invented)
        for r in rows
    }


def _area_rows(district: str) -> list[AreaRow]:
    above = [district[:2], district[:4]]
    rows = AreaRow.objects.filter(Q(district_code=district) | Q(code__in=above), retired_at__isnull=True)
    return list(rows.order_by("code"))


def _area_info(row: AreaRow) -> AreaInfo:
    return AreaInfo(row.code, AreaKind(row.kind), row.parent_code, row.name, row.invented)


def _post_info(row: Post) -> PostInfo:
    functions = frozenset(Function(name) for name in row.functions)
    return PostInfo(row.id, row.unit_id, row.title_zh, row.title_en, functions, row.deputy_id, row.invented)


def _info(row: District) -> DistrictInfo:
    return DistrictInfo(row.code, row.short_code, row.name_zh, row.name_en, row.version)
