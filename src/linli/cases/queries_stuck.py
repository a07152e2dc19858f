"""Open cases that do not get on, a page at a time, for whoever supervises an area.

What was returned, extended or reopened stands in the state of a case: a partial index holds the few open cases with any
of it, in the order of their opening. What is silent or past its date is found by walking the work lists' index, the
longest due first, and reading the cases on the way; a page looks through so many at most and says where it stopped.
Whole cases only, and only those that the actor may see.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from linli.cases.models import TROUBLED
from linli.cases.queries import LINE, Line, Narrowed, load, within, work_list
from linli.cases.queries_counts import Asked
from linli.cases.queries_overview import STREAM, Standing
from linli.core.actor import CLOCK
from linli.ledger import queries as ledger

Cursor = tuple[datetime, str]

AT_ONCE = 200
MOST_LOOKED_THROUGH = 1000
"""So many cases are looked through for one page of silent or overdue ones."""


@dataclass(frozen=True, slots=True)
class StuckPage:
    """Stuck cases in order. ``after`` is where the next page begins, None at the end of the list."""

    found: tuple[Standing, ...]
    after: Cursor | None


def _sum(*names: str) -> str:
    return " + ".join(f"coalesce(substring(state FROM '\"{name}\":([0-9]+)')::int, 0)" for name in names)


CONDITIONS = {
    "returned": f"({_sum('returns', 'raised')} >= %s OR step = ANY(%s::varchar[]))",
    "extended": """state ~ '"extensions":[1-9]'""",
    "reopened": """state ~ '"(reopened|not_solved)":[1-9]'""",
}
"""What narrows the partial index further, by the list that is asked for."""


def troubled(
    asked: Asked, which: str, values: Sequence[Any] = (), *, after: Cursor | None = None, size: int = 50
) -> StuckPage:
    """Cases that were handed around, extended or reopened, the oldest first; one walk down the partial index.

    ``which`` is a key of :data:`CONDITIONS`, and ``values`` are what its condition asks for.
    """
    with connection.cursor() as cursor:
        cursor.execute(*troubled_statement(asked, which, values, after, size + 1))
        found = [Line(*row) for row in cursor.fetchall()]
    lines = found[:size]
    last = lines[-1] if len(found) > size else None
    return StuckPage(tuple(_standing(asked, lines)), (last.opened_at, last.id) if last else None)


def troubled_statement(
    asked: Asked, which: str, values: Sequence[Any], after: Cursor | None, limit: int
) -> tuple[str, list[Any]]:
    """The statement of :func:`troubled` with its values."""
    open_to, open_values = within(asked.actor, asked.district, asked.scope, asked.key)
    return (
        f"SELECT {LINE} FROM cases_case WHERE {open_to} AND ended_at IS NULL AND parent_id IS NULL "
        f"AND state ~ '{TROUBLED}' AND {CONDITIONS[which]}"
        f"{' AND (opened_at, id) > (%s, %s::uuid)' if after else ''} "
        "ORDER BY cases_case.opened_at, cases_case.id LIMIT %s",
        [*open_values, *values, *(after or ()), limit],
    )


def walked(
    asked: Asked,
    steps: Sequence[str],
    fits: Callable[[Standing], bool],
    *,
    late: bool = False,
    after: Cursor | None = None,
    size: int = 50,
) -> StuckPage:
    """Cases in the given steps that fit, due first; ``late`` leaves out those that are not past their date.

    A page may be short although there are more: it looks through :data:`MOST_LOOKED_THROUGH` cases at most.
    """
    found: list[Standing] = []
    narrowed = Narrowed(due_by=asked.now) if late else Narrowed()
    for _ in range(MOST_LOOKED_THROUGH // AT_ONCE):
        page = work_list(
            asked.actor, asked.district, scope=asked.scope, keys=(asked.key,), steps=steps, narrowed=narrowed,
            after=after, size=AT_ONCE,
        )  # fmt: skip
        for one in _standing(asked, [line for line in page.lines if "/" not in line.number]):
            if fits(one):
                found.append(one)
                if len(found) == size:
                    return StuckPage(tuple(found), _cursor(one.line) if one.line != page.lines[-1] else page.after)
        after = page.after
        if after is None:
            break
    return StuckPage(tuple(found), after)


def _cursor(line: Line) -> Cursor | None:
    return (line.due, line.id) if line.due else None


def _standing(asked: Asked, lines: Sequence[Line]) -> list[Standing]:
    """The lines with their states and the last act of anybody but the clock."""
    ids = [line.id for line in lines]
    states = {case: loaded.state for case, loaded in load(asked.district, ids).items()}
    acts = ledger.last_acts(asked.district, STREAM, ids, but=CLOCK.id)
    return [Standing(line, state := states[line.id], acts.get(line.id, state.opened_at)) for line in lines]
