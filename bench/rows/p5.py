"""P5: the clock acting on 10,000 due cases, among few others and among a million open ones that are not due."""

from datetime import datetime
from statistics import median

import psycopg

from bench.plan import Figures, Plan, Row
from bench.workers import helper

DUE = 10_000
AFTER = "1 year"
"""How much later the cases are due that are not due."""


def run(plan: Plan) -> Figures:
    """Shares of what is due swept and written again in turns, where little else is open and where a million are."""
    due = min(DUE, plan.large)
    share = due // (plan.rounds + 1)
    few = _measured(plan, "few", due, 0, share)
    many = _measured(plan, "many", due, plan.large, share)
    return {
        "ratio": median(many["written"]) / median(many["swept"]),
        "acts_per_s": share / median(many["swept"]),
        "growth_not_due": median(many["swept"]) / median(few["swept"]),
        "limit_per_s": share / median(many["written"]),
        "acts_per_s_few": share / median(few["swept"]),
        "due": due,
        "not_due": plan.large,
    }


def _measured(plan: Plan, purpose: str, due: int, others: int, share: int) -> dict[str, list[float]]:
    with plan.place.copy(plan.template(plan.small), purpose) as name:
        moment = _fill(plan.place.owner(name), due, others)
        found: dict[str, list[float]] = {"swept": [], "written": []}
        with helper("sweeping", plan.place.environment(name)) as sweeping:
            sweeping.ask("sweep", share, moment)  # warms up
            for _ in range(plan.rounds):
                found["swept"].append(sweeping.ask("sweep", share, moment))
                found["written"].append(sweeping.ask("write_again"))
    return found


def _fill(address: str, due: int, others: int) -> str:
    """Copies open cases until so many are due, and so many are open besides; the moment at which they are due.

    A copy carries its own id and number in its state. It has no entries before: the clock's act is its next one.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        (moment,) = connection.execute(
            f"SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY next_wake) FROM cases_case c WHERE {_WHOLE}"
        ).fetchone() or (None,)
        if not isinstance(moment, datetime):
            raise RuntimeError("no case is open in the template")
        _copy(connection, "A", due, moment, "c.next_wake")
        _copy(connection, "B", others, moment, f"c.next_wake + interval '{AFTER}'")
        connection.execute("VACUUM ANALYZE cases_case")
    return moment.isoformat()


def _copy(connection: psycopg.Connection, mark: str, count: int, moment: datetime, next_wake: str) -> None:
    """So many copies of cases that are due at that moment, with the given wake-up."""
    if not count:
        return
    columns = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'cases_case' "
        "AND is_generated = 'NEVER' ORDER BY ordinal_position"
    ).fetchall()
    changed = {
        "id": "c.fresh",
        "number": f"'118-{mark}' || c.nth",
        "state": f"replace(replace(c.state, c.id::text, c.fresh::text), c.number, '118-{mark}' || c.nth)",
        "next_wake": next_wake,
    }
    names = [name for (name,) in columns]
    values = ", ".join(changed.get(name, f"c.{name}") for name in names)
    source = f"{_WHOLE} AND c.next_wake <= %(moment)s"
    (there,) = connection.execute(
        f"SELECT count(*) FROM cases_case c WHERE {source}", {"moment": moment}
    ).fetchone() or (0,)
    connection.execute(
        f"INSERT INTO cases_case ({', '.join(names)}) SELECT {values} FROM ("
        "SELECT c.*, gen_random_uuid() AS fresh, row_number() OVER () AS nth "
        f"FROM cases_case c, generate_series(1, %(times)s) WHERE {source} LIMIT %(count)s) c",
        {"moment": moment, "times": -(-count // there), "count": count},
    )


_WHOLE = (
    "c.ended_at IS NULL AND c.parent_id IS NULL AND c.next_wake IS NOT NULL AND position('\"parts\"' in c.state) = 0"
)
"""What can be copied: a case without parent and parts, so that an act moves no other case."""


ROW = Row(
    "P5",
    "10,000 acts of the clock that are due among a million open cases that are not; limit: bare psycopg writing the "
    "same rows, a transaction a case, on one connection; and what the million cost",
    {"ratio": "≥ 0.30", "growth_not_due": "≤ 1.2"},
    run,
)
