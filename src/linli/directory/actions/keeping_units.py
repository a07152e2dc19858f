"""Administrators keep units: change one, set one up from the template, close it, open it again."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import transaction

from linli.core.administering import may_administer, may_give
from linli.core.errors import Refusal
from linli.core.territory import AreaKind, Function
from linli.directory.actions.keeping import note, require_names, unit_of
from linli.directory.actions.units import write_posts
from linli.directory.actions.versions import grow
from linli.directory.models import Area, Holding, Post, Unit
from linli.directory.queries.keeping import superiors
from linli.directory.template import planned_posts, standard
from linli.directory.unit_rows import is_mobile
from linli.ledger.recording import By

_SLUG = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What can be written of a unit. ``parent`` is the unit it reports to."""

    name_zh: str
    name_en: str
    phone: str
    hours: str
    functions: frozenset[Function]
    parent: str | None


@transaction.atomic
def change_unit(by: By, unit: str, facts: UnitFacts, *, seen: str) -> None:
    """Writes a unit's facts; what was written is confirmed, so the unit is no longer marked as invented.

    Lock: the district's row, whose version grows.

    Raises:
        Refusal: ``unit_unknown``, ``changed_meanwhile``, ``person_mobile``, ``function_not_yours``,
            ``function_needs_post`` (no post of the unit has a function), ``superior_unknown``, ``superior_circle``,
            or what :func:`require_names` refuses.
    """
    grow([by.district])
    row = unit_of(by, unit, seen=seen)
    _require_sound(by, row.id, row.area_code, facts, before=frozenset(map(Function, row.functions)), now=row.parent_id)
    _require_posts(row, facts.functions)
    changed = [name for name, value in _columns(facts).items() if getattr(row, name) != value]
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    row.invented = False
    row.save()
    note(by, "unit.changed", unit=unit, changed=sorted(changed))


@transaction.atomic
def set_up_unit(by: By, kind: str, area: str, facts: UnitFacts) -> str:
    """Sets up a unit of a type for an area, with the posts that the template gives it; gives its id.

    Lock: the district's row, whose version grows.

    Raises:
        Refusal: ``area_unknown``, ``type_unknown`` (no slug, or another name of a type), ``type_elsewhere``
            (the area is wider than units of the type serve), and as :func:`change_unit`.
    """
    grow([by.district])
    template = standard()
    known = {each.type: each for each in template.units}.get(kind)
    if not _SLUG.fullmatch(kind) or kind in template.fallbacks:
        raise Refusal("type_unknown", {"type": kind})
    if not may_administer(by.actor, area) or not Area.objects.filter(code=area, placeholder=False).exists():
        raise Refusal("area_unknown")
    level = min((each.level for each in template.units if each.type == kind), key=lambda k: k.depth, default=None)
    wider = [each.value for each in AreaKind if level is not None and each.depth < level.depth]
    if level is not None and Area.objects.filter(code=area, kind__in=wider).exists():
        raise Refusal("type_elsewhere", {"type": kind, "level": level.value})
    unit = _free_id(area, kind)
    posts = list(planned_posts(template, unit, known.posts if known else None))
    functions = frozenset[Function]().union(*(post.functions for post in posts))
    facts = UnitFacts(facts.name_zh, facts.name_en, facts.phone, facts.hours, functions, facts.parent)
    _require_sound(by, unit, area, facts, before=frozenset(), now=None)
    Unit.objects.create(
        id=unit, district_code=by.district, type=kind, area_code=area, company=bool(known and known.company),
        **_columns(facts),
    )  # fmt: skip
    write_posts(by.district, posts)
    Post.objects.filter(unit_id=unit).update(invented=False)
    note(by, "unit.set_up", unit=unit, posts=[post.id for post in posts])
    return unit


@transaction.atomic
def close_unit(by: By, unit: str, *, seen: str, still_owns: Callable[[str], int]) -> int:
    """Takes a unit out of routing and ends who holds its posts; gives how many. It can be opened again.

    Args:
        by: who closes it.
        unit: which.
        seen: its revision as it was shown.
        still_owns: how many open cases are the unit's, asked under the lock: a unit with cases is not closed.

    Lock: the district's row, whose version grows.

    Raises:
        Refusal: ``unit_unknown``, ``changed_meanwhile``, ``unit_closed``, ``own_unit`` (the actor's own),
            ``unit_owns_cases`` with how many.
    """
    grow([by.district])
    row = unit_of(by, unit, seen=seen)
    if not row.active:
        raise Refusal("unit_closed")
    if unit in by.actor.units:
        raise Refusal("own_unit")
    owned = still_owns(unit)
    if owned:
        raise Refusal("unit_owns_cases", {"number": owned})
    row.active = False
    row.save(update_fields=["active"])
    posts = Post.objects.filter(district_code=by.district, unit_id=unit).values("id")
    held = Holding.objects.filter(district_code=by.district, post_id__in=posts)
    ended = held.filter(held_from__lte=by.now, held_until=None).update(held_until=by.now)
    ended += held.filter(held_from__lte=by.now, held_until__gt=by.now).update(held_until=by.now)
    future = list(held.filter(held_from__gt=by.now))
    for holding in future:  # it never began, and a row is ended, not deleted
        holding.held_until = holding.held_from
    Holding.objects.bulk_update(future, ["held_until"])
    note(by, "unit.closed", unit=unit, ended=ended + len(future))
    return ended + len(future)


@transaction.atomic
def open_unit(by: By, unit: str, *, seen: str) -> None:
    """Takes a closed unit into routing again; its posts are vacant. Lock: the district's row, whose version grows.

    Raises:
        Refusal: ``unit_unknown``, ``changed_meanwhile`` or ``unit_open``.
    """
    grow([by.district])
    row = unit_of(by, unit, seen=seen)
    if row.active:
        raise Refusal("unit_open")
    row.active = True
    row.save(update_fields=["active"])
    note(by, "unit.opened", unit=unit)


def _columns(facts: UnitFacts) -> dict[str, str | list[str] | None]:
    return {
        "name_zh": facts.name_zh,
        "name_en": facts.name_en or facts.name_zh,
        "phone": facts.phone,
        "hours": facts.hours,
        "functions": sorted(facts.functions),
        "parent_id": facts.parent,
    }


def _require_sound(
    by: By, unit: str, area: str, facts: UnitFacts, *, before: frozenset[Function], now: str | None
) -> None:
    if is_mobile(facts.phone):
        raise Refusal("person_mobile")
    require_names(name_zh=facts.name_zh, name_en=facts.name_en or facts.name_zh)
    if not may_give(by.actor, area, facts.functions ^ before):
        raise Refusal("function_not_yours")
    parents = superiors(by.district)
    if facts.parent is not None and facts.parent != now and facts.parent not in parents:
        raise Refusal("superior_unknown")
    if _in_circle(unit, facts.parent, parents):
        raise Refusal("superior_circle")


def _in_circle(unit: str, parent: str | None, parents: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    while parent is not None and parent not in seen:
        if parent == unit:
            return True
        seen.add(parent)
        parent = parents.get(parent)
    return False


def _require_posts(row: Unit, functions: frozenset[Function]) -> None:
    posts = Post.objects.filter(district_code=row.district_code, unit_id=row.id, active=True)
    held = {Function(name) for names in posts.values_list("functions", flat=True) for name in names}
    missing = sorted(functions - held)
    if missing:
        raise Refusal("function_needs_post", {"functions": tuple(missing)})


def _free_id(area: str, kind: str) -> str:
    taken = set(Unit.objects.filter(area_code=area, type=kind).values_list("id", flat=True))
    first = f"{area}.{kind}"
    return first if first not in taken else next(i for n in range(2, 100) if (i := f"{first}.{n}") not in taken)
