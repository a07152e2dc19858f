"""The ledger: whatever is done to its rows behind its back is refused or found."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction

from linli.ledger import queries as ledger
from linli.ledger.actions import Fact, StreamMoved, append, append_to, canonical, seal
from linli.ledger.queries import Fault
from linli.ledger.relay import News, relay_batch
from linli.site.cli import linli
from tests.rooms.conftest import DISTRICT, MONDAY, Place

rfc8785 = pytest.importorskip("rfc8785")


def faults() -> list[Fault]:
    return [found for found in ledger.verify(DISTRICT) if isinstance(found, Fault)]


def tampered(statement: str, *values: object) -> None:
    """Changes rows the way somebody with the owner's password could: triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE ledger_entry ENABLE TRIGGER ALL")


@pytest.fixture
def case(place: Place) -> str:
    found = place.report().case
    place.bring_to(found, "handling")
    assert faults() == []
    return found


@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET actor = 'x'", "DELETE FROM ledger_entry", "TRUNCATE ledger_entry"]
)
def test_it_refuses_to_change_or_delete_entries(case: str, statement: str) -> None:
    del case
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "seq", "what"),
    [
        ("UPDATE ledger_entry SET payload = replace(payload, '6', '3') WHERE stream_id = %s AND seq = 2", 2, "content"),
        ("UPDATE ledger_entry SET at = at - interval '1 day' WHERE stream_id = %s AND seq = 3", 3, "content"),
        ("UPDATE ledger_entry SET actor = 'somebody else' WHERE stream_id = %s AND seq = 1", 1, "content"),
        ("UPDATE ledger_entry SET type = 'case.reply' WHERE stream_id = %s AND seq = 4", 4, "content"),
        ("UPDATE ledger_entry SET previous = hash WHERE stream_id = %s AND seq = 2", 2, "link"),
        ("UPDATE ledger_entry SET hash = previous WHERE stream_id = %s AND seq = 4", 4, "content"),
        ("DELETE FROM ledger_entry WHERE stream_id = %s AND seq = 2", 3, "missing"),
        ("DELETE FROM ledger_entry WHERE stream_id = %s AND seq = 1", 2, "missing"),
        ("UPDATE ledger_entry SET seq = seq + 10 WHERE stream_id = %s AND seq = 4", 14, "missing"),
    ],
)  # fmt: skip
def test_it_finds_and_names_a_changed_deleted_or_moved_entry(case: str, statement: str, seq: int, what: str) -> None:
    tampered(statement, case)
    found = faults()
    assert any(fault.stream == case and fault.seq == seq and what in fault.what for fault in found), found


def test_it_finds_two_entries_that_changed_places(case: str) -> None:
    tampered(
        "UPDATE ledger_entry SET seq = CASE seq WHEN 2 THEN 30 ELSE 2 END WHERE stream_id = %s AND seq IN (2, 3)", case
    )
    tampered("UPDATE ledger_entry SET seq = 3 WHERE stream_id = %s AND seq = 30", case)
    assert {fault.seq for fault in faults()} >= {2, 3}


def test_it_refuses_a_second_entry_in_the_same_place(place: Place, case: str) -> None:
    row = ledger.stream(DISTRICT, "case", case)[0]
    double = Fact(DISTRICT, "case", case, 1, "case.opened", {}, actor="x", post="", policy=row.policy, at=MONDAY)
    with pytest.raises(StreamMoved), transaction.atomic():
        append([seal(double)])


def test_it_chains_entries_of_any_stream(place: Place) -> None:
    stream = "01890000-0000-7000-8000-000000000001"
    for number in range(3):
        append_to(DISTRICT, "reveal", stream, "reveal.read", {"n": number}, actor="a", post="p", policy="1", at=MONDAY)
    rows = ledger.stream(DISTRICT, "reveal", stream)
    assert [row.seq for row in rows] == [1, 2, 3]
    assert bytes(rows[2].previous) == bytes(rows[1].hash)
    assert faults() == []


def test_it_writes_payloads_as_rfc_8785_says() -> None:
    payload = {"b": ['\x00\b\t\n\f\r"\\/\x7f\u2028é中😀', 1, -5, 2**53 - 1], "a": {"z": None, "y": True, "x": ""}}
    assert canonical(payload).encode() == rfc8785.dumps(payload)


def test_the_relay_tells_every_entry_and_then_forgets_it(place: Place, case: str) -> None:
    told: list[News] = []
    while relay_batch([lambda district, news: told.extend(news)], now=place.now, size=3):
        pass
    assert [(n.stream, n.seq) for n in told if n.kind == "case"] == [(case, seq) for seq in (1, 2, 3, 4)]
    assert relay_batch([lambda district, news: told.extend(news)], now=place.now) == 0


def test_the_relay_puts_a_poisoned_entry_off_and_goes_on_with_the_rest(place: Place, case: str) -> None:
    told: list[int] = []

    def handler(district: str, news: list[News]) -> None:
        if any(n.stream == case and n.seq == 2 for n in news):
            raise ValueError("poisoned")
        told.extend(n.seq for n in news if n.stream == case)

    handlers: list[Callable[..., None]] = [handler]
    while relay_batch(handlers, now=place.now):
        pass
    assert told == [1, 3, 4]
    assert relay_batch(handlers, now=place.now) == 0
    assert relay_batch(handlers, now=place.now + timedelta(hours=2)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT attempts, fault FROM ledger_outgoing")
        assert cursor.fetchall() == [(2, "ValueError: poisoned")]


@pytest.mark.parametrize(("district", "kind"), [(None, None), (DISTRICT, None), (DISTRICT, "case")])
def test_it_reads_pages_along_the_key_and_sorts_nothing(case: str, district: str | None, kind: str | None) -> None:
    """A page costs the same however long the ledger is: its plan needs no sort.

    Dear sorts, not forbidden ones: a table of a few rows is read as the planner likes, and what is asked here is
    whether the index can give the order at all.
    """
    query, scope = ledger.page_query(district, kind, 100)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off")
        cursor.execute(f"EXPLAIN {query}", [DISTRICT, "case", case, 1, *scope])
        plan = [line for (line,) in cursor.fetchall()]

    assert any("Index Scan" in line for line in plan), plan
    assert not any("Sort" in line for line in plan), plan


@pytest.mark.django_db
@pytest.mark.parametrize("words", [("replay", "--check"), ("ledger", "verify")])
def test_a_district_that_is_not_there_proves_nothing(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.setattr(f"linli.site.cli.{words[0]}.with_django", lambda: None)
    done = CliRunner().invoke(linli, [*words, "--district", "999"])

    assert done.exit_code == 1
    assert "Error: there is no district 999" in done.output
