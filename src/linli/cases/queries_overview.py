"""What whoever supervises an area looks at: cases past their date, and what was reported more often than before.

A number and the list behind it are made of the same condition, so they never differ. Whole cases only, and only those
that the actor may see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from linli.cases.queries import Line, load, work_list
from linli.cases.queries_counts import BELOW, Asked
from linli.core.actor import CLOCK
from linli.core.case.state import CaseState
from linli.core.privacy import SMALLEST_CELL
from linli.ledger import queries as ledger

STREAM = "case"
WEEK = timedelta(days=7)
WEEKS_BEFORE = 4
"""A week is compared with the one before it, and with the mean of so many before it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; None means any, and an empty text that it is not known."""

    town: str | None = None
    community: str | None = None
    owner: str | None = None
    matter: str | None = None

    @property
    def _parts(self) -> list[tuple[str, str]]:
        parts = (
            ("town_id", self.town),
            ("community_id", self.community),
            ("owner", self.owner),
            ("matter", self.matter),
        )
        return [(column, value) for column, value in parts if value is not None]

    @property
    def condition(self) -> str:
        """The condition in SQL, with a place for each of :attr:`values`."""
        return "".join(f" AND {column} = %s" for column, _value in self._parts)

    @property
    def values(self) -> list[str]:
        """The values of :attr:`condition`, in their order."""
        return [value for _column, value in self._parts]


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many cases of one place at one unit have passed their date, and the oldest of these dates.

    ``place`` is the area right below the one asked for, empty where it is not known.
    """

    place: str
    owner: str
    number: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """How many cases of one matter and place were opened in the last week, the week before, and the weeks before."""

    town: str
    community: str
    matter: str
    latest: int
    before: int
    earlier: int


@dataclass(frozen=True, slots=True)
class Found:
    """The first cases of a list, and how many there are altogether."""

    ids: tuple[str, ...]
    total: int


_OVERDUE = "ended_at IS NULL AND parent_id IS NULL AND step = ANY(%s::varchar[]) AND due <= %s"
_OPENED = "parent_id IS NULL AND matter <> '' AND opened_at > %s AND opened_at <= %s"


def overdue(asked: Asked, steps: Sequence[str]) -> list[Overdue]:
    """Cases past their date in the given steps (those in which a clock runs), by place and unit."""
    columns = f"{BELOW[asked.scope]} AS place, owner, due"
    seen, values = asked.seen(columns, _OVERDUE, [list(steps), asked.now])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT place, owner, count(*), min(due) FROM {seen} GROUP BY 1, 2", values)
        return [Overdue(*row) for row in cursor.fetchall()]


def overdue_cases(asked: Asked, steps: Sequence[str], cell: Cell, size: int) -> Found:
    """The cases that :func:`overdue` counts in a cell, the longest overdue first."""
    values = [list(steps), asked.now, *cell.values]
    return _listed(asked, "due", f"{_OVERDUE}{cell.condition}", values, "due, id", size)


def opened(asked: Asked) -> list[Opened]:
    """New cases by matter and place, where the last week has as many as a small cell needs to be shown."""
    last = asked.now - WEEK
    first = last - WEEKS_BEFORE * WEEK
    seen, values = asked.seen("town_id, community_id, matter, opened_at", _OPENED, [first, asked.now])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT town_id, community_id, matter, count(*) FILTER (WHERE opened_at > %s), "
            "count(*) FILTER (WHERE opened_at <= %s AND opened_at > %s), count(*) FILTER (WHERE opened_at <= %s) "
            f"FROM {seen} GROUP BY 1, 2, 3 HAVING count(*) FILTER (WHERE opened_at > %s) >= %s",
            [last, last, last - WEEK, last, *values, last, SMALLEST_CELL],
        )
        return [Opened(*row) for row in cursor.fetchall()]


def opened_cases(asked: Asked, cell: Cell, size: int) -> Found:
    """The cases that :func:`opened` counts in a cell for the last week, newest first."""
    values = [asked.now - WEEK, asked.now, *cell.values]
    return _listed(asked, "opened_at", f"{_OPENED}{cell.condition}", values, "opened_at DESC, id DESC", size)


def _listed(asked: Asked, column: str, condition: str, values: Sequence[Any], order: str, size: int) -> Found:
    seen, given = asked.seen(f"id, {column}", condition, values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id::text, count(*) OVER () FROM {seen} ORDER BY {order} LIMIT %s", [*given, size])
        rows = cursor.fetchall()
    return Found(tuple(case for case, _total in rows), rows[0][1] if rows else 0)


@dataclass(frozen=True, slots=True)
class OpenOf:
    """How many open cases have a matter, and how many of them wait for their dispatch."""

    open: int
    waiting: int


def open_by_matter(district: str, areas: Sequence[str], matters: Sequence[str]) -> dict[str, OpenOf]:
    """Numbers of whole open cases by matter in these areas, for who changes the catalogue: numbers, never a case.

    One walk over the open cases of the district, which costs what is open.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT matter, count(*), count(*) FILTER (WHERE lead = '') FROM cases_case WHERE district_id = %s "
            "AND ended_at IS NULL AND parent_id IS NULL AND matter = ANY(%s::varchar[]) AND (district_id = "
            "ANY(%s::varchar[]) OR town_id = ANY(%s::varchar[]) OR community_id = ANY(%s::varchar[])) GROUP BY 1",
            [district, list(matters), *[list(areas)] * 3],
        )
        return {matter: OpenOf(found, waiting) for matter, found, waiting in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class FoundInGrid:
    """A case of a grid: when it was opened, whether it was closed after handling, and whether its reporter rated it."""

    opened_at: datetime
    settled: bool
    rated: bool


MOST_FOUND = 2000
"""So many cases of a grid are looked through at most, the newest first."""


def found_in_grid(asked: Asked, grid: str, *, since: datetime) -> list[FoundInGrid]:
    """Whole cases of a grid that were opened since a moment and that the actor may see, the newest first."""
    condition = "grid_id = %s AND parent_id IS NULL AND opened_at > %s"
    seen, values = asked.seen("id, opened_at, step", condition, [grid, since])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id::text, opened_at, step FROM {seen} ORDER BY opened_at DESC, id DESC LIMIT %s",
            [*values, MOST_FOUND],
        )
        rows = cursor.fetchall()
    settled = [case for case, _at, step in rows if step == "closed"]
    rated = {case for case, loaded in load(asked.district, settled).items() if loaded.state.rating is not None}
    return [FoundInGrid(at, step == "closed", case in rated) for case, at, step in rows]


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases and parts of an area a unit has, and how many of them have passed their date."""

    owner: str
    open: int
    late: int


def loads(asked: Asked, steps: Sequence[str]) -> dict[str, Load]:
    """What each unit has of an area's open cases, by its id; late is what is past its date in the given steps."""
    seen, values = asked.seen("owner, due, step", "ended_at IS NULL AND owner <> ''", ())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT owner, count(*), count(*) FILTER (WHERE due <= %s AND step = ANY(%s::varchar[])) "
            f"FROM {seen} GROUP BY owner",
            [asked.now, list(steps), *values],
        )
        return {owner: Load(owner, number, late) for owner, number, late in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Passing:
    """How many cases were opened since a moment, and how many open ones are due between now and another."""

    opened: int
    due: int


def passing(asked: Asked, steps: Sequence[str], *, since: datetime, until: datetime) -> Passing:
    """Counts for a shift: what came in since ``since``, and what in the given steps is due by ``until``."""
    came_in = asked.seen("1", "parent_id IS NULL AND opened_at > %s", [since])
    falls_due = asked.seen("1", f"{_OVERDUE} AND due > %s", [list(steps), until, asked.now])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT count(*) FROM {came_in[0]}), (SELECT count(*) FROM {falls_due[0]})",
            [*came_in[1], *falls_due[1]],
        )
        return Passing(*cursor.fetchone())


MOST_LOOKED_THROUGH = 500
"""How many cases of an area are looked through for stuck ones: those that are due first, so the longest overdue."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An open case with what has happened to it; ``last_act`` is when anybody but the clock last did something."""

    line: Line
    state: CaseState
    last_act: datetime


def standing(asked: Asked, steps: Sequence[str], troubled: Sequence[str]) -> list[Standing]:
    """Whole cases of an area that may be stuck, due first: the first ones in ``steps``, and of those in ``troubled``.

    What makes a case stuck stands in its state, which no index reaches: so two bounded walks down the work list's
    index fetch the candidates, and only these are read.
    """
    found: dict[str, Line] = {}
    for wanted in (steps, troubled):
        page = work_list(
            asked.actor, asked.district, scope=asked.scope, keys=(asked.key,), steps=wanted, size=MOST_LOOKED_THROUGH
        )
        found |= {line.id: line for line in page.lines}
    states = {case: loaded.state for case, loaded in load(asked.district, list(found)).items()}
    whole = {case for case, state in states.items() if state.parent is None and state.is_open}
    acts = ledger.last_acts(asked.district, STREAM, sorted(whole), but=CLOCK.id)
    return [Standing(found[c], states[c], acts.get(c, states[c].opened_at)) for c in found if c in whole]
