"""How an act is written: one statement, whole or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from msgspec.structs import replace

from linli.cases.actions.saving import CaseMoved, Step, save
from linli.core.actor import CLOCK
from linli.core.case.events import DeadlinesRecalculated, Tick
from linli.ledger import queries as ledger
from linli.vault import queries as vault
from linli.vault.actions import seal_text
from tests.rooms.conftest import DISTRICT, Place


@contextmanager
def writing() -> Iterator[list[str]]:
    """Every statement that changes rows."""
    said: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if "INSERT INTO" in sql or "UPDATE " in sql:
            said.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(listen):
        yield said


def test_it_writes_a_report_in_one_statement(place: Place) -> None:
    place.report()
    with writing() as said:
        place.report(contact="13800000000")
    assert len(said) == 1


def test_it_writes_an_act_with_its_texts_in_one_statement(place: Place) -> None:
    case = place.report().case
    place.accept(case)
    with writing() as said:
        place.dispatch(case)
    assert len(said) == 1


def test_it_writes_no_entry_and_no_text_where_the_row_is_not_at_the_version_that_was_read(place: Place) -> None:
    """Also where the ledger has no entry in that place yet, so that its key alone would let the writer through."""
    case = place.report().case
    state = place.state(case)
    before = replace(state, version=6)
    event = DeadlinesRecalculated(calendar="test", at=place.now, tick=Tick(clock=state.clock))
    step = Step(event, replace(before, version=7), before, b"0" * 32, (seal_text("words", "不会留下"),))
    texts = vault.kinds(DISTRICT, case)
    with pytest.raises(CaseMoved):
        save([step], CLOCK, now=place.now, policy="1.1")
    assert [entry.seq for entry in ledger.stream(DISTRICT, "case", case)] == [1]
    assert vault.kinds(DISTRICT, case) == texts
    assert place.state(case) == state
