"""The problem list as rows: raised, begun, done, sent back, checked by somebody else; who reads it; its cases."""

from datetime import date, timedelta
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from linli.cases.models import Case
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.errors import Refusal
from linli.core.supervising import Ground, ProblemAct, ProblemState
from linli.core.territory import Function
from linli.ledger import queries as ledger
from linli.supervision import actions, queries
from linli.supervision.actions import Writing, problems
from tests.rooms.conftest import DISTRICT, MONDAY, OTHER_TOWN, TOWN, Place

CENTRE, DISTRICT_CENTRE = f"{TOWN}.command_centre", f"{DISTRICT}.district_centre"
SANITATION = f"{TOWN}.sanitation_office"
FRIDAY = MONDAY.date() + timedelta(days=4)


def holding(name: str, unit: str, area: str, *functions: Function) -> Actor:
    return Actor(ActorKind.PERSON, name, (PostHeld(f"{unit}.post", unit, area, frozenset(functions)),))


HEAD = holding("head", CENTRE, TOWN, Function.SUPERVISE)
HANDLER = holding("handler", SANITATION, TOWN, Function.HANDLE)
OTHER_HEAD = holding("other head", f"{OTHER_TOWN}.command_centre", OTHER_TOWN, Function.SUPERVISE)
ADMINISTRATOR = holding("administrator", SANITATION, TOWN, Function.ADMINISTER)
STRANGERS = (OTHER_HEAD, ADMINISTRATOR, Actor(ActorKind.REPORTER, "reporter"))


def by(place: Place, actor: Actor = HEAD) -> Writing:
    return Writing(actor, DISTRICT, place.policy, place.later())


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=f"^{code}")


def raised(place: Place, actor: Actor = HEAD, **changes: Any) -> str:
    values = {
        "supervisor": CENTRE, "owner": SANITATION, "ground": Ground.DUTY, "title": "夜间清运",
        "words": "夜间无人清运，连续七晚清运才算解决。", "due_on": FRIDAY,
    }  # fmt: skip
    return actions.raise_problem(by(place, actor), changes.pop("key", str(uuid7())), **(values | changes))


def handled(place: Place) -> str:
    """A case that the owner has a part in, so that it may read it."""
    case = place.report().case
    place.bring_to(case, "handling")
    return case


def seen(place: Place, problem: str, actor: Actor = HEAD) -> queries.ProblemInfo:
    found = queries.problem(actor, DISTRICT, problem)
    assert found is not None
    return found


def act(place: Place, problem: str, what: ProblemAct, actor: Actor, version: int, **more: Any) -> None:
    actions.act_on_problem(by(place, actor), problem, what, version=version, **more)


def test_it_is_begun_reported_done_sent_back_and_checked_by_somebody_else(place: Place) -> None:
    problem = raised(place)
    act(place, problem, ProblemAct.BEGIN, HANDLER, 1)
    act(place, problem, ProblemAct.REPORT_DONE, HANDLER, 2, words="已排班，联系人13812345678。")
    with refused("problem_not_yours"):
        act(place, problem, ProblemAct.CHECK, HANDLER, 3)
    act(place, problem, ProblemAct.SEND_BACK, HEAD, 3, words="周日仍无人。", due_on=date(2026, 12, 1))
    assert seen(place, problem).due_on == date(2026, 12, 1)
    act(place, problem, ProblemAct.REPORT_DONE, HANDLER, 4, words="周日也已排班。")
    act(place, problem, ProblemAct.CHECK, HEAD, 5)

    found = seen(place, problem, HANDLER)
    assert (found.state, found.ended_at, found.outcome) == (ProblemState.CHECKED, place.now, "周日也已排班。")
    told = [entry.what for entry in queries.problem_history(DISTRICT, problem)]
    assert told == ["raised", "begun", "reported_done", "sent_back", "reported_done", "checked"]
    kept = repr([entry.payload for entry in ledger.stream(DISTRICT, "problem", problem)])
    assert not any(words in kept for words in ("13812345678", "清运", "周日"))
    assert not any(isinstance(entry, ledger.Fault) for entry in ledger.verify(DISTRICT))
    with refused("problem_moved"):
        act(place, problem, ProblemAct.CHECK, HEAD, 6)


def test_words_are_masked_before_they_are_kept(place: Place) -> None:
    problem = raised(place, words="请联系13812345678。", title="联系13912345678")
    found = seen(place, problem)
    assert "13812345678" not in found.words
    assert "13912345678" not in found.title


def test_nobody_checks_what_they_reported_done_themselves(place: Place) -> None:
    both = Actor(ActorKind.PERSON, "both", (*HEAD.posts, *HANDLER.posts))
    problem = raised(place)
    act(place, problem, ProblemAct.BEGIN, HANDLER, 1)
    act(place, problem, ProblemAct.REPORT_DONE, HANDLER, 2, words="已排班。")
    with refused("problem_your_own"):
        act(place, problem, ProblemAct.CHECK, both, 3)
    assert seen(place, problem).state is ProblemState.DONE


def test_a_page_from_before_changes_nothing(place: Place) -> None:
    problem = raised(place)
    act(place, problem, ProblemAct.BEGIN, HANDLER, 1)
    with refused("problem_moved"):
        act(place, problem, ProblemAct.REPORT_DONE, HANDLER, 1, words="已排班。")
    assert (seen(place, problem).state, seen(place, problem).version) == (ProblemState.DOING, 2)


def test_sent_twice_it_is_one_problem(place: Place) -> None:
    key = str(uuid7())
    assert raised(place, key=key) == raised(place, key=key) == key
    assert len(queries.problems(HEAD, DISTRICT, which="open", today=FRIDAY)) == 1


def test_a_key_that_another_unit_used_is_refused_and_changes_nothing(place: Place) -> None:
    problem = raised(place)
    above = holding("above", DISTRICT_CENTRE, DISTRICT, Function.SUPERVISE)
    with refused("problem_not_yours"):
        raised(place, above, key=problem, supervisor=DISTRICT_CENTRE, title="别的问题")
    assert seen(place, problem).title == "夜间清运"
    assert [entry.what for entry in queries.problem_history(DISTRICT, problem)] == ["raised"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"supervisor": DISTRICT_CENTRE}, "problem_not_yours"),
        ({"owner": DISTRICT_CENTRE}, "order_unit_not_below"),
        ({"owner": f"{OTHER_TOWN}.sanitation_office"}, "order_unit_not_below"),
        ({"due_on": MONDAY.date() - timedelta(days=1)}, "order_day_over"),
        ({"title": "  "}, "order_words_missing"),
        ({"words": ""}, "order_words_missing"),
        ({"case": "01890000-0000-7000-8000-000000000000"}, "case_unknown"),
    ],
)
def test_it_is_refused(place: Place, changes: dict[str, Any], code: str) -> None:
    with refused(code):
        raised(place, **changes)
    assert queries.problems(HEAD, DISTRICT, which="open", today=FRIDAY) == []


def test_others_neither_see_it_nor_act_on_it(place: Place) -> None:
    problem = raised(place)
    for stranger in STRANGERS:
        assert queries.problem(stranger, DISTRICT, problem) is None
        assert queries.problems(stranger, DISTRICT, which="open", today=FRIDAY) == []
        with refused("problem_unknown"):
            act(place, problem, ProblemAct.BEGIN, stranger, 1)


def test_whoever_may_not_read_a_case_of_it_does_not_see_it(place: Place) -> None:
    case = place.report().case
    place.bring_to(case, "handling")
    problem = raised(place, case=case)
    assert queries.cases_of_problem(DISTRICT, problem) == [case]
    assert not actions.add_case_to_problem(by(place), problem, case)
    assert queries.problem(HANDLER, DISTRICT, problem) is not None

    about_them = place.report("环卫所夜间作业噪声太大，投诉环卫所。").case
    targets = {"complaint_about": "unit_named", "complaint_targets": (SANITATION,)}
    place.act(
        about_them, "accept", matter="SL-022", urgency="standard", area=place.state(about_them).place.area, **targets
    )
    with refused("order_unit_recused"):
        actions.add_case_to_problem(by(place), problem, about_them)


def test_overdue_is_what_is_still_owed(place: Place) -> None:
    late, done = raised(place), raised(place)
    act(place, done, ProblemAct.BEGIN, HANDLER, 1)
    act(place, done, ProblemAct.REPORT_DONE, HANDLER, 2, words="已排班。")
    after = FRIDAY + timedelta(days=1)
    assert [one.id for one in queries.problems(HEAD, DISTRICT, which="overdue", today=after)] == [late]
    assert queries.problems(HEAD, DISTRICT, which="overdue", today=FRIDAY) == []
    assert {one.id for one in queries.problems(HEAD, DISTRICT, which="open", today=after)} == {late, done}


def test_it_names_more_cases_while_it_is_open(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, third = (handled(place) for _ in range(3))
    problem = raised(place, case=first)
    assert actions.add_case_to_problem(by(place), problem, second)
    assert queries.cases_of_problem(DISTRICT, problem) == [first, second]
    monkeypatch.setattr(problems, "MOST_CASES", 2)
    with refused("problem_cases_full"):
        actions.add_case_to_problem(by(place), problem, third)
    with refused("problem_not_yours"):
        actions.add_case_to_problem(by(place, HANDLER), problem, third)
    act(place, problem, ProblemAct.BEGIN, HANDLER, 1)
    act(place, problem, ProblemAct.REPORT_DONE, HANDLER, 2, words="已排班。")
    act(place, problem, ProblemAct.CHECK, HEAD, 3)
    with refused("problem_moved"):
        actions.add_case_to_problem(by(place), problem, third)


def test_a_case_that_turns_out_to_be_about_the_owner_hides_the_problem_from_it(place: Place) -> None:
    case = handled(place)
    problem = raised(place, case=case)
    assert queries.problem(HANDLER, DISTRICT, problem) is not None
    Case.objects.filter(id=case).update(recused=[SANITATION])
    assert queries.problem(HANDLER, DISTRICT, problem) is None
    assert queries.problems(HANDLER, DISTRICT, which="open", today=FRIDAY) == []
    assert queries.problem(HEAD, DISTRICT, problem) is not None


def test_words_and_a_day_are_needed_where_something_is_reported_or_missing(place: Place) -> None:
    problem = raised(place)
    act(place, problem, ProblemAct.BEGIN, HANDLER, 1)
    with refused("order_words_missing"):
        act(place, problem, ProblemAct.REPORT_DONE, HANDLER, 2)
    act(place, problem, ProblemAct.REPORT_DONE, HANDLER, 2, words="已排班。")
    with refused("order_words_missing"):
        act(place, problem, ProblemAct.SEND_BACK, HEAD, 3, due_on=FRIDAY)
    for day in (None, MONDAY.date() - timedelta(days=1)):
        with refused("order_day_over"):
            act(place, problem, ProblemAct.SEND_BACK, HEAD, 3, words="缺周末。", due_on=day)
    assert seen(place, problem).version == 3
