"""What a matter of the draft asks: written question by question, put in order, and seen as a resident will see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.cases import words
from linli.catalogue import actions
from linli.catalogue import queries_drafts as drafts
from linli.catalogue.queries_drafts import Standing
from linli.core import asked
from linli.core.asked import BadQuestionError, Question, as_data
from linli.core.errors import Refusal
from linli.site.administration import question_forms
from linli.site.administration.drafting import preparing
from linli.site.administration.guarding import administration_page
from linli.site.administration.question_forms import TYPES, WRONG, Document, OptionRows, QuestionRow
from linli.site.administration.sections import at
from linli.site.asked import QuestionForm, said
from linli.site.desk.asking import Asking

STEPS = {"up": -1, "down": 1}


@dataclass(frozen=True, slots=True)
class Line:
    """A question in the list."""

    key: str
    title: str
    type: str
    needed: bool
    options: tuple[str, ...]
    only_if: str


@require_http_methods(["GET", "POST"])
@administration_page
def edit(request: HttpRequest, asking: Asking, code: str) -> HttpResponse:
    """The questions of one matter. A POST keeps one, moves it or takes it away, which begins the draft."""
    standing = drafts.standing().get(code)
    if standing is None:
        raise Http404
    if request.method == "GET":
        chosen = request.GET.get("edit", "")
        return _page(request, asking, standing, *_blank(asking, standing, chosen))
    if request.POST.get("do") == "keep":
        return _keep(request, asking, standing)
    documents, fault = _arranged(as_data(standing.matter.questions), request.POST), ""
    if documents is None:
        raise Http404
    try:
        _write(asking, code, documents, request.POST.get("stamp", ""))
    except BadQuestionError as error:
        fault, status = _words(error), HTTPStatus.UNPROCESSABLE_ENTITY
    except Refusal as refusal:
        fault, status = _refused(asking, refusal), HTTPStatus.CONFLICT
    if not fault:
        return redirect("desk-draft-questions", code)
    again = drafts.standing()[code]
    return _page(request, asking, again, *_blank(asking, again, ""), faults=[fault], status=status)


def _keep(request: HttpRequest, asking: Asking, standing: Standing) -> HttpResponse:
    code, documents = standing.matter.code, as_data(standing.matter.questions)
    was = request.POST.get("was", "")[:30]
    place = next((place for place, each in enumerate(documents) if each["key"] == was), len(documents))
    row = QuestionRow(standing.matter.questions[:place], asking.names.lang, request.POST)
    options = OptionRows(request.POST, form_kwargs={"lang": asking.names.lang}, prefix="option")
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if row.is_valid() and options.is_valid():
        try:
            documents[place : place + 1] = [question_forms.document(row, options)]
            changed = _write(asking, code, documents, row.cleaned_data["stamp"])
        except BadQuestionError as error:
            row.add_error(None, _words(error))
        except Refusal as refusal:
            row.add_error(None, _refused(asking, refusal))
            status, standing = HTTPStatus.CONFLICT, drafts.standing().get(code, standing)
            # Kept again, it goes over what the other person wrote, which the page shows now.
            data = request.POST.copy()
            data["stamp"] = standing.stamp
            row.data = data
        else:
            messages.success(request, _("Kept in the draft.") if changed else _("Nothing was changed."))
            return redirect("desk-draft-questions", code)
    return _page(request, asking, standing, row, options, status=status)


def _write(asking: Asking, code: str, documents: list[Document], stamp: str) -> bool:
    return actions.keep_questions(preparing(asking), code, asked.read(documents), stamp[:64])


def _arranged(documents: list[Document], given: Any) -> list[Document] | None:
    """The questions with one moved or taken away; None for one that is not there."""
    place = next((place for place, each in enumerate(documents) if each["key"] == given.get("key")), None)
    if place is None:
        return None
    if given.get("do") == "remove":
        return documents[:place] + documents[place + 1 :]
    step = STEPS.get(given.get("do", ""))
    if step is None or not 0 <= place + step < len(documents):
        return None
    documents[place], documents[place + step] = documents[place + step], documents[place]
    return documents


def _blank(asking: Asking, standing: Standing, chosen: str) -> tuple[QuestionRow, Any]:
    """The form of a question that is there, else of a new one at the end."""
    documents, lang = as_data(standing.matter.questions), asking.names.lang
    place = next((place for place, each in enumerate(documents) if each["key"] == chosen), None)
    values, options = question_forms.initial(documents[place]) if place is not None else ({}, [])
    before = standing.matter.questions[: len(documents) if place is None else place]
    row = QuestionRow(before, lang, initial=values | {"stamp": standing.stamp})
    return row, OptionRows(initial=options, form_kwargs={"lang": lang}, prefix="option")


def _page(
    request: HttpRequest,
    asking: Asking,
    standing: Standing,
    row: QuestionRow,
    options: Any,
    *,
    faults: Sequence[str] = (),
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    matter, lang = standing.matter, asking.names.lang
    shown = {
        "code": matter.code,
        "name": asking.names.matter_of(matter),
        "stamp": standing.stamp,
        "lines": [_line(question, matter.questions, lang) for question in matter.questions],
        "preview": QuestionForm(matter.code, matter.questions, lang) if matter.questions else None,
        "form": row,
        "options": options,
        "editing": row["was"].value() or "",
        "faults": faults,
    }
    return render(request, "administration/questions.html", at("desk-draft", asking) | shown, status=status)


def _line(question: Question, every: Sequence[Question], lang: str) -> Line:
    only_if = ""
    if question.shown_when is not None:
        before = next(each for each in every if each.key == question.shown_when[0])
        answers = [said(option.title, lang) for option in before.options if option.code in question.shown_when[1]]
        only_if = f"{said(before.title, lang)} {' / '.join(answers)}"
    return Line(
        key=question.key,
        title=said(question.title, lang),
        type=str(TYPES[question.type]),
        needed=question.required or question.essential,
        options=tuple(said(option.title, lang) for option in question.options),
        only_if=only_if,
    )


def _words(error: BadQuestionError) -> str:
    return str(WRONG.get(error.code) or _("This cannot stand in the catalogue: %(why)s") % {"why": error})


def _refused(asking: Asking, refusal: Refusal) -> str:
    return words.refusal(refusal, asking.names.lang, asking.names, asking.policy)
