"""Replay finds what was changed behind the ledger's back, and one broken case hides no other."""

import pytest
from django.db import connection

from linli.cases import replay
from tests.rooms.conftest import DISTRICT, Place


def changed(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ALL")


def found() -> dict[str, str]:
    return {one.case: one.what for one in replay.compare(DISTRICT) if one is not None}


BROKEN = [
    ("UPDATE ledger_entry SET version = 2 WHERE stream_id = %s AND seq = 2", "entry 2 of its ledger cannot be folded"),
    ("UPDATE ledger_entry SET type = 'case.opened' WHERE stream_id = %s AND seq = 2", "cannot be folded"),
    ("UPDATE ledger_entry SET payload = '{' WHERE stream_id = %s AND seq = 1", "cannot be folded"),
    ("UPDATE cases_case SET state = '{' WHERE id = %s", "its state cannot be read"),
    ("UPDATE cases_case SET title_item = NULL WHERE id = %s", "column title_item differs"),
    ("UPDATE cases_case SET due = due + interval '1 day' WHERE id = %s", "column due differs"),
    ("UPDATE cases_case SET owner = 'somebody' WHERE id = %s", "column owner differs"),
]


@pytest.mark.parametrize(("statement", "what"), BROKEN)
def test_it_names_the_case_and_goes_on_with_the_others(place: Place, statement: str, what: str) -> None:
    cases = [place.report().case for _ in range(3)]
    for case in cases:
        place.accept(case)
    assert found() == {}
    changed(statement, cases[1])

    wrong = found()

    assert list(wrong) == [cases[1]]
    assert what in wrong[cases[1]]
