"""The directory as those read it who keep it: everything of a unit, closed ones too, within what they administer."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from linli.core.actor import Actor
from linli.core.administering import administered, may_administer
from linli.core.territory import Function
from linli.directory.models import Absence, Holding, Post, Unit


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """A unit with all that can be changed of it; ``revision`` is what it must still be when a change comes in."""

    id: str
    type: str
    area: str
    parent: str | None
    name_zh: str
    name_en: str
    functions: frozenset[Function]
    phone: str
    hours: str
    company: bool
    invented: bool
    active: bool
    revision: str


@dataclass(frozen=True, slots=True)
class KeptPost:
    """A post, closed ones too."""

    id: str
    unit: str
    title_zh: str
    title_en: str
    functions: frozenset[Function]
    deputy: str | None
    invented: bool
    active: bool
    revision: str


@dataclass(frozen=True, slots=True)
class KeptHolding:
    """Who holds, held or will hold a post."""

    id: str
    person: str
    post: str
    since: datetime
    until: datetime | None

    def is_now(self, now: datetime) -> bool:
        """Whether the post is held at the moment."""
        return self.since <= now and (self.until is None or self.until > now)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class KeptAbsence:
    """When a person is away."""

    id: str
    person: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of units is narrowed to; empty means everything."""

    area: str = ""
    type: str = ""
    words: str = ""
    invented: bool = False
    closed: bool = False


def revision(row: Unit | Post) -> str:
    """A short digest of everything in the row: the same for as long as nobody changed it."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return hashlib.sha256(json.dumps(values, default=str, sort_keys=True).encode()).hexdigest()[:16]


def kept_units(actor: Actor, district: str, wanted: Wanted) -> list[KeptUnit]:
    """Units that the actor administers, by area and name."""
    rows = _mine(actor, Unit.objects.filter(district_code=district, active=not wanted.closed))
    rows = rows.filter(area_code__startswith=wanted.area)
    if wanted.type:
        rows = rows.filter(type=wanted.type)
    if wanted.invented:
        rows = rows.filter(invented=True)
    for word in wanted.words.split():
        rows = rows.filter(Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(phone__icontains=word))
    return [_unit(row) for row in rows.order_by("area_code", "name_zh", "id")]


def kept_unit(actor: Actor, district: str, unit: str) -> KeptUnit | None:
    """One unit; None when it is missing or not the actor's to keep."""
    row = Unit.objects.filter(district_code=district, id=unit).first()
    return _unit(row) if row is not None and may_administer(actor, row.area_code) else None


def kept_posts(district: str, units: Collection[str], *, closed: bool = False) -> list[KeptPost]:
    """Posts of units that were read before."""
    rows = Post.objects.filter(district_code=district, unit_id__in=list(units))
    if not closed:
        rows = rows.filter(active=True)
    return [_post(row) for row in rows.order_by("unit_id", "id")]


def kept_post(actor: Actor, district: str, post: str) -> KeptPost | None:
    """One post; None when it is missing or not the actor's to keep."""
    row = Post.objects.filter(district_code=district, id=post).first()
    return _post(row) if row is not None and kept_unit(actor, district, row.unit_id) is not None else None


def holdings_of_posts(district: str, posts: Collection[str]) -> list[KeptHolding]:
    """Who holds, held and will hold these posts, the newest first."""
    rows = Holding.objects.filter(district_code=district, post_id__in=list(posts))
    return [_holding(row) for row in rows.order_by("-held_from", "user_id")]


def holdings_of_people(district: str, people: Collection[str]) -> list[KeptHolding]:
    """What these people hold, held and will hold, the newest first."""
    rows = Holding.objects.filter(district_code=district, user_id__in=list(people))
    return [_holding(row) for row in rows.order_by("-held_from", "post_id")]


def holding_areas(district: str, holdings: Iterable[Holding | KeptHolding]) -> Mapping[str, str]:
    """The area that each post among the holdings serves, by post."""
    wanted = {each.post_id if isinstance(each, Holding) else each.post for each in holdings}
    posts = dict(Post.objects.filter(district_code=district, id__in=wanted).values_list("id", "unit_id"))
    areas = dict(Unit.objects.filter(id__in=set(posts.values())).values_list("id", "area_code"))
    return {post: areas[unit] for post, unit in posts.items() if unit in areas}


def people_kept(actor: Actor, district: str, now: datetime) -> dict[str, list[KeptHolding]]:
    """People who hold or will hold a post that the actor administers, by id, with these holdings."""
    units = _mine(actor, Unit.objects.filter(district_code=district)).values("id")
    posts = Post.objects.filter(district_code=district, unit_id__in=units).values("id")
    rows = Holding.objects.filter(Q(held_until=None) | Q(held_until__gt=now), district_code=district)
    found: dict[str, list[KeptHolding]] = {}
    for row in rows.filter(post_id__in=posts).order_by("post_id", "held_from"):
        found.setdefault(row.user_id, []).append(_holding(row))
    return found


def areas_of_person(person: str, now: datetime) -> tuple[str, ...]:
    """Areas of the posts that a person holds or will hold, in any district; of all posts held before, where none is.

    What :func:`linli.core.administering.may_manage` asks for: an account opens every post, wherever it is.
    """
    rows = list(Holding.objects.filter(user_id=person))
    present = [row for row in rows if row.held_until is None or row.held_until > now] or rows
    areas: set[str] = set()
    for code in {row.district_code for row in present}:
        areas |= set(holding_areas(code, [row for row in present if row.district_code == code]).values())
    return tuple(sorted(areas))


def is_known_to(actor: Actor, district: str, person: str) -> bool:
    """Whether a person holds, held or will hold a post that the actor administers."""
    areas = holding_areas(district, holdings_of_people(district, [person]))
    return any(may_administer(actor, area) for area in areas.values())


def absences(district: str, people: Collection[str], since: datetime) -> list[KeptAbsence]:
    """When these people are away, as far as it is not over at ``since``."""
    rows = Absence.objects.filter(district_code=district, user_id__in=list(people), away_until__gt=since)
    return [KeptAbsence(str(r.id), r.user_id, r.away_from, r.away_until) for r in rows.order_by("away_from", "id")]


def superiors(district: str) -> Mapping[str, str | None]:
    """The superior of every unit of a district, closed ones too."""
    return dict(Unit.objects.filter(district_code=district).values_list("id", "parent_id"))


def _mine(actor: Actor, rows: "QuerySet[Unit]") -> "QuerySet[Unit]":
    areas: Sequence[str] = administered(actor)
    if not areas:
        return rows.none()
    inside = Q(area_code__startswith=areas[0])
    for area in areas[1:]:
        inside |= Q(area_code__startswith=area)
    return rows.filter(inside)


def _unit(row: Unit) -> KeptUnit:
    return KeptUnit(
        row.id, row.type, row.area_code, row.parent_id, row.name_zh, row.name_en, _functions(row.functions), row.phone,
        row.hours, row.company, row.invented, row.active, revision(row),
    )  # fmt: skip


def _post(row: Post) -> KeptPost:
    return KeptPost(
        row.id, row.unit_id, row.title_zh, row.title_en, _functions(row.functions), row.deputy_id, row.invented,
        row.active, revision(row),
    )  # fmt: skip


def _holding(row: Holding) -> KeptHolding:
    return KeptHolding(str(row.id), row.user_id, row.post_id, row.held_from, row.held_until)


def _functions(names: Iterable[str]) -> frozenset[Function]:
    return frozenset(map(Function, names))
