"""The questions of a matter on a page: as fields to fill in, and answered, in words."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from linli.cases import words
from linli.core import asked
from linli.core.asked import PREFIX, UNKNOWN, Answer, Question, QuestionType
from linli.core.case.state import CaseState
from linli.core.policy import Policy, Urgency
from linli.ui.widgets import Day, Rows, TickRows

Label = tuple[str, str]


def said(texts: Mapping[str, str], lang: str) -> str:
    """A text of the catalogue in the reader's language."""
    return texts.get(words.LANGUAGES[lang], "")


class QuestionForm(forms.Form):
    """The questions that one matter asks. ``answers()`` gives what was filled in, as intake takes it.

    Fields are named ``answer.KEY``. No field is required to the form itself: the rules judge all of them together,
    because what is hidden must not be asked for. ``filled`` is what was typed before, shown again without a judgement.
    """

    def __init__(
        self, matter: str, questions: tuple[Question, ...], lang: str, data: Any = None, filled: Any = None
    ) -> None:
        super().__init__(data)
        self.matter, self.questions, self.lang = matter, questions, lang
        for question in questions:
            name = PREFIX + question.key
            self.fields[name] = _field(question, lang)
            if filled is not None:
                self.initial[name] = filled.getlist(name) if question.type is QuestionType.SEVERAL else filled.get(name)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each field with what the page needs to show it at the right moment."""
        return [
            {
                "field": self[PREFIX + question.key],
                "needed": question.required or question.essential,
                "when": PREFIX + question.shown_when[0] if question.shown_when else "",
                "values": " ".join(question.shown_when[1]) if question.shown_when else "",
                "only_if": self._only_if(question),
                "danger": " ".join(o.code for o in question.options if o.raises is Urgency.EMERGENCY),
            }
            for question in self.questions
        ]

    def answers(self) -> dict[str, Any]:
        """What was filled in, by key; blanks are left out.

        Where an answer is wanted but "I do not know" would do, a blank is taken for that: nobody's report is held up.
        """
        values = {question.key: self._value(question) for question in self.questions}
        given = {key: value for key, value in values.items() if value not in ("", [], None)}
        unknown = {q.key: UNKNOWN for q in self.questions if q.required and not q.essential}
        return unknown | given

    def told(self) -> dict[str, Any]:
        """The answers, if they tell anything: a form in which nothing was answered says what one without it says."""
        answers = self.answers()
        return answers if any(answer != UNKNOWN for answer in answers.values()) else {}

    def clean(self) -> dict[str, Any]:
        """Puts each problem beside its question."""
        values = super().clean() or {}
        for key, problem in asked.judge(self.questions, self.answers()).problems.items():
            self.add_error(PREFIX + key, problem_words(problem))
        return values

    def _value(self, question: Question) -> Any:
        name = PREFIX + question.key
        if question.type is QuestionType.SEVERAL and hasattr(self.data, "getlist"):
            return self.data.getlist(name)
        return self.data.get(name)

    def _only_if(self, question: Question) -> str:
        if question.shown_when is None:
            return ""
        key, codes = question.shown_when
        before = next(earlier for earlier in self.questions if earlier.key == key)
        titles = [said(option.title, self.lang) for option in before.options if option.code in codes]
        return _("Only if: %(question)s %(answers)s") % {
            "question": said(before.title, self.lang),
            "answers": " / ".join(titles),
        }


def problem_words(problem: str) -> str:
    """What is wrong with an answer, in words."""
    return {
        "missing": _("Please answer this; “I do not know” is an answer where it is offered."),
        "too_long": _("At most 500 characters, please."),
    }.get(problem, _("This does not answer the question. Please choose or correct it."))


def form_for(policy: Policy, lang: str, matter: str, data: Any = None, filled: Any = None) -> QuestionForm | None:
    """The questions of a matter, None where it has none or is unknown."""
    known = policy.matters.get(matter)
    if known is None or not known.questions:
        return None
    return QuestionForm(matter, known.questions, lang, data, filled)


def answered(answers: Mapping[str, Any], matter: str | None, policy: Policy, lang: str) -> list[Label]:
    """Answers in words, in the order of the questions; one whose question is gone keeps its key."""
    known = policy.matters.get(matter or "")
    questions = {question.key: question for question in known.questions} if known else {}
    order = [*(key for key in questions if key in answers), *(key for key in answers if key not in questions)]
    return [(title_of(key, questions, lang), _answer(questions.get(key), answers[key], lang)) for key in order]


def answers_of(state: CaseState, texts: Mapping[str, str], policy: Policy, lang: str) -> list[Label]:
    """The answers of a case in words; ``texts`` gives the masked working text of a vault id."""
    values = {key: texts.get(value, value) if isinstance(value, str) else value for key, value in state.answers.items()}
    return answered(values, state.answers_for, policy, lang)


def title_of(key: str, questions: Mapping[str, Question], lang: str) -> str:
    """The question itself, or its key where the catalogue asks it no more."""
    return said(questions[key].title, lang) if key in questions else key


def _answer(question: Question | None, answer: Answer, lang: str) -> str:
    if isinstance(answer, tuple | list):
        return ("、" if lang == "zh-hans" else ", ").join(_answer(question, code, lang) for code in answer)
    if answer == UNKNOWN:
        return _("I do not know")
    option = question.option(answer) if question is not None and isinstance(answer, str) else None
    if option is not None:
        return said(option.title, lang)
    unit = said(question.unit, lang) if question is not None and isinstance(answer, int) else ""
    return f"{answer} {unit}".strip()


def _field(question: Question, lang: str) -> forms.Field:
    common: dict[str, Any] = {
        "label": said(question.title, lang),
        "help_text": said(question.help, lang),
        "required": False,
    }
    options = [(option.code, said(option.title, lang)) for option in question.options]
    if not question.essential:
        options.append((UNKNOWN, _("I do not know")))
    if question.type in (QuestionType.YES_NO, QuestionType.ONE):
        return forms.ChoiceField(widget=Rows, choices=options, **common)
    if question.type is QuestionType.SEVERAL:
        return forms.MultipleChoiceField(widget=TickRows, choices=options, **common)
    if question.type is QuestionType.DATE:
        return forms.CharField(widget=Day, **common)
    unit = said(question.unit, lang)
    if unit:
        common["label"] = _("%(question)s (in %(unit)s)") % {"question": common["label"], "unit": unit}
    kind = {"inputmode": "numeric"} if question.type is QuestionType.NUMBER else {}
    return forms.CharField(widget=forms.TextInput(attrs=kind), **common)
