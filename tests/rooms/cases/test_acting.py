"""One action, one transaction, one entry: what the engine promises."""

from datetime import timedelta

import pytest
from django.db import connection

from linli.cases import actions as cases
from linli.cases import queries, replay
from linli.cases.actions import CaseMoved
from linli.core.errors import Refusal
from linli.ledger import queries as ledger
from linli.ledger.queries import Fault
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, TOWN, Place


def test_it_carries_a_case_through_the_whole_loop_with_one_entry_an_act(place: Place) -> None:
    case = place.report().case
    place.bring_to(case, "closed")
    entries = ledger.stream(DISTRICT, "case", case)
    assert [entry.type for entry in entries] == [
        "case.opened", "case.accept", "case.dispatch", "case.acknowledge", "case.report_back", "case.verify",
        "case.reply", "case.satisfied",
    ]  # fmt: skip
    assert [entry.seq for entry in entries] == list(range(1, 9))
    assert place.state(case).ended_at == place.now


def test_it_answers_replay_and_verification_after_every_act(place: Place) -> None:
    case = place.report().case
    place.accept(case, "EE-009")
    place.dispatch(case, ("500118.market_regulation",))
    place.act(case, "acknowledge")
    assert len(place.state(case).open_parts) == 1
    assert [found for found in replay.compare(DISTRICT) if found] == []
    assert not any(isinstance(found, Fault) for found in ledger.verify(DISTRICT))


def test_it_names_a_row_that_is_not_what_its_ledger_says(place: Place) -> None:
    case = place.report().case
    place.accept(case)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET owner = 'somebody' WHERE id = %s", [case])
    differences = [found for found in replay.compare(DISTRICT) if found]
    assert [(found.case, found.what) for found in differences] == [(case, "column owner differs")]


def test_it_lets_one_of_two_acts_on_the_same_version_win(place: Place) -> None:
    case = place.report().case
    seen = place.state(case)
    place.accept(case)
    with pytest.raises(Refusal) as refused:
        cases.act(
            place.person(seen.owner or ""), DISTRICT, case, "accept",
            {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY},
            now=place.later(), expected_version=seen.version,
        )  # fmt: skip
    assert refused.value.code == "state_changed"
    assert place.state(case).version == 2


def test_it_changes_nothing_when_the_row_moved_between_reading_and_writing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = place.report().case
    stale = queries.load(DISTRICT, [case])
    place.accept(case)
    monkeypatch.setattr("linli.cases.actions.acting.queries.load", lambda district, ids: stale)
    clerk = place.person(stale[case].state.owner or "")
    with pytest.raises(CaseMoved):
        cases.act(
            clerk, DISTRICT, case, "accept",
            {"matter": "CM-003", "urgency": "standard", "area": COMMUNITY}, now=place.later(), expected_version=1,
        )  # fmt: skip
    monkeypatch.undo()
    assert place.state(case).matter == "CM-006"
    assert len(ledger.stream(DISTRICT, "case", case)) == 2


def test_it_answers_hidden_and_missing_alike(place: Place) -> None:
    case = place.report().case
    stranger = place.person(f"{FAR}.community_station")
    codes = set()
    for wanted in (case, "01890000-0000-7000-8000-000000000000"):
        with pytest.raises(Refusal) as refused:
            cases.act(stranger, DISTRICT, wanted, "accept", {}, now=place.later())
        codes.add(refused.value.code)
        assert queries.case_for(stranger, DISTRICT, wanted) is None
    assert codes == {"case_unknown"}


def test_it_keeps_texts_in_the_vault_and_only_their_hash_in_the_entry(place: Place) -> None:
    case = place.report(contact="张三 13812345678").case
    place.bring_to(case, "done")
    payloads = " ".join(entry.payload for entry in ledger.stream(DISTRICT, "case", case))
    assert "垃圾" not in payloads
    assert "13812345678" not in payloads
    assert "已清运" not in payloads
    assert '"is":"vaulted"' in payloads


def test_it_opens_and_ends_parts_with_their_parent_in_one_transaction(place: Place) -> None:
    case = place.report().case
    place.accept(case, "EE-009")
    place.dispatch(case, ("500118.market_regulation", "500118.ecology_environment_bureau"))
    first, second = place.act(case, "acknowledge").parts
    with pytest.raises(Refusal) as refused:
        place.act(case, "report_back", result="solved", what_was_done="好了。", reporter_contacted="yes")
    assert refused.value.code == "parts_open"
    lead = place.person(place.state(case).owner or "")
    for part in (first, second):
        place.act(part.id, "acknowledge")
        place.act(part.id, "report_back", result="solved", what_was_done="查了。")
        place.act(part.id, "take_over", lead)
    assert place.state(case).open_parts == ()
    done = place.act(case, "report_back", result="solved", what_was_done="好了。", reporter_contacted="yes")
    assert done.step == "done"
    assert [found for found in replay.compare(DISTRICT) if found] == []


def test_it_merges_a_case_so_that_its_reporter_follows_the_other(place: Place) -> None:
    first, second = place.report().case, place.report("又是那堆垃圾。").case
    place.act(second, "merge", into=first)
    assert place.state(second).merged_into == first
    assert place.state(first).joined == (second,)


def test_it_keeps_whoever_handled_from_verifying(place: Place) -> None:
    case = place.report().case
    state = place.bring_to(case, "handling")
    handler = place.person(state.owner or "", "the-handler")
    state = place.act(case, "report_back", handler, result="solved", what_was_done="好了。", reporter_contacted="yes")
    double = place.person(state.owner or "", "the-handler")
    with pytest.raises(Refusal) as refused:
        place.act(case, "verify", double, finding="confirmed_on_site")
    assert refused.value.code == "actor_handled"


def test_it_gives_every_case_of_a_bulk_act_its_own_result(place: Place) -> None:
    good, bad = place.report().case, place.report().case
    place.accept(bad)
    clerk = place.person(f"{COMMUNITY}.community_station")
    form = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
    results = cases.act_in_bulk(clerk, DISTRICT, [good, bad], "accept", form, now=place.later())
    assert [result.refusal.code if result.refusal else result.state.step for result in results] == [
        "registered", "not_in_this_step",
    ]  # fmt: skip


def test_it_keeps_a_unit_complained_about_and_those_below_it_out(place: Place) -> None:
    case = place.report().case
    centre = f"{TOWN}.command_centre"
    state = place.act(
        case, "accept", matter="SL-022", urgency="standard", area=COMMUNITY, complaint_about="unit_named",
        complaint_targets=(f"{TOWN}.town_enforcement_team",),
    )  # fmt: skip
    assert state.recused == (f"{TOWN}.town_enforcement_team",)
    team = place.person(f"{TOWN}.town_enforcement_team")
    assert queries.case_for(team, DISTRICT, case) is None
    assert queries.case_for(place.person(centre), DISTRICT, case) is not None


def test_it_lets_the_clock_act_once_for_each_rung(place: Place) -> None:
    case = place.report().case
    due = place.state(case).clock
    assert due is not None
    for _ in range(3):
        assert len(place.sweep(due.due + timedelta(minutes=1))) in (0, 1)
    types = [entry.type for entry in ledger.stream(DISTRICT, "case", case)]
    assert types == ["case.opened", "case.expedite"]


def test_it_recalculates_open_deadlines_as_a_recorded_act(place: Place) -> None:
    case = place.report().case
    place.bring_to(case, "handling", "EE-009")
    clerk = place.person(f"{TOWN}.command_centre")
    assert list(cases.recalculate_deadlines(clerk, DISTRICT, [case], now=place.later())) == []


def test_it_re_encodes_a_photo_given_as_evidence(place: Place) -> None:
    import io

    from PIL import Image

    case = place.report().case
    place.bring_to(case, "handling")
    form = {"result": "solved", "what_was_done": "好了。", "reporter_contacted": "yes"}
    with pytest.raises(Refusal, match="photo_unreadable"):
        place.act(case, "report_back", **form, evidence=b"<script>")
    picture = io.BytesIO()
    Image.new("RGB", (10, 10)).save(picture, "PNG")
    assert place.act(case, "report_back", **form, evidence=picture.getvalue()).step == "done"
