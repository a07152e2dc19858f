"""Every read of cases. ``visible_to`` comes first: a list is always scoped by who asks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from linli.cases import rows
from linli.cases.answers import Wording
from linli.cases.models import Case, StandardAnswer, WakeFault
from linli.core.access import AREA_READERS, may_read
from linli.core.actor import Actor, ActorKind
from linli.core.case.state import CaseState
from linli.core.searching import month_token, query_terms
from linli.core.similar import Candidate


@dataclass(frozen=True, slots=True)
class Loaded:
    """A case as it was read: its state and the hash of its last entry."""

    state: CaseState
    hash: bytes
    title_item: str | None = None


def visible_to(actor: Actor, district: str) -> QuerySet[Case]:
    """Cases that the actor may see: the same rule as :func:`linli.core.access.may_read`, in SQL."""
    cases = Case.objects.filter(district_id=district)
    if actor.kind is ActorKind.REPORTER:
        return cases.filter(id=actor.case) if actor.case else cases.none()
    if actor.kind is not ActorKind.PERSON:
        return cases if actor.kind is ActorKind.CLOCK else cases.none()
    works = sorted(actor.working_units)
    if not works:
        return cases.none()
    areas = sorted(reading_areas(actor))
    inside = (
        Q(district_id__in=areas) | Q(town_id__in=areas) | Q(community_id__in=areas) | Q(grid_id__in=areas)
    ) & Q(sensitive=False)  # fmt: skip
    seen = Q(involved__overlap=works) | inside if areas else Q(involved__overlap=works)
    return cases.filter(seen).exclude(recused__overlap=sorted(actor.units))


def reading_areas(actor: Actor) -> frozenset[str]:
    """Areas whose cases the actor's posts read as a whole."""
    return frozenset(post.area for post in actor.posts if post.functions & AREA_READERS)


@dataclass(frozen=True, slots=True)
class Sighting:
    """To whom a case is open: what the rule of ``may_read`` looks at, and nothing of what the case is about."""

    case: str
    district: str
    areas: frozenset[str]
    involved: frozenset[str]
    recused: frozenset[str]
    sensitive: bool


def sightings(district: str, cases: Sequence[str]) -> list[Sighting]:
    """To whom the given cases are open now, unscoped: for the live updates, which judge for many at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text, town_id, community_id, grid_id, involved, recused, sensitive FROM cases_case "
            "WHERE district_id = %s AND id = ANY(%s::uuid[])",
            [district, list(cases)],
        )
        return [
            Sighting(
                case, district, frozenset({district, *areas} - {""}), frozenset(involved), frozenset(recused), hide
            )
            for case, *areas, involved, recused, hide in cursor.fetchall()
        ]


def load(district: str, cases: Sequence[str]) -> Mapping[str, Loaded]:
    """States by case id, unscoped: for actions, which check the actor themselves. Unknown ids are missing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text, state, hash, title_item::text FROM cases_case "
            "WHERE district_id = %s AND id = ANY(%s::uuid[])",
            [district, list(cases)],
        )
        return {case: Loaded(rows.decode(state), bytes(hash_), item) for case, state, hash_, item in cursor.fetchall()}


def case_for(actor: Actor, district: str, case: str) -> Loaded | None:
    """One case, or None when it is missing or hidden from the actor: the caller can't tell which."""
    found = load(district, [case]).get(case)
    return found if found is not None and may_read(actor, found.state) else None


def by_number(district: str, number: str) -> Loaded | None:
    """The case of that number (as stored, see ``core.numbers.normalised``), unscoped."""
    found = Case.objects.filter(district_id=district, number=number).values_list("id", flat=True).first()
    return load(district, [str(found)]).get(str(found)) if found else None


def own_keys(actor: Actor, scope: str) -> list[str]:
    """What a work list of that scope shows by default: the actor's units, or the areas that their posts read."""
    if scope == "owner":
        return sorted(actor.working_units)
    length = {"district": 6, "town": 9, "community": 12}[scope]
    return sorted(area for area in reading_areas(actor) if len(area) == length)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a work list."""

    id: str
    number: str
    step: str
    matter: str
    urgency: str
    owner: str
    community: str
    town: str
    due: datetime | None
    opened_at: datetime
    title_item: str | None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a work list is narrowed to besides scope and step; empty means everything."""

    urgencies: tuple[str, ...] = ()
    matters: tuple[str, ...] = ()
    due_by: datetime | None = None

    @property
    def condition(self) -> str:
        """The condition in SQL, with a place for each of :attr:`values`."""
        parts = (
            "AND urgency = ANY(%s)" if self.urgencies else "",
            "AND matter = ANY(%s)" if self.matters else "",
            "AND due <= %s" if self.due_by else "",
        )
        return " ".join(filter(None, parts))

    @property
    def values(self) -> list[Any]:
        """The values of :attr:`condition`, in their order."""
        lists: list[Any] = [list(values) for values in (self.urgencies, self.matters) if values]
        return [*lists, *([self.due_by] if self.due_by else [])]


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True)
class Page:
    """Lines in the order due, id; ``after`` is the cursor of the next page, None at the end."""

    lines: tuple[Line, ...]
    after: tuple[datetime, str] | None


_VISIBLE = (
    "(involved && %s::varchar[] OR (NOT sensitive AND (district_id = ANY(%s) OR town_id = ANY(%s) "
    "OR community_id = ANY(%s) OR grid_id = ANY(%s)))) AND NOT recused && %s::varchar[]"
)
"""``visible_to`` once more, for the statement that walks the indexes; a property test holds the two together."""


def inside(district: str, scope: str, key: str) -> tuple[str, list[Any]]:
    """The condition of a case's row lying in an area, with its values; it says nothing of who may see the case."""
    return f"district_id = %s AND {_SCOPES[scope]} = %s", [district, key]


def within(actor: Actor, district: str, scope: str, key: str) -> tuple[str, list[Any]]:
    """The condition of a case's row lying in an area and being open to the actor, with its values."""
    condition, values = inside(district, scope, key)
    return f"{condition} AND {_VISIBLE}", [*values, *_visible_values(actor)]


LINE = "id::text, number, step, matter, urgency, owner, community_id, town_id, due, opened_at, title_item::text"
"""Columns of a :class:`Line`, in their order."""
_SCOPES = {"owner": "owner", "community": "community_id", "town": "town_id", "district": "district_id"}


def work_list(
    actor: Actor,
    district: str,
    *,
    scope: str,
    keys: Sequence[str],
    steps: Sequence[str],
    narrowed: Narrowed = EVERYTHING,
    after: tuple[datetime, str] | None = None,
    size: int = 50,
) -> Page:
    """Open cases of a scope, due soonest first, a page at a time.

    ``scope`` is ``owner`` (keys are unit ids), ``community``, ``town`` or ``district`` (keys are area codes). Every
    (key, step) is one walk down the same index, and the walks are merged; so a page costs the same at any depth and
    for every role. Cases that the actor may not see are left out.
    """
    if not keys or not steps:
        return Page((), None)
    walk = (
        f"SELECT {LINE}, id AS i FROM cases_case WHERE district_id = %s AND {_SCOPES[scope]} = k.key "
        f"AND step = s.step AND ended_at IS NULL{' AND (due, id) > (%s, %s::uuid)' if after else ''} "
        f"{narrowed.condition} AND {_VISIBLE} "
        "ORDER BY cases_case.due, cases_case.id LIMIT %s"
    )
    walked: list[Any] = [list(keys), list(steps), district, *(after or ())]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.* FROM unnest(%s::varchar[]) AS k(key), unnest(%s::varchar[]) AS s(step), "
            f"LATERAL ({walk}) AS l ORDER BY l.due, l.i LIMIT %s",
            [*walked, *narrowed.values, *_visible_values(actor), size + 1, size + 1],
        )
        found = [Line(*row[:11]) for row in cursor.fetchall()]
    lines = tuple(found[:size])
    last = lines[-1] if len(found) > size else None
    return Page(lines, (last.due, last.id) if last and last.due else None)


MONTHS_APART = 2
"""How many months a search asks one by one, newest first, before it asks for everything at once.

A word with fewer than a page of cases in two months is rare enough to be asked for without a month.
"""


def search(
    actor: Actor,
    district: str,
    text: str,
    *,
    before: tuple[datetime, str] | None = None,
    size: int = 50,
    now: datetime | None = None,
) -> list[Line]:
    """Cases whose working text holds every bigram of ``text``, newest first, within what the actor may see.

    A word of every day stands in a tenth of all cases: so the newest months are asked first. ``now`` is where the
    months begin; by default the present.
    """
    terms = query_terms(text)
    if not terms:
        return []
    newest = before[0] if before else now or timezone.now()
    ids = _matching(_Asked(district, tuple(terms), tuple(_search_scopes(actor, district)), before), newest, size)
    return sorted(lines(actor, district, ids), key=lambda line: (line.opened_at, line.id), reverse=True)[:size]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A search: terms of which a case has all, scopes of which it has one, and where the page before ended."""

    district: str
    terms: tuple[str, ...]
    scopes: tuple[str, ...]
    before: tuple[datetime, str] | None


def _search_scopes(actor: Actor, district: str) -> Iterator[str]:
    areas = reading_areas(actor)
    if district in areas:
        yield f"d:{district}"
        return
    for area in sorted(areas):
        yield f"{'t' if len(area) <= 9 else 'c'}:{area}"
    for unit in sorted(actor.working_units):
        yield f"u:{unit}"


def _matching(asked: _Asked, newest: datetime, size: int) -> list[str]:
    """The newest cases that were asked for, at most ``size``."""
    month, found = newest.astimezone(UTC), dict[str, None]()
    for _ in range(MONTHS_APART):
        found |= dict.fromkeys(_with_terms(asked, (month_token(month),), size - len(found)))
        if len(found) >= size:
            return list(found)
        month = month.replace(day=1) - timedelta(days=1)
    return list(found | dict.fromkeys(_with_terms(asked, (), size)))


def _with_terms(asked: _Asked, more: tuple[str, ...], limit: int) -> list[str]:
    if not asked.scopes:
        return []
    only = asked.scopes if len(asked.scopes) == 1 else ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT case_id::text FROM cases_searchentry AS e WHERE district_id = %s AND terms @> %s::text[]"
            f"{'' if only else ' AND terms && %s::text[]'}"
            f"{' AND (opened_at, case_id) < (%s, %s::uuid)' if asked.before else ''} "
            "ORDER BY e.opened_at DESC, e.case_id DESC LIMIT %s",
            [
                asked.district,
                [*asked.terms, *more, *only],
                *([] if only else [list(asked.scopes)]),
                *(asked.before or ()),
                limit,
            ],
        )
        return [case for (case,) in cursor.fetchall()]


def _visible_values(actor: Actor) -> list[list[str]]:
    works, areas = sorted(actor.working_units), sorted(reading_areas(actor))
    return [works, areas, areas, areas, areas, sorted(actor.units)]


def lines(actor: Actor, district: str, cases: Sequence[str]) -> list[Line]:
    """Lines of the given cases that the actor may see."""
    if not cases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {LINE} FROM cases_case WHERE district_id = %s AND id = ANY(%s::uuid[]) AND {_VISIBLE}",
            [district, list(cases), *_visible_values(actor)],
        )
        return [Line(*row) for row in cursor.fetchall()]


MOST_ALIKE = 200
"""How many open cases of a community and its matter are compared with a new text, newest first."""

_OFFERABLE = (
    "district_id = %s AND ended_at IS NULL AND parent_id IS NULL AND NOT sensitive AND recused = '{}' AND matter <> ''"
)
"""What may be offered to somebody else at all: a desk has settled the matter, it is not a sensitive one, nobody is
complained about."""


def open_alike(district: str, community: str, matters: Iterable[str]) -> list[Candidate]:
    """Open cases of a community and of these matters that may be offered to whoever reports the same.

    Asked for residents, so no actor narrows it; it gives nothing that is anybody's: see :mod:`linli.core.similar`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text, matter, opened_at, (SELECT terms FROM cases_searchentry AS e WHERE e.case_id = c.id) "
            f"FROM cases_case AS c WHERE {_OFFERABLE} AND community_id = %s AND matter = ANY(%s) "
            "ORDER BY opened_at DESC, id DESC LIMIT %s",
            [district, community, sorted(matters), MOST_ALIKE],
        )
        return [Candidate(case, matter, at, frozenset(terms or ())) for case, matter, at, terms in cursor.fetchall()]


def open_near(actor: Actor, district: str, *, scope: str, key: str, but: str) -> list[Candidate]:
    """Open cases of a community or town that the actor may see, newest first, to compare one with the others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text, matter, opened_at, (SELECT terms FROM cases_searchentry AS e WHERE e.case_id = c.id) "
            f"FROM cases_case AS c WHERE district_id = %s AND {_SCOPES[scope]} = %s AND ended_at IS NULL "
            f"AND parent_id IS NULL AND id <> %s::uuid AND {_VISIBLE} ORDER BY opened_at DESC, id DESC LIMIT %s",
            [district, key, but, *_visible_values(actor), MOST_ALIKE],
        )
        return [Candidate(case, matter, at, frozenset(terms or ())) for case, matter, at, terms in cursor.fetchall()]


def offerable_matter(district: str, case: str) -> str | None:
    """The matter of a case that somebody else may still name as the same trouble; None where they may not."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT matter FROM cases_case WHERE {_OFFERABLE} AND id = %s::uuid", [district, case])
        found = cursor.fetchone()
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A case to which a note calls a unit; ``units`` are those of the actor's that it names."""

    line: Line
    units: tuple[str, ...]
    at: datetime


def mentions(actor: Actor, district: str, *, size: int = 100) -> list[Mentioned]:
    """Open cases to which notes call the actor's units and that wait for an answer, last called first.

    A case that the actor may not see any more is left out: the complaint may have turned out to be about the unit.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.case_id::text, m.unit_id, m.at FROM cases_mention AS m WHERE m.district_id = %s "
            "AND m.unit_id = ANY(%s::varchar[]) AND m.done_at IS NULL AND EXISTS (SELECT 1 FROM cases_case AS c "
            "WHERE c.district_id = m.district_id AND c.id = m.case_id AND c.ended_at IS NULL) "
            "ORDER BY m.at DESC, m.id DESC LIMIT %s",
            [district, sorted(actor.working_units), size],
        )
        found: dict[str, list[tuple[str, datetime]]] = {}
        for case, unit, at in cursor.fetchall():
            found.setdefault(case, []).append((unit, at))
    seen = {line.id: line for line in lines(actor, district, list(found))}
    return [
        Mentioned(seen[case], tuple(sorted(unit for unit, _at in calls)), calls[0][1])
        for case, calls in found.items()
        if case in seen
    ]


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A standard answer with its id."""

    id: str
    wording: Wording


def answers_of(district: str) -> list[KnownAnswer]:
    """Standard answers of a district and all its units, by action and field."""
    rows = StandardAnswer.objects.filter(district_id=district, removed_at__isnull=True)
    return [_answer(row) for row in rows.order_by("action", "field", "unit_id", "title_zh", "id")]


def answers_for(actor: Actor, district: str, action: str, *, matter: str, domain: str) -> list[KnownAnswer]:
    """Standard answers for the fields of an action on a case of that matter: the actor's units' own, then all's."""
    rows = StandardAnswer.objects.filter(
        district_id=district, action=action, removed_at__isnull=True, unit_id__in=["", *sorted(actor.working_units)],
        matter__in=["", matter], domain__in=["", domain],
    )  # fmt: skip
    return [_answer(row) for row in rows.order_by("-unit_id", "-matter", "-domain", "title_zh", "id")]


def answer_codes(district: str) -> set[str]:
    """Codes of the package's standard answers that a district has or had."""
    return set(StandardAnswer.objects.filter(district_id=district).exclude(code="").values_list("code", flat=True))


def _answer(row: StandardAnswer) -> KnownAnswer:
    wording = Wording(
        action=row.action, field=row.field, title_zh=row.title_zh, title_en=row.title_en, text_zh=row.text_zh,
        text_en=row.text_en, unit=row.unit_id, matter=row.matter, domain=row.domain, code=row.code,
    )  # fmt: skip
    return KnownAnswer(str(row.id), wording)


def due_cases(district: str, now: datetime, limit: int) -> list[str]:
    """Ids of open cases whose wake-up has come, oldest first; cases on the fault list wait for their retry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id::text FROM cases_case c LEFT JOIN cases_wakefault f ON f.case_id = c.id "
            "WHERE c.district_id = %s AND c.next_wake <= %s AND c.ended_at IS NULL "
            "AND (f.retry_at IS NULL OR f.retry_at <= %s) ORDER BY c.next_wake, c.id LIMIT %s",
            [district, now, now, limit],
        )
        return [case for (case,) in cursor.fetchall()]


def open_ids(district: str, after: str, size: int) -> list[str]:
    """Ids of open cases in their order, those after the given one; an empty text begins."""
    rows_ = Case.objects.filter(district_id=district, ended_at=None).order_by("id")
    if after:
        rows_ = rows_.filter(id__gt=after)
    return [str(case) for case in rows_.values_list("id", flat=True)[:size]]


def due_since(district: str, now: datetime) -> datetime | None:
    """Since when the clock's oldest act is due that is not on the fault list; None when it is up to date."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.next_wake FROM cases_case c LEFT JOIN cases_wakefault f ON f.case_id = c.id "
            "WHERE c.district_id = %s AND c.next_wake <= %s AND c.ended_at IS NULL AND f.case_id IS NULL "
            "ORDER BY c.next_wake LIMIT 1",
            [district, now],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def numbers(district: str, cases: Sequence[str]) -> dict[str, str]:
    """Numbers of cases by id, unscoped: a number alone says nothing of a case."""
    rows = Case.objects.filter(district_id=district, id__in=cases).values_list("id", "number")
    return {str(case): number for case, number in rows}


def faults(district: str) -> list[WakeFault]:
    """Cases whose clock act failed and is still owed, the longest waiting first.

    What a person did about a case in between has moved its wake-up, and the fault is over.
    """
    owed = Case.objects.filter(id=OuterRef("case_id"), ended_at=None, next_wake__lte=OuterRef("retry_at"))
    return list(WakeFault.objects.filter(Exists(owed), district_id=district).order_by("first_at"))


def parts_of(district: str, case: str) -> list[CaseState]:
    """States of the parts of a case, oldest first."""
    found = Case.objects.filter(district_id=district, parent_id=case).order_by("opened_at", "id")
    return [rows.decode(state) for state in found.values_list("state", flat=True)]


def open_counts(actor: Actor, district: str, units: Iterable[str]) -> Mapping[str, int]:
    """Open cases by step that the actor's units own now."""
    mine = sorted(set(units) & actor.working_units)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT step, count(*) FROM cases_case WHERE district_id = %s AND owner = ANY(%s) AND ended_at IS NULL "
            "GROUP BY step",
            [district, mine],
        )
        return dict(cursor.fetchall())


def open_at(district: str, unit: str) -> int:
    """How many open cases are a unit's: at it now, or led by it, so that they come back to it. A number only."""
    mine = Case.objects.filter(district_id=district, ended_at=None)
    return mine.filter(Q(owner=unit) | Q(lead=unit)).count()


def all_states(district: str | None, chunk: int = 2000) -> Iterator[tuple[Case, CaseState | None]]:
    """Every row with its decoded state in the order of district and id, read in pages along the key.

    The state is None where it cannot be decoded.
    """
    cases = Case.objects.all() if district is None else Case.objects.filter(district_id=district)
    cases = cases.order_by("district_id", "id")
    page = list(cases[:chunk])
    while page:
        for row in page:
            try:
                state = rows.decode(row.state)
            except (msgspec.MsgspecError, ValueError):
                state = None
            yield row, state
        last = page[-1]
        beyond = Q(district_id__gt=last.district_id) | Q(district_id=last.district_id, id__gt=last.id)
        page = list(cases.filter(beyond)[:chunk])
