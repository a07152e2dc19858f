"""Questions of a matter: reading is strict, judging is total, hidden questions never block, urgency only rises."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core import asked
from linli.core.asked import BadQuestionError, Question
from linli.core.policy import Urgency
from linli.core.routing import Condition, Operator

HURT = {
    "key": "hurt", "type": "yes_no", "required": True, "title": {"zh": "有人受伤吗？", "en": "Is anyone hurt?"},
    "options": [{"code": "yes", "raises": "emergency"}],
}  # fmt: skip
COUNT = {
    "key": "count", "type": "number", "essential": True, "most": 50, "shown_when": {"hurt": "yes"},
    "title": {"zh": "几个人？", "en": "How many?"},
}  # fmt: skip
COLOUR = {
    "key": "colour", "type": "several", "title": {"zh": "什么颜色？", "en": "Which colour?"},
    "options": [{"code": c, "title": {"zh": c, "en": c}} for c in ("red", "green", "blue")],
}  # fmt: skip
SINCE = {"key": "since", "type": "date", "title": {"zh": "何时？", "en": "Since when?"}}
POST = {"key": "post", "type": "text", "title": {"zh": "编号", "en": "Number"}}
QUESTIONS = asked.read([HURT, COUNT, COLOUR, SINCE, POST])

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from([question.key for question in QUESTIONS]) | st.text(max_size=6)
LIKELY = st.sampled_from(["yes", "no", "unknown", "red", "red;blue", "7", "2026-01-31", True, 3, ["green"]])


def test_good_answers_become_codes_numbers_and_dates() -> None:
    given = {"hurt": True, "count": "3", "colour": ["blue", "red"], "since": "2026-03-01", "post": " A-7 "}
    judged = asked.judge(QUESTIONS, given)
    assert judged.answers == {
        "hurt": "yes", "count": 3, "colour": ("red", "blue"), "since": "2026-03-01", "post": "A-7",
    }  # fmt: skip
    assert not judged.problems


def test_a_hidden_question_neither_blocks_nor_keeps_its_answer() -> None:
    assert asked.judge(QUESTIONS, {"hurt": "no"}) == asked.Judged({"hurt": "no"}, {})
    assert asked.judge(QUESTIONS, {"hurt": "no", "count": "many"}) == asked.Judged({"hurt": "no"}, {})


def test_required_is_satisfied_by_not_knowing_and_essential_is_not() -> None:
    assert asked.judge(QUESTIONS, {}).problems == {"hurt": "missing"}
    assert asked.judge(QUESTIONS, {"hurt": "unknown"}).answers == {"hurt": "unknown"}
    assert asked.judge(QUESTIONS, {"hurt": "yes", "count": "unknown"}).problems == {"count": "missing"}


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("colour", "pink", "invalid"),
        ("colour", [["red"]], "invalid"),
        ("since", "31.1.2026", "invalid"),
        ("since", "0001-01-01", "invalid"),
        ("post", "x" * 501, "too_long"),
        ("post", "a\x00b", "invalid"),
        ("nothing", "x", "unknown_question"),
    ],
)
def test_a_bad_answer_is_named_by_its_key(key: str, value: Any, problem: str) -> None:
    judged = asked.judge(QUESTIONS, {"hurt": "no", key: value})
    assert judged.problems == {key: problem}
    assert key not in judged.answers


@pytest.mark.parametrize("value", [51, -1, True, 1.5, "1e3", "٣", 10**30])
def test_a_number_is_whole_and_within_sense(value: Any) -> None:
    assert asked.judge(QUESTIONS, {"hurt": "yes", "count": value}).problems == {"count": "invalid"}


@given(st.dictionaries(KEYS | st.integers(), ANYTHING | LIKELY, max_size=6))
def test_judging_is_total_and_settles(values: dict[Any, Any]) -> None:
    judged = asked.judge(QUESTIONS, values)
    assert asked.judge(QUESTIONS, judged.answers).answers == judged.answers
    shown = {question.key for question in QUESTIONS if asked.is_shown(question, judged.answers)}
    assert set(judged.answers) <= shown
    assert {key for key, code in judged.problems.items() if code == "missing"} <= shown


@given(ANYTHING)
def test_reading_anything_gives_questions_or_says_what_is_wrong(data: Any) -> None:
    for document in (data, [data], [{"key": "a_b", "type": "one", "title": {"zh": "一", "en": "a"}, "options": data}]):
        with suppress(BadQuestionError):
            assert all(isinstance(question, Question) for question in asked.read(document))


def test_questions_survive_being_written_and_read() -> None:
    assert asked.read(asked.as_data(QUESTIONS)) == QUESTIONS


@pytest.mark.parametrize(
    "change",
    [
        {"key": "Bad Key"},
        {"type": "essay"},
        {"title": {"zh": "只有中文"}},
        {"shown_when": {"later": "yes"}},
        {"shown_when": {"hurt": "maybe"}},
        {"options": [{"code": "one", "title": {"zh": "一", "en": "one"}}]},
        {"required": "true"},
        {"colour": "red"},
        {"title": {"zh": "他的身份证号？", "en": "Number?"}},
        {"title": {"zh": "颜色", "en": "What is their ethnic group?"}},
    ],
)
def test_a_question_that_cannot_stand_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadQuestionError):
        asked.read([HURT, COLOUR | change])


def test_answers_raise_urgency_and_nothing_lowers_it() -> None:
    assert asked.raised(QUESTIONS, {"hurt": "yes"}) is Urgency.EMERGENCY
    assert asked.raised(QUESTIONS, {"hurt": "no", "colour": ("red",)}) is None
    assert asked.raised(QUESTIONS, {"hurt": "unknown"}) is None


def test_a_rule_may_name_an_answer() -> None:
    assert Condition("answer.lamp", Operator.IS, ("dark",))
    assert Condition("answer.depth_cm", Operator.BETWEEN, ("5", "20"))
    with pytest.raises(ValueError, match="no field"):
        Condition("answer.", Operator.IS, ("dark",))
    assert asked.rule_facts({"colour": ("red", "blue"), "count": 3}) == {
        "answer.colour": "red;blue", "answer.count": "3",
    }  # fmt: skip
