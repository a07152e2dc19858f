"""Questions that a matter asks, and what a person's answers to them are worth.

They stand in the catalogue with their matter. Nothing here knows a screen or a table: questions are read from data,
answers are judged against them, and both are total: whatever stands there is answered with codes, never an exception
of another kind than :class:`BadQuestionError`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from linli.core.policy import Urgency

UNKNOWN = "unknown"
"""The answer "I do not know": as good as any other unless the question is essential."""
YES, NO = "yes", "no"
LANGUAGES = ("zh", "en")
MOST_QUESTIONS = 12
MOST_OPTIONS = 20
TEXT_LIMIT = 500
TITLE_LIMIT = 120
LARGEST_NUMBER = 999_999
PREFIX = "answer."
"""What the name of an answer begins with in forms, tables, events and routing rules."""
_KEY = re.compile(r"[a-z][a-z0-9_]{1,29}")
_WHOLE = re.compile(r"[0-9]{1,6}")
_YEARS = range(2000, 2200)

Answer = str | int | tuple[str, ...]
"""Codes, a whole number, an ISO date; a text as it was typed, or where it went into the vault, its id."""


class BadQuestionError(ValueError):
    """A question that cannot stand in the catalogue; the text says which and what to do, ``code`` says it to pages."""

    def __init__(self, text: str, code: str = "wrong") -> None:
        super().__init__(text)
        self.code = code


class QuestionType(StrEnum):
    """How a question is answered. Only ``text`` is in a person's own words, so only that goes to the vault."""

    YES_NO = "yes_no"
    ONE = "one"
    SEVERAL = "several"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


CHOOSING = frozenset({QuestionType.YES_NO, QuestionType.ONE, QuestionType.SEVERAL})


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. ``raises`` is the least urgency of a case with this answer; nothing lowers it (R9)."""

    code: str
    title: Mapping[str, str]
    raises: Urgency | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question. ``title``, ``help`` and ``unit`` by language (``zh``, ``en``).

    ``required`` wants an answer, be it "I do not know"; ``essential`` wants a real one. ``shown_when`` names an earlier
    question and the answers to it that bring this one up. ``most`` is the largest number that makes sense.
    """

    key: str
    type: QuestionType
    title: Mapping[str, str]
    help: Mapping[str, str]
    unit: Mapping[str, str]
    required: bool = False
    essential: bool = False
    most: int = LARGEST_NUMBER
    options: tuple[Option, ...] = ()
    shown_when: tuple[str, tuple[str, ...]] | None = None

    def option(self, code: str) -> Option | None:
        """The option of that code."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class Judged:
    """Good answers by key, and by key what is wrong: ``missing``, ``invalid``, ``unknown_question``, ``too_long``."""

    answers: Mapping[str, Answer]
    problems: Mapping[str, str]


def judge(questions: Sequence[Question], given: Mapping[Any, Any]) -> Judged:
    """Judges answers in the order of the questions; answers to questions that stay hidden are dropped."""
    answers: dict[str, Answer] = {}
    known = {question.key for question in questions}
    problems = {str(key)[:40]: "unknown_question" for key in given if key not in known}
    for question in questions:
        if not is_shown(question, answers):
            continue
        value = given.get(question.key)
        if _is_blank(value):
            if question.required or question.essential:
                problems[question.key] = "missing"
            continue
        answer, problem = _read(question, value)
        if answer is None:
            problems[question.key] = problem
        else:
            answers[question.key] = answer
    return Judged(answers, problems)


def is_shown(question: Question, answers: Mapping[str, Answer]) -> bool:
    """Whether the answers so far bring the question up."""
    if question.shown_when is None:
        return True
    key, values = question.shown_when
    answer = answers.get(key)
    chosen = answer if isinstance(answer, tuple) else (answer,)
    return any(value in values for value in chosen)


def raised(questions: Sequence[Question], answers: Mapping[str, Answer]) -> Urgency | None:
    """The highest urgency that the answers ask for; None where none does."""
    found: list[Urgency] = []
    for question in questions:
        answer = answers.get(question.key)
        for code in answer if isinstance(answer, tuple) else (answer,):
            option = question.option(code) if isinstance(code, str) else None
            if option is not None and option.raises is not None:
                found.append(option.raises)
    return max(found, key=lambda urgency: urgency.rank, default=None)


def rule_facts(answers: Mapping[str, Answer]) -> dict[str, str]:
    """The answers as a routing rule compares them; several choices of one question are joined by semicolons."""
    return {PREFIX + k: ";".join(v) if isinstance(v, tuple) else str(v) for k, v in answers.items()}


def is_rule_field(name: str) -> bool:
    """Whether a routing rule's column names an answer: ``answer.KEY``."""
    return name.startswith(PREFIX) and _KEY.fullmatch(name.removeprefix(PREFIX)) is not None


def _is_blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | tuple) and not value)


def _read(question: Question, value: Any) -> tuple[Answer | None, str]:
    if value == UNKNOWN or (isinstance(value, list | tuple) and list(value) == [UNKNOWN]):
        return (None, "missing") if question.essential else (UNKNOWN, "")
    if question.type is QuestionType.TEXT:
        return _text(value)
    if question.type is QuestionType.SEVERAL:
        return _several(question, value), "invalid"
    if question.type is QuestionType.NUMBER:
        return _number(question, value), "invalid"
    if question.type is QuestionType.DATE:
        return _date(value), "invalid"
    code = {True: YES, False: NO}[value] if isinstance(value, bool) else value
    return (code if isinstance(code, str) and question.option(code) else None), "invalid"


def _text(value: Any) -> tuple[str | None, str]:
    if not isinstance(value, str) or "\x00" in value:
        return None, "invalid"
    text = value.strip()
    return (None, "too_long") if len(text) > TEXT_LIMIT else (text, "")


def _several(question: Question, value: Any) -> tuple[str, ...] | None:
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        return None
    chosen = {part.strip() for part in parts if part.strip()}
    if not chosen or any(question.option(code) is None for code in chosen):
        return None
    return tuple(option.code for option in question.options if option.code in chosen)


def _number(question: Question, value: Any) -> int | None:
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()) and value.isascii():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= question.most else None


def _date(value: Any) -> str | None:
    try:
        found = date.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.isoformat() if found is not None and found.year in _YEARS else None


_FIELDS = frozenset({"key", "type", "title", "help", "unit", "required", "essential", "most", "options", "shown_when"})
_ABOUT_PERSONS = re.compile(
    r"身份证|证件号|民族|宗教|信仰|政治面貌|党员|籍贯|户籍|性别|婚姻|前科|病史|精神病|谁干的|姓名|长相|车牌"
    r"|id card|passport number|ethnic|religio|party member|marital|criminal record|what does (?:he|she) look"
    r"|licen[cs]e plate|\bwho is\b|\bwho did\b|\bname of the\b|nationality|gender",
    re.IGNORECASE,
)


def read(data: Any) -> tuple[Question, ...]:
    """Questions from a document: a list of mappings, in the order in which they are asked.

    Raises:
        BadQuestionError: something cannot stand; the text names the question and says what to do.
    """
    if not isinstance(data, list) or len(data) > MOST_QUESTIONS:
        raise BadQuestionError(f"questions are a list of at most {MOST_QUESTIONS}", "too_many")
    found: list[Question] = []
    for item in data:
        question = _question(item, found)
        found.append(question)
    return tuple(found)


def _question(item: Any, earlier: Sequence[Question]) -> Question:
    if not isinstance(item, dict):
        raise BadQuestionError("each question is a mapping with key, type and title")
    key = item.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise BadQuestionError(f"key {str(key)[:40]!r}: use 2 to 30 lower-case letters, digits and underscores")
    if any(question.key == key for question in earlier):
        raise BadQuestionError(f"{key}: the key stands twice; give each question its own", "key_twice")
    if unknown := sorted(str(name) for name in item if name not in _FIELDS):
        raise BadQuestionError(f"{key}: {unknown[0]!r} is no part of a question; use {', '.join(sorted(_FIELDS))}")
    try:
        kind = QuestionType(str(item.get("type")))
    except ValueError:
        known = ", ".join(QuestionType)
        raise BadQuestionError(f"{key}: type {str(item.get('type'))[:40]!r} is unknown; use one of {known}") from None
    question = Question(
        key=key,
        type=kind,
        title=_words(key, "title", item.get("title")),
        help=_words(key, "help", item["help"]) if item.get("help") else {},
        unit=_words(key, "unit", item["unit"]) if item.get("unit") else {},
        required=_flag(key, "required", item),
        essential=_flag(key, "essential", item),
        most=_most(key, item.get("most", LARGEST_NUMBER)),
        options=_options(key, kind, item.get("options")),
        shown_when=_condition(key, item.get("shown_when"), earlier),
    )
    said = " ".join([*question.title.values(), *question.help.values()])
    said += " ".join(text for option in question.options for text in option.title.values())
    if about := _ABOUT_PERSONS.search(said):
        raise BadQuestionError(
            f"{key}: {about[0]!r} asks about a person; ask about the place or thing (rights R1, R8)", "person"
        )
    return question


def _words(key: str, part: str, value: Any) -> dict[str, str]:
    if isinstance(value, dict) and set(value) == set(LANGUAGES):
        texts = {lang: value[lang].strip() for lang in LANGUAGES if isinstance(value[lang], str)}
        if len(texts) == len(LANGUAGES) and all(0 < len(t) <= TITLE_LIMIT and "\x00" not in t for t in texts.values()):
            return texts
    raise BadQuestionError(f"{key}: {part} needs zh and en, each 1 to {TITLE_LIMIT} characters")


def _flag(key: str, part: str, item: Mapping[str, Any]) -> bool:
    value = item.get(part, False)
    if not isinstance(value, bool):
        raise BadQuestionError(f"{key}: {part} is true or false")
    return value


def _most(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= LARGEST_NUMBER:
        raise BadQuestionError(f"{key}: most is a whole number from 1 to {LARGEST_NUMBER}")
    return value


_YES_NO = {YES: {"zh": "是", "en": "Yes"}, NO: {"zh": "否", "en": "No"}}


def _options(key: str, kind: QuestionType, value: Any) -> tuple[Option, ...]:
    if kind not in CHOOSING:
        if value:
            raise BadQuestionError(f"{key}: only yes_no, one and several have options; leave them out")
        return ()
    rows = value if value is not None else []
    if not isinstance(rows, list) or len(rows) > MOST_OPTIONS or not all(isinstance(row, dict) for row in rows):
        raise BadQuestionError(f"{key}: options are a list of at most {MOST_OPTIONS} mappings with code and title")
    made = {option.code: option for option in (_option(key, kind, row) for row in rows)}
    if len(made) != len(rows):
        raise BadQuestionError(f"{key}: an option's code stands twice; give each its own", "option_twice")
    if kind is QuestionType.YES_NO:
        return tuple(made.get(code, Option(code, title)) for code, title in _YES_NO.items())
    if len(made) < 2:
        raise BadQuestionError(f"{key}: give at least two options to choose from", "options_few")
    return tuple(made.values())


def _option(key: str, kind: QuestionType, row: Mapping[str, Any]) -> Option:
    code = row.get("code")
    # YAML reads a bare yes or no as true or false; who writes the file means the word.
    code = {True: YES, False: NO}[code] if isinstance(code, bool) else code
    good = code in _YES_NO if kind is QuestionType.YES_NO else isinstance(code, str) and code != UNKNOWN
    if not good or not _KEY.fullmatch(str(code)) or set(row) - {"code", "title", "raises"}:
        raise BadQuestionError(f"{key}: option {str(code)[:40]!r} needs a code like 'all_dark', a title, maybe raises")
    try:
        raises = Urgency(row["raises"]) if row.get("raises") else None
    except ValueError:
        known = ", ".join(Urgency)
        raise BadQuestionError(f"{key}: raises {str(row['raises'])[:40]!r} is unknown; use one of {known}") from None
    preset = _YES_NO.get(str(code)) if kind is QuestionType.YES_NO else None
    title = preset if preset and not row.get("title") else _words(key, f"option {code}", row.get("title"))
    return Option(str(code), title, raises)


def _condition(key: str, value: Any, earlier: Sequence[Question]) -> tuple[str, tuple[str, ...]] | None:
    if not value:
        return None
    if not isinstance(value, dict) or len(value) != 1:
        raise BadQuestionError(f"{key}: shown_when names one earlier question and its answers: {{hurt: [yes]}}")
    name, wanted = next(iter(value.items()))
    before = next((question for question in earlier if question.key == name and question.type in CHOOSING), None)
    if before is None:
        raise BadQuestionError(f"{key}: shown_when {str(name)[:40]!r} is no earlier question with options", "condition")
    parts = wanted if isinstance(wanted, list) else [wanted]
    codes = tuple({True: YES, False: NO}[part] if isinstance(part, bool) else str(part) for part in parts)
    if not codes or any(before.option(code) is None and code != UNKNOWN for code in codes):
        raise BadQuestionError(f"{key}: shown_when {name} takes only the options of that question", "condition")
    return str(name), codes


def as_data(questions: Sequence[Question]) -> list[dict[str, Any]]:
    """The questions as a document; :func:`read` gives the same ones back."""
    return [dict(_parts(question)) for question in questions]


def _parts(question: Question) -> Iterator[tuple[str, Any]]:
    yield from (("key", question.key), ("type", question.type.value), ("title", dict(question.title)))
    yield from ((name, dict(text)) for name, text in (("help", question.help), ("unit", question.unit)) if text)
    yield from ((name, True) for name in ("required", "essential") if getattr(question, name))
    if question.most != LARGEST_NUMBER:
        yield "most", question.most
    if question.options:
        yield (
            "options",
            [
                {"code": option.code, "title": dict(option.title)}
                | ({"raises": option.raises.value} if option.raises else {})
                for option in question.options
            ],
        )
    if question.shown_when is not None:
        yield "shown_when", {question.shown_when[0]: list(question.shown_when[1])}
