"""A small invented district for the tests of the rulebook: two towns, three communities, a few departments."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.calendar import Limit, WorkCalendar
from linli.core.policy import Guard, Matter, Policy, Urgency
from linli.core.procedure import Procedure, load
from linli.core.territory import Area, AreaKind, Function, Territory, Unit, territory

PROCEDURES = Path(__file__).resolve().parents[2] / "src/linli/catalogue/data/procedures"
F = Function
CENTRE = frozenset(F) - {F.ADMINISTER}
HANDLER = frozenset({F.HANDLE})
DESK = frozenset({F.INTAKE, F.REPLY, F.FOLLOW_UP, F.HANDLE, F.IDENTITY})

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # Monday 09:00 in Chongqing


def areas() -> list[Area]:
    """City 50, district 500118, towns …001 and …002, communities, and one grid in each community."""
    rows = [
        Area("50", AreaKind.CITY, None, "City"),
        Area("5001", AreaKind.CITY, "50", "placeholder", placeholder=True),
        Area("500118", AreaKind.DISTRICT, "5001", "District"),
        Area("500118001", AreaKind.TOWN, "500118", "Riverside"),
        Area("500118002", AreaKind.TOWN, "500118", "Hillside"),
    ]
    for town, community in (("001", "001"), ("001", "002"), ("002", "001")):
        code = f"500118{town}{community}"
        rows.append(Area(code, AreaKind.COMMUNITY, f"500118{town}", f"Community {town}-{community}"))
        rows.append(Area(f"{code}001", AreaKind.GRID, code, f"Grid {town}-{community}-1"))
    return rows


def units() -> list[Unit]:
    """A district centre above everything but its supervision office; town centres with teams; community stations."""

    def unit(type_: str, area: str, parent: str | None, functions: frozenset[Function]) -> Unit:
        return Unit(f"{area}.{type_}", type_, area, parent, type_, functions)

    district = "500118.district_centre"
    rows = [
        unit("district_centre", "500118", None, CENTRE),
        unit("district_supervision_office", "500118", None, CENTRE),
        unit("market_regulation", "500118", district, HANDLER),
        unit("health_commission", "500118", district, HANDLER),
        unit("city_management", "500118", district, HANDLER),
    ]
    for town in ("500118001", "500118002"):
        centre = f"{town}.command_centre"
        rows.append(unit("command_centre", town, district, CENTRE))
        rows.append(unit("town_enforcement_team", town, centre, HANDLER))
        rows.append(unit("sanitation_office", town, centre, HANDLER))
    for community in ("500118001001", "500118001002", "500118002001"):
        centre = f"{community[:9]}.command_centre"
        rows.append(unit("community_station", community, centre, DESK))
        rows.append(unit("residents_or_village_committee", community, centre, HANDLER))
    return rows


def matter(code: str, lead: str, **changes: object) -> Matter:
    """A matter with sound defaults."""
    values: dict[str, object] = {
        "code": code, "version": 1, "platform": "EE", "domain": "city_event", "name_zh": code, "name_en": code,
        "case_kinds": ("report",), "normal_level": AreaKind.GRID, "lead_unit_type": lead, "co_unit_types": (),
        "urgency": Urgency.STANDARD, "accept_limit": Limit.parse("1wd"), "handle_limit": Limit.parse("5wd"),
        "limit_source": "project_default",
    }  # fmt: skip
    return Matter(**(values | changes))  # type: ignore[arg-type]


MATTERS = {
    m.code: m
    for m in (
        matter("CM-006", "sanitation_office", handle_limit=Limit.parse("4wh"), accept_limit=Limit.parse("1wh")),
        matter("EE-009", "town_enforcement_team", co_unit_types=("market_regulation",), normal_level=AreaKind.TOWN),
        matter("EE-005", "market_regulation", normal_level=AreaKind.DISTRICT, handle_limit=Limit.parse("45wd")),
        matter("PL-001", "city_management", guards=frozenset({Guard.COMPLAINT}), normal_level=AreaKind.TOWN),
        matter("PL-007", "command_centre", normal_level=AreaKind.TOWN, urgency=Urgency.URGENT),
        matter("SL-007", "health_commission", sensitivity="sensitive", urgency=Urgency.EMERGENCY),
        matter("XX-001", "facility_owner"),
    )
}

LIMITS = {
    "intake": "4wh", "intake_urgent": "1h", "dispatch": "4wh", "dispatch_urgent": "1h", "acknowledge": "1wd",
    "ruling": "2wd", "handle": "5wd", "conference": "5wd", "verify": "2wd", "reply": "1wd", "follow_up": "5wd",
    "review": "30d",
}  # fmt: skip


def calendar() -> WorkCalendar:
    """Plain weeks, 09:00 to 12:00 and 14:00 to 18:00, one holiday."""
    return WorkCalendar(
        name="test",
        tz=ZoneInfo("Asia/Shanghai"),
        hours=((540, 720), (840, 1080)),
        weekdays=frozenset(range(5)),
        holidays={date(2026, 12, 31): "Holiday"},
        makeup_workdays={},
        first=date(2026, 1, 1),
        last=date(2027, 12, 31),
    )


def document(name: str = "standard") -> dict[str, Any]:
    """A shipped procedure as it stands in its file: a fresh copy that a test may edit."""
    found: dict[str, Any] = yaml.safe_load((PROCEDURES / f"{name}.yaml").read_text("utf-8"))
    return found


@cache
def procedure(name: str = "standard") -> Procedure:
    """A shipped procedure, read once: it is frozen."""
    return load(document(name))


def policy(area_units: Territory | None = None, **changes: object) -> Policy:
    """The whole rule set of the small district."""
    procedures = {(p.name, p.version): p for p in (procedure("standard"), procedure("part"))}
    values: dict[str, object] = {
        "version": "1.1", "territory": area_units or territory(1, areas(), units()),
        "matters": MappingProxyType(MATTERS), "procedures": MappingProxyType(procedures), "calendar": calendar(),
        "limits": {name: Limit.parse(text) for name, text in LIMITS.items()},
        "settings": {"reopen_window_days": 30, "pause_max_days": 30},
        "fallback_types": {"facility_owner": "city_management"},
    }  # fmt: skip
    return Policy(**(values | changes))  # type: ignore[arg-type]


def person(name: str, *unit_ids: str, rules: Policy) -> Actor:
    """Somebody who holds a post in each of the units, with all the functions of the unit."""
    posts = tuple(
        PostHeld(
            f"{unit_id}.post", unit_id, rules.territory.units[unit_id].area, rules.territory.units[unit_id].functions
        )
        for unit_id in unit_ids
    )
    return Actor(ActorKind.PERSON, name, posts)


def reporter(case: str) -> Actor:
    """The reporter of a case."""
    return Actor(ActorKind.REPORTER, f"reporter-of-{case}", case=case)


def later(start: datetime, **span: float) -> datetime:
    """A moment after ``start``."""
    return start + timedelta(**span)


EMPTY: Mapping[str, str] = {}
