"""Setting up a whole district from a template: its row, grids, units and posts."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from linli.core.territory import Area, AreaKind
from linli.directory.actions.areas import write_areas
from linli.directory.actions.units import write_planned
from linli.directory.actions.versions import grow, next_version
from linli.directory.divisions import level_codes
from linli.directory.models import Area as AreaRow
from linli.directory.models import District
from linli.directory.template import (
    Template,
    english_district_names,
    expand,
    invented_grids,
    standard,
)


class DistrictError(ValueError):
    """A district that can't be set up; the text says what to do."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What setting up a district made; zeros the second time."""

    district: str
    towns: int
    communities: int
    grids: int
    units: int
    posts: int
    new: bool


def set_up_district(
    code: str,
    *,
    now: datetime,
    template: Template | None = None,
    short_code: str | None = None,
    name_en: str | None = None,
) -> SetUp:
    """Sets up a district from a template over the real towns and communities of the division codes.

    Invents grids (marked so) for communities that have none. What is there already is kept as it stands, so a second
    call adds only what is missing.

    Lock: the district's row.

    Args:
        code: six digits; its areas must have been imported.
        now: from when the invented grids are in effect.
        template: None for the package's own.
        short_code: stands in case numbers; by default the last three digits.
        name_en: English name; by default from the package's list, else the Chinese one.

    Raises:
        DistrictError: the area is not there, is no district, or another district has the short code.
    """
    template = template or standard()
    with transaction.atomic():
        area = AreaRow.objects.filter(code=code, kind=AreaKind.DISTRICT.value, placeholder=False).first()
        if area is None:
            raise DistrictError(f"district {code} is not among the areas: run first: linli import areas FILE")
        new = _ensure_row(area, short_code or code[-3:], name_en)
        grids = _ensure_grids(code, template, now)
        areas = [_core(row) for row in AreaRow.objects.filter(district_code=code, retired_at__isnull=True)]
        names_en = dict(District.objects.filter(code=code).values_list("code", "name_en"))
        units, posts = write_planned(code, list(expand(template, areas, names_en)))
        if units or posts or new:
            grow([code])
    kinds = [a.kind for a in areas if not a.placeholder]
    return SetUp(code, kinds.count(AreaKind.TOWN), kinds.count(AreaKind.COMMUNITY), grids, units, posts, new)


def _ensure_row(area: AreaRow, short_code: str, name_en: str | None) -> bool:
    if District.objects.select_for_update().filter(code=area.code).exists():
        return False
    other = District.objects.filter(short_code=short_code).first()
    if other is not None:
        words = f"short code {short_code} belongs to district {other.code} already"
        raise DistrictError(f"{words}; give another one with --short-code")
    District.objects.create(
        code=area.code,
        short_code=short_code,
        name_zh=area.name,
        name_en=name_en or english_district_names().get(area.code, area.name),
        version=next_version(),
    )
    return True


def _ensure_grids(code: str, template: Template, now: datetime) -> int:
    rows = AreaRow.objects.filter(district_code=code)
    covered = set(rows.filter(kind=AreaKind.GRID.value).values_list("community_code", flat=True))
    communities = [_core(row) for row in rows.filter(kind=AreaKind.COMMUNITY.value, placeholder=False)]
    missing = [c for c in communities if c.code not in covered]
    made = [_invented(grid, now) for community in missing for grid in invented_grids(template, community)]
    write_areas(made)
    return len(made)


def _invented(grid: Area, now: datetime) -> AreaRow:
    levels = level_codes(grid.code)
    return AreaRow(
        code=grid.code,
        kind=grid.kind.value,
        parent_code=grid.parent,
        name=grid.name,
        invented=True,
        district_code=levels.district,
        town_code=levels.town,
        community_code=levels.community,
        effective_from=now,
    )


def _core(row: AreaRow) -> Area:
    return Area(row.code, AreaKind(row.kind), row.parent_code, row.name, row.placeholder)
