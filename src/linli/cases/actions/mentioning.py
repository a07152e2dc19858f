"""Mentions: whom a note calls on, kept for the list of each unit. Written in the statement of the note itself."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from uuid_utils.compat import uuid7

from linli.core.actor import Actor
from linli.core.case.demands import NOTING
from linli.core.case.events import ActionTaken
from linli.core.case.state import CaseState
from linli.core.procedure import Action
from linli.ledger.pieces import Piece

UNIT = "unit:"

_CALL = (
    "INSERT INTO cases_mention AS known (id, district_id, unit_id, case_id, at) "
    "SELECT n.id, %s::varchar, n.unit, %s::uuid, %s::timestamptz FROM unnest(%s::uuid[], %s::varchar[]) AS n(id, unit) "
    "ON CONFLICT (district_id, case_id, unit_id) DO UPDATE SET at = excluded.at, done_at = NULL"
)
_ANSWER = (
    "UPDATE cases_mention SET done_at = %s WHERE district_id = %s AND case_id = %s::uuid "
    "AND unit_id = ANY(%s::varchar[]) AND NOT unit_id = ANY(%s::varchar[]) AND done_at IS NULL"
)


def pieces(action: Action, event: ActionTaken, after: CaseState, actor: Actor, now: datetime) -> Sequence[Piece]:
    """What a note does to mentions: it calls on units, and answers for the units of whoever writes it.

    Nothing for any other act. A lost race writes nothing: the statement needs the case's row to have moved.
    """
    if NOTING.isdisjoint(action.effects):
        return ()
    named = [told.removeprefix(UNIT) for told in event.notify if told.startswith(UNIT)]
    own = sorted(actor.working_units)
    found = [Piece("answered", _ANSWER, [now, after.district, after.id, own, named])]
    if named:
        ids = [str(uuid7()) for _ in named]
        found.append(Piece("called", _CALL, [after.district, after.id, now, ids, named]))
    return found


def settle_mention(actor: Actor, district: str, case: str, *, now: datetime) -> bool:
    """Takes a case off the list of mentions of the actor's units; whether it stood there.

    It says nothing about the case, which stays as it is: only that the unit has read what it was called on for.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER, [now, district, case, sorted(actor.working_units), []])
        return bool(cursor.rowcount)
