"""Forms by which an administrator writes what a matter asks: one question, and the rows of its options."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases import words
from linli.core.asked import (
    CHOOSING,
    LANGUAGES,
    LARGEST_NUMBER,
    MOST_OPTIONS,
    TITLE_LIMIT,
    BadQuestionError,
    Question,
    QuestionType,
)
from linli.core.policy import Urgency
from linli.site.asked import said
from linli.ui.widgets import TickRows

SPARE_ROWS = 3
"""Empty rows for further options."""
_CODE = RegexValidator(
    r"\A[a-z][a-z0-9_]{1,29}\Z", gettext_lazy("2 to 30 small letters, digits and underscores, like all_dark.")
)
TYPES = {
    QuestionType.YES_NO: gettext_lazy("yes or no"),
    QuestionType.ONE: gettext_lazy("one of several answers"),
    QuestionType.SEVERAL: gettext_lazy("any of several answers"),
    QuestionType.NUMBER: gettext_lazy("a whole number"),
    QuestionType.DATE: gettext_lazy("a date"),
    QuestionType.TEXT: gettext_lazy("a few words (kept in the vault)"),
}
WRONG = {
    "too_many": gettext_lazy("A matter asks at most 12 questions. Take one away first."),
    "key_twice": gettext_lazy("Another question of the matter has this key. Choose another."),
    "person": gettext_lazy("This asks about a person. Ask about the place or the thing: the platform keeps no traits."),
    "option_twice": gettext_lazy("Two options have the same code. Give each its own."),
    "options_few": gettext_lazy("Give at least two options to choose from."),
    "condition": gettext_lazy(
        "A question can only depend on answers to one question that stands before it. Change its condition first."
    ),
}
"""What the rules say of a question, in words."""

Document = dict[str, Any]


class QuestionRow(forms.Form):
    """One question; ``stamp`` says over which state of the matter it was filled in, ``was`` which question it was."""

    stamp = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    was = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    title_zh = forms.CharField(label=gettext_lazy("Question in Chinese"), max_length=TITLE_LIMIT)
    title_en = forms.CharField(label=gettext_lazy("Question in English"), max_length=TITLE_LIMIT)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=30,
        validators=[_CODE],
        help_text=gettext_lazy("Under this name the answer is kept and routed. Once published it should stay."),
    )
    type = forms.ChoiceField(label=gettext_lazy("How it is answered"))
    help_zh = forms.CharField(label=gettext_lazy("Explanation in Chinese"), required=False, max_length=TITLE_LIMIT)
    help_en = forms.CharField(label=gettext_lazy("Explanation in English"), required=False, max_length=TITLE_LIMIT)
    unit_zh = forms.CharField(label=gettext_lazy("Counted in (Chinese)"), required=False, max_length=TITLE_LIMIT)
    unit_en = forms.CharField(label=gettext_lazy("Counted in (English)"), required=False, max_length=TITLE_LIMIT)
    most = forms.IntegerField(
        label=gettext_lazy("Largest number that makes sense"), required=False, min_value=1, max_value=LARGEST_NUMBER
    )
    need = forms.ChoiceField(
        label=gettext_lazy("Must it be answered?"),
        choices=[
            ("", gettext_lazy("no")),
            ("required", gettext_lazy("yes, but “I do not know” is an answer")),
            ("essential", gettext_lazy("yes, nothing can be done without")),
        ],
        required=False,
    )
    shown_when = forms.MultipleChoiceField(
        label=gettext_lazy("Asked only after one of these answers"), required=False, widget=TickRows
    )

    def __init__(self, before: Sequence[Question], lang: str, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="question-%s")
        for name, choices in (("type", list(TYPES.items())), ("shown_when", _conditions(before, lang))):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        if not self.fields["shown_when"].choices:  # type: ignore[attr-defined]  # set just above
            del self.fields["shown_when"]

    def clean(self) -> dict[str, Any]:
        """An explanation and a unit are in both languages or in none."""
        for part in ("help", "unit"):
            texts = {lang: self.cleaned_data.get(f"{part}_{lang}") for lang in LANGUAGES}
            if any(texts.values()) and not all(texts.values()):
                missing = next(lang for lang, text in texts.items() if not text)
                self.add_error(f"{part}_{missing}", _("Give it in both languages, or in neither."))
        return self.cleaned_data


class OptionRow(forms.Form):
    """One answer to choose; a row without a code is left out."""

    code = forms.CharField(label=gettext_lazy("Code"), required=False, max_length=30, validators=[_CODE])
    title_zh = forms.CharField(label=gettext_lazy("Answer in Chinese"), required=False, max_length=TITLE_LIMIT)
    title_en = forms.CharField(label=gettext_lazy("Answer in English"), required=False, max_length=TITLE_LIMIT)
    raises = forms.ChoiceField(label=gettext_lazy("Makes the case at least"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        lang = kwargs.pop("lang")
        super().__init__(*args, **kwargs)
        field = self.fields["raises"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—")] + [
            (urgency.value, words.label("urgency", urgency.value, lang))
            for urgency in (Urgency.URGENT, Urgency.EMERGENCY)
        ]

    def clean(self) -> dict[str, Any]:
        """Whoever begins a row finishes it; yes and no have names of their own."""
        given = self.cleaned_data
        if any(given.get(name) for name in ("title_zh", "title_en", "raises")) and not given.get("code"):
            self.add_error("code", _("Give the answer a code, or empty the row."))
        if given.get("code") and given["code"] not in ("yes", "no"):
            for name in ("title_zh", "title_en"):
                if not given.get(name):
                    self.add_error(name, _("Please fill this in."))
        return given


OptionRows = forms.formset_factory(OptionRow, extra=SPARE_ROWS, max_num=MOST_OPTIONS, validate_max=True)


def _conditions(before: Sequence[Question], lang: str) -> list[tuple[str, str]]:
    return [
        (f"{question.key}={option.code}", f"{said(question.title, lang)} {said(option.title, lang)}")
        for question in before
        if question.type in CHOOSING
        for option in question.options
    ]


def initial(document: Document) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A question as its form shows it: the question, and its options."""
    values: dict[str, Any] = {
        "was": document["key"],
        "key": document["key"],
        "type": document["type"],
        "most": document.get("most"),
        "need": "essential" if document.get("essential") else "required" if document.get("required") else "",
        "shown_when": [f"{key}={code}" for key, codes in document.get("shown_when", {}).items() for code in codes],
    }
    for part in ("title", "help", "unit"):
        values |= {f"{part}_{lang}": document.get(part, {}).get(lang, "") for lang in LANGUAGES}
    options = [
        {
            "code": option["code"],
            "title_zh": option["title"]["zh"],
            "title_en": option["title"]["en"],
            "raises": option.get("raises", ""),
        }
        for option in document.get("options", ())
    ]
    return values, options


def document(row: QuestionRow, options: Any) -> Document:
    """What was typed, as the catalogue keeps a question.

    Raises:
        BadQuestionError: the answers that bring it up are of more than one question.
    """
    given = row.cleaned_data
    made: Document = {"key": given["key"], "type": given["type"], "title": _texts(given, "title")}
    made |= {part: _texts(given, part) for part in ("help", "unit") if given[f"{part}_zh"]}
    if given["need"]:
        made[given["need"]] = True
    if given["most"] and given["type"] == QuestionType.NUMBER:
        made["most"] = given["most"]
    if QuestionType(given["type"]) in CHOOSING:
        made["options"] = [_option(each.cleaned_data) for each in options if each.cleaned_data.get("code")]
    if conditions := [value.split("=", 1) for value in given.get("shown_when", ())]:
        if len({key for key, _code in conditions}) > 1:
            raise BadQuestionError("a question depends on one other question", "condition")
        made["shown_when"] = {conditions[0][0]: [code for _key, code in conditions]}
    return made


def _texts(given: Mapping[str, Any], part: str) -> dict[str, str]:
    return {lang: given[f"{part}_{lang}"] for lang in LANGUAGES}


def _option(given: Mapping[str, Any]) -> Document:
    made: Document = {"code": given["code"]}
    if given["title_zh"]:
        made["title"] = {"zh": given["title_zh"], "en": given["title_en"]}
    if given["raises"]:
        made["raises"] = given["raises"]
    return made
