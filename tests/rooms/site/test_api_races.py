"""Many people at once, on real connections to a database of its own where everything is committed."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from linli.cases import queries, replay
from linli.cases.actions.acting import MAX_PARTS
from linli.catalogue import actions as catalogue_actions
from linli.core.case import decide as rules
from linli.directory import actions as directory_actions
from linli.ledger import queries as ledger
from tests.rooms.conftest import COMMUNITY, DISTRICT, DIVISIONS, TOWN, Place
from tests.rooms.site.calling import API, CENTRE, HERE, SANITATION, STATION, Answer, Caller, hire

MANY = 16
ACCEPT = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
CO_HANDLERS = (
    "market_regulation", "ecology_environment_bureau", "city_management", "water_bureau", "transport_bureau",
    "health_commission", "education_commission", "civil_affairs", "emergency_bureau", "forestry", "fire_rescue",
    "housing_construction",
)  # fmt: skip


@pytest.fixture(scope="module")
def peopled(own_database: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Caller]:
    """The small district with one person a desk."""
    file: Path = tmp_path_factory.mktemp("races") / "divisions.csv"
    file.write_text(DIVISIONS, "utf-8")
    long_ago = timezone.now() - timedelta(days=60)
    directory_actions.import_areas(file, now=long_ago)
    directory_actions.set_up_district(DISTRICT, now=long_ago)
    catalogue_actions.import_matters(None, now=long_ago)
    catalogue_actions.publish(by="test", at=long_ago)
    return {unit: hire(Place(), unit) for unit in (STATION, CENTRE, SANITATION, f"{DISTRICT}.district_centre")}


@pytest.fixture
def place(peopled: dict[str, Caller], plain_site: None) -> Iterator[Place]:
    """The small district. Afterwards rows and ledger must agree and every chain must hold, whatever the race did."""
    del peopled, plain_site
    yield Place(now=timezone.now() - timedelta(hours=6))
    assert [found for found in replay.compare(DISTRICT) if found] == []
    assert not any(isinstance(found, ledger.Fault) for found in ledger.verify(DISTRICT))


def at_once(*deeds: Callable[[Caller], Answer], caller: Caller) -> list[Answer]:
    """All deeds at the same moment, each in a thread with a client and a connection of its own."""
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[Caller], Answer]) -> Answer:
        own = Caller(caller.token, caller.user)
        own.get("/api/warming-up")
        start.wait(timeout=60)
        try:
            return deed(own)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


@pytest.fixture
def everybody_reads_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes before all have read and decided, so that the race is certain and not left to luck."""
    read, mine = threading.Barrier(MANY), threading.local()

    def decide(*given: Any, **named: Any) -> Any:
        if not getattr(mine, "waited", False):
            mine.waited = True
            read.wait(timeout=60)
        return rules.decide(*given, **named)

    monkeypatch.setattr("linli.cases.actions.acting.decide", decide)


def split(answers: list[Answer]) -> tuple[list[Answer], list[Answer]]:
    """Those that went through, and those that were refused."""
    assert [answer.body for answer in answers if answer.status >= 500] == []
    return [a for a in answers if a.status < 300], [a for a in answers if a.status >= 400]


@pytest.mark.usefixtures("everybody_reads_first")
def test_it_lets_one_of_many_win_who_saw_the_same_version(place: Place, peopled: dict[str, Caller]) -> None:
    case = place.report().case
    won, lost = split(at_once(*[lambda own: own.act(case, "accept", 1, **ACCEPT)] * MANY, caller=peopled[STATION]))
    assert (len(won), len(lost)) == (1, MANY - 1)
    for answer in lost:
        assert (answer.status, answer.code) == (409, "state_changed")
        assert (answer.body["state"]["step"], answer.body["state"]["version"]) == ("registered", 2)
    assert len(ledger.stream(DISTRICT, "case", case)) == 2


@pytest.mark.usefixtures("everybody_reads_first")
def test_it_lets_one_of_many_win_who_name_no_version(place: Place, peopled: dict[str, Caller]) -> None:
    case = place.report().case
    won, lost = split(at_once(*[lambda own: own.act(case, "accept", **ACCEPT)] * MANY, caller=peopled[STATION]))
    assert (len(won), len(lost)) == (1, MANY - 1)
    for answer in lost:
        assert (answer.status, answer.code) == (409, "not_in_this_step")
        assert (answer.body["state"]["step"], answer.body["state"]["version"]) == ("registered", 2)


def test_it_takes_every_act_that_still_fits_after_the_others(place: Place, peopled: dict[str, Caller]) -> None:
    case = place.report().case
    centre = peopled[CENTRE]
    won, lost = split(at_once(*[lambda own: own.act(case, "expedite", words="请尽快。")] * 8, caller=centre))
    assert (len(won), lost) == (8, [])
    assert [entry.seq for entry in ledger.stream(DISTRICT, "case", case)] == list(range(1, 10))
    assert sorted(answer.body["version"] for answer in won) == list(range(2, 10))


def test_it_lets_reporter_and_desk_meet_without_harm(place: Place, peopled: dict[str, Caller]) -> None:
    receipt = place.report()
    code = {"number": receipt.number, "code": receipt.code, "version": 1}
    won, lost = split(
        at_once(
            lambda own: own.act(receipt.case, "accept", 1, **ACCEPT),
            lambda own: Caller(client=own.client).post(f"{HERE}/followed/actions/withdraw", code),
            caller=peopled[STATION],
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].status == 409
    assert lost[0].body["state"]["version"] == 2


def with_parts(place: Place) -> tuple[str, list[str]]:
    """A case in handling with as many parts as are allowed, each reported back."""
    case = place.report().case
    place.accept(case, "EE-009")
    lead = f"{TOWN}.town_enforcement_team"
    place.act(case, "dispatch", lead=lead, co_handlers=tuple(f"{DISTRICT}.{unit}" for unit in CO_HANDLERS))
    parts = [part.id for part in place.act(case, "acknowledge").parts]
    assert len(parts) == MAX_PARTS
    for part in parts:
        place.act(part, "acknowledge")
        place.act(part, "report_back", result="solved", what_was_done="查了。")
    return case, parts


def test_it_counts_right_when_all_parts_end_at_once(place: Place) -> None:
    case, parts = with_parts(place)
    lead = hire(place, f"{TOWN}.town_enforcement_team")
    version = {part: place.state(part).version for part in parts}
    deeds = [lambda own, part=part: own.act(part, "take_over", version[part]) for part in parts]
    won, lost = split(at_once(*deeds, caller=lead))
    assert [answer.body for answer in lost] == []
    assert len(won) == MAX_PARTS
    state = place.state(case)
    assert state.open_parts == ()
    assert {part.outcome for part in state.parts} == {"done"}
    done = {"result": "solved", "what_was_done": "好了。", "reporter_contacted": "yes"}
    assert lead.act(case, "report_back", **done).body["step"] == "done"


def test_it_ends_a_part_once_while_its_parent_moves(place: Place) -> None:
    case, parts = with_parts(place)
    lead = hire(place, f"{TOWN}.town_enforcement_team")
    deeds: list[Callable[[Caller], Answer]] = [lambda own: own.act(parts[0], "take_over")] * 4
    deeds += [lambda own: own.act(parts[0], "cancel")] * 4
    deeds += [lambda own: own.act(case, "ask_extension", reason="complex", words="难。", amount=1)] * 4
    won, lost = split(at_once(*deeds, caller=lead))
    assert len(won) == 2
    assert {answer.code for answer in lost} <= {"not_in_this_step", "extension_once_only"}
    assert len(place.state(case).open_parts) == MAX_PARTS - 1


def test_it_never_deadlocks_where_merges_cross(place: Place, peopled: dict[str, Caller]) -> None:
    for _ in range(4):
        first, second = place.report().case, place.report().case
        won, lost = split(
            at_once(
                *[lambda own, a=first, b=second: own.act(a, "merge", into=b)] * 3,
                *[lambda own, a=first, b=second: own.act(b, "merge", into=a)] * 3,
                caller=peopled[STATION],
            )
        )
        assert len(won) == 1
        assert {answer.code for answer in lost} <= {"merge_target_ended", "not_in_this_step", "cannot_be_merged"}
        assert sorted(place.state(case).step for case in (first, second)) == ["merged", "reported"]


def test_it_merges_many_cases_into_one_at_once(place: Place, peopled: dict[str, Caller]) -> None:
    target, others = place.report().case, [place.report().case for _ in range(8)]
    deeds = [lambda own, case=case: own.act(case, "merge", into=target) for case in others]
    won, lost = split(at_once(*deeds, caller=peopled[STATION]))
    assert (len(won), lost) == (8, [])
    assert set(place.state(target).joined) == set(others)


def test_it_makes_one_case_of_one_key_sent_many_times_at_once(place: Place, peopled: dict[str, Caller]) -> None:
    body = {"detail": "路灯坏了", "area": COMMUNITY}
    answers = at_once(
        *[lambda own: own.post(f"{API}/reports", body, Idempotency_Key="race")] * MANY, caller=peopled[STATION]
    )
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["number"] for answer in answers}) == 1
    assert len({answer.body["code"] for answer in answers}) == 1


def test_it_gives_every_report_a_number_of_its_own(place: Place, peopled: dict[str, Caller]) -> None:
    body = {"detail": "路灯坏了", "area": COMMUNITY}
    won, lost = split(at_once(*[lambda own: own.post(f"{API}/reports", body)] * MANY, caller=peopled[STATION]))
    assert lost == []
    assert len({answer.body["number"] for answer in won}) == MANY


def test_it_counts_wrong_codes_sent_at_once(place: Place, peopled: dict[str, Caller]) -> None:
    receipt = place.report()
    wrong = {"number": receipt.number, "code": "AAAA-AAAA-AAAA"}
    answers = at_once(*[lambda own: own.post(f"{HERE}/followed", wrong)] * MANY, caller=peopled[STATION])
    assert {answer.status for answer in answers} <= {404, 429}
    right = peopled[STATION].post(f"{HERE}/followed", {"number": receipt.number, "code": receipt.code})
    assert right.status == 429


def test_it_lets_the_clock_act_once_however_many_sweep(place: Place) -> None:
    case = place.report().case
    clock = place.state(case).clock
    assert clock is not None
    late = clock.due + timedelta(minutes=1)
    start = threading.Barrier(8)

    def sweep(_number: int) -> int:
        start.wait(timeout=60)
        try:
            return sum(1 for woken in place.sweep(late) if woken.case == case)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        acted = sum(pool.map(sweep, range(8)))
    types = [entry.type for entry in ledger.stream(DISTRICT, "case", case)]
    assert types.count("case.expedite") == 1
    assert acted == len(types) - 1
    assert queries.faults(DISTRICT) == []
