"""Standard answers as rows: kept by those who may, offered where they fit, the package's own loaded once."""

import re
from dataclasses import replace
from typing import Any

import pytest

from linli.cases import actions as cases
from linli.cases import answers, queries
from linli.cases.answers import Wording
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.answers import PLACES, faults
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.ledger import queries as ledger
from linli.ledger.queries import Fault
from tests.rooms.conftest import DISTRICT, TOWN, Place

SANITATION, CENTRE = f"{TOWN}.sanitation_office", f"{TOWN}.command_centre"
GOOD = Wording(
    "report_back", "what_was_done", "已清理", "Cleared", "已到{place}清理。", "Cleared at {place}.", unit=SANITATION
)
NOBODYS = "01890000-0000-7000-8000-000000000000"


def holding(unit: str, post: str, *functions: Function) -> Actor:
    area = unit.partition(".")[0]
    return Actor(ActorKind.PERSON, "one", (PostHeld(f"{unit}.{post}", unit, area, frozenset(functions)),))


HEAD = holding(SANITATION, "head", Function.HANDLE)
ADMINISTRATOR = holding(f"{DISTRICT}.district_centre", "administrator", Function.ADMINISTER)


def keep(place: Place, actor: Actor = HEAD, wording: Wording = GOOD, **changes: Any) -> str:
    return cases.keep_answer(actor, DISTRICT, wording, policy=place.policy, now=place.later(), **changes)


def offered(place: Place, actor: Actor, action: str = "report_back", matter: str = "CM-006") -> list[str]:
    domain = place.policy.matters[matter].domain
    found = queries.answers_for(actor, DISTRICT, action, matter=matter, domain=domain)
    return [known.wording.title_en for known in found]


def test_the_packages_own_are_sound_in_both_languages_and_for_fields_that_exist(place: Place) -> None:
    own = answers.packaged()
    assert len(own) >= 12
    assert len({wording.code for wording in own}) == len(own)
    for wording in own:
        answers.check(wording, place.policy)
        named = [sorted(re.findall(r"{(\w+)}", text)) for text in (wording.text_zh, wording.text_en)]
        assert named[0] == named[1], wording.code
        assert set(named[0]) <= set(PLACES)
        assert not re.search(r"[\u4e00-\u9fff]", wording.title_en + wording.text_en), wording.code


def test_it_loads_the_packages_own_once_and_never_again_what_was_removed(place: Place) -> None:
    first = cases.load_answers(DISTRICT, now=place.now)
    assert first == len(answers.packaged())
    assert cases.load_answers(DISTRICT, now=place.now) == 0
    gone = queries.answers_of(DISTRICT)[0]

    cases.remove_answer(ADMINISTRATOR, DISTRICT, gone.id, policy=place.policy, now=place.now)

    assert cases.load_answers(DISTRICT, now=place.now) == 0
    assert gone.id not in {known.id for known in queries.answers_of(DISTRICT)}


def test_it_is_offered_to_the_unit_that_it_belongs_to_and_the_districts_to_all(place: Place) -> None:
    keep(place)
    keep(place, ADMINISTRATOR, replace(GOOD, unit="", title_en="For all"))

    assert offered(place, place.person(SANITATION)) == ["Cleared", "For all"], "one's own first"
    assert offered(place, place.person(CENTRE)) == ["For all"]
    assert offered(place, place.person(SANITATION), "reply") == []


def test_it_is_offered_for_its_matter_or_domain_only(place: Place) -> None:
    domain = place.policy.matters["CM-006"].domain
    keep(place, wording=replace(GOOD, matter="CM-006", title_en="Matter"))
    keep(place, wording=replace(GOOD, domain=domain, title_en="Domain"))
    keep(place, wording=replace(GOOD, title_en="Any"))

    assert offered(place, place.person(SANITATION)) == ["Matter", "Domain", "Any"]
    assert offered(place, place.person(SANITATION), matter="EE-009") == ["Any"]


def test_it_is_changed_and_removed_with_an_entry_each_that_holds_no_words(place: Place) -> None:
    answer = keep(place)
    keep(place, wording=replace(GOOD, text_zh="改过的正文。"), answer=answer)
    assert [known.wording.text_zh for known in queries.answers_of(DISTRICT)] == ["改过的正文。"]
    cases.remove_answer(HEAD, DISTRICT, answer, policy=place.policy, now=place.later())

    entries = ledger.stream(DISTRICT, "answer", answer)
    assert [entry.type for entry in entries] == ["answer.written", "answer.written", "answer.removed"]
    assert {entry.post for entry in entries} == {f"{SANITATION}.head"}
    assert not any("正文" in str(entry.payload) for entry in entries)
    assert not any(isinstance(found, Fault) for found in ledger.verify(DISTRICT))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"field": "reason"}, "answer_field_unknown"),
        ({"action": "satisfied", "field": "rating"}, "answer_field_unknown"),
        ({"matter": "ZZ-1"}, "matter_unknown"),
        ({"domain": "nowhere"}, "matter_unknown"),
        ({"title_en": " "}, "answer_text_missing"),
        ({"text_zh": "x" * 2001}, "text_too_long"),
        ({"text_en": "a\x00b"}, "text_unreadable"),
        ({"text_en": "Dear {name}"}, "answer_place_unknown"),
        ({"unit": ""}, "not_yours"),
        ({"unit": CENTRE}, "not_yours"),
    ],
)
def test_it_refuses_what_does_not_fit_and_writes_nothing(place: Place, changes: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        keep(place, wording=replace(GOOD, **changes))
    assert refused.value.code == code
    assert queries.answers_of(DISTRICT) == []


def test_nobody_takes_over_or_removes_the_answer_of_another_unit(place: Place) -> None:
    answer = keep(place, ADMINISTRATOR, replace(GOOD, unit=CENTRE))
    for deed in (
        lambda: keep(place, answer=answer),
        lambda: cases.remove_answer(HEAD, DISTRICT, answer, policy=place.policy, now=place.now),
    ):
        with pytest.raises(Refusal, match="not_yours"):
            deed()
    with pytest.raises(Refusal, match="answer_unknown"):
        keep(place, answer=NOBODYS)
    assert [known.wording.unit for known in queries.answers_of(DISTRICT)] == [CENTRE]


def test_a_text_of_the_package_has_no_loose_brace() -> None:
    assert [w.code for w in answers.packaged() if faults(w.text_zh) or faults(w.text_en)] == []
