"""Standard answers: offered beside the form of an action, and kept by heads of units and administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases import actions, words
from linli.cases import answers as wordings
from linli.cases import queries as cases
from linli.cases.answers import TEXT_LIMIT, TITLE_LIMIT, Wording
from linli.cases.queries import KnownAnswer
from linli.core.answers import PLACES, filled, may_keep
from linli.core.errors import Refusal
from linli.site.acting import ActionForm, matters_by_domain
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.frame import common

DOMAIN = "domain:"
"""Before a domain's code where matters and domains stand in one list."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A standard answer beside a form, the facts of the case in their places; ``target`` is the field's element."""

    id: str
    title: str
    text: str
    field: str
    label: str
    target: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the list of standard answers."""

    id: str
    title: str
    text: str
    owner: str
    where: str
    only: str
    mine: bool


def offered(asking: Asking, form: ActionForm | None) -> list[Ready]:
    """What ``desk/_answers.html`` shows as ``answers`` beside the form of an action."""
    if form is None:
        return []
    state, names = form.setting.state, asking.names
    matter = asking.policy.matters.get(state.matter or "")
    domain = matter.domain if matter else ""
    known = cases.answers_for(asking.actor, asking.district, form.action.name, matter=state.matter or "", domain=domain)
    facts = facts_of(asking, form)
    return [_ready(answer, form, facts, names.lang) for answer in known if answer.wording.field in form.fields]


def prefill(asking: Asking, form: ActionForm | None, answer: str) -> None:
    """Fills the text of a chosen answer into its field, as the link does for whoever has no scripts."""
    if form is None or not answer:
        return
    for ready in offered(asking, form):
        if ready.id == answer:
            form.initial[ready.field] = ready.text


def facts_of(asking: Asking, form: ActionForm) -> Mapping[str, str]:
    """What a text may name of the case; a fact that it does not have yet is missing."""
    state, names = form.setting.state, asking.names
    unit = state.roles.unit or state.owner
    clock = state.promise or state.clock
    return {
        "number": state.number,
        "matter": names.matter(state.matter) if state.matter else "",
        "unit": names.unit(unit) if unit else "",
        "place": names.path(state.place.area),
        "due": words.instant(clock.due.isoformat(), names.lang) if clock else "",
    }


def _ready(answer: KnownAnswer, form: ActionForm, facts: Mapping[str, str], lang: str) -> Ready:
    field = form[answer.wording.field]
    return Ready(
        id=answer.id,
        title=answer.wording.title(lang),
        text=filled(answer.wording.text(lang), facts),
        field=answer.wording.field,
        label=str(field.label),
        target=field.id_for_label,
    )


# --- keeping them


class AnswerForm(forms.Form):
    """A standard answer, in both languages."""

    place = forms.ChoiceField(label=gettext_lazy("For which field of which action"))
    owner = forms.ChoiceField(required=False, label=gettext_lazy("Whose answer it is"))
    only = forms.ChoiceField(required=False, label=gettext_lazy("Only for this matter or domain"))
    title_zh = forms.CharField(max_length=TITLE_LIMIT, label=gettext_lazy("Title in Chinese"))
    text_zh = forms.CharField(max_length=TEXT_LIMIT, widget=forms.Textarea, label=gettext_lazy("Text in Chinese"))
    title_en = forms.CharField(max_length=TITLE_LIMIT, label=gettext_lazy("Title in English"))
    text_en = forms.CharField(max_length=TEXT_LIMIT, widget=forms.Textarea, label=gettext_lazy("Text in English"))

    def __init__(self, asking: Asking, known: Wording | None, data: Any = None) -> None:
        super().__init__(data, initial=_initial(known), auto_id="answer-%s")
        self.asking = asking
        self._choices("place", [("", _("Please choose")), *_places(asking)])
        self._choices("owner", _owners(asking, known))
        self._choices("only", [("", _("Every matter")), *_matters(asking)])
        hint = _("In braces you may name: %(places)s.") % {"places": ", ".join(f"{{{place}}}" for place in PLACES)}
        self.fields["text_zh"].help_text = self.fields["text_en"].help_text = hint
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
            field.error_messages["invalid_choice"] = _("This does not fit. Please choose again.")

    def _choices(self, name: str, choices: Sequence[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def wording(self) -> Wording:
        """What was filled in."""
        given = self.cleaned_data
        action, _dot, field = given["place"].partition(".")
        only = given["only"]
        return Wording(
            action=action,
            field=field,
            unit=given["owner"],
            matter="" if only.startswith(DOMAIN) else only,
            domain=only.removeprefix(DOMAIN) if only.startswith(DOMAIN) else "",
            **{name: given[name].strip() for name in ("title_zh", "title_en", "text_zh", "text_en")},
        )

    def refuse(self, refusal: Refusal) -> None:
        """Shows a refusal beside the field that it is about, or above the form."""
        about = str(refusal.facts.get("field", ""))
        said = words.refusal(refusal, self.asking.names.lang, self.asking.names, self.asking.policy)
        self.add_error(about if about in self.fields else None, said)


@require_GET
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Standard answers of the district and of one's units; those that one keeps can be changed."""
    known = [answer for answer in cases.answers_of(asking.district) if _sees(asking, answer)]
    shown = {"kept": [_line(asking, answer) for answer in known], "may_write": bool(_owners(asking, None))}
    return render(request, "desk/answers.html", common(asking) | shown)


@require_http_methods(["GET", "POST"])
@desk_page
def write(request: HttpRequest, asking: Asking, answer: UUID | None = None) -> HttpResponse:
    """Writes a new standard answer, or one anew; 404 for whoever may keep none."""
    known = _known(asking, str(answer)) if answer else None
    if (answer and known is None) or not _owners(asking, known):
        raise Http404
    form = AnswerForm(asking, known, request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid() and _kept(asking, form, answer):
            messages.success(request, _("The standard answer is kept."))
            return redirect("desk-answers")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "desk/answer.html", common(asking) | {"form": form, "known": answer}, status=status)


@require_POST
@desk_page
def remove(request: HttpRequest, asking: Asking, answer: UUID) -> HttpResponse:
    """Takes a standard answer away; texts written from it stay."""
    try:
        actions.remove_answer(asking.actor, asking.district, str(answer), policy=asking.policy, now=asking.now)
    except Refusal as refusal:
        raise Http404 from refusal
    messages.success(request, _("The standard answer was removed."))
    return redirect("desk-answers")


def _kept(asking: Asking, form: AnswerForm, answer: UUID | None) -> bool:
    known = str(answer) if answer else None
    try:
        actions.keep_answer(
            asking.actor, asking.district, form.wording(), policy=asking.policy, now=asking.now, answer=known
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _keeps(asking: Asking, unit: str) -> bool:
    return may_keep(asking.actor, unit, asking.district, asking.policy.territory)


def _sees(asking: Asking, answer: KnownAnswer) -> bool:
    unit = answer.wording.unit
    return not unit or unit in asking.actor.units or _keeps(asking, unit)


def _known(asking: Asking, answer: str) -> Wording | None:
    found = next((known for known in cases.answers_of(asking.district) if known.id == answer), None)
    return found.wording if found and _keeps(asking, found.wording.unit) else None


def _line(asking: Asking, answer: KnownAnswer) -> Kept:
    wording, names = answer.wording, asking.names
    only = names.matter(wording.matter) if wording.matter else ""
    return Kept(
        id=answer.id,
        title=wording.title(names.lang),
        text=wording.text(names.lang),
        owner=names.unit(wording.unit) if wording.unit else "",
        where=dict(_places(asking)).get(f"{wording.action}.{wording.field}", ""),
        only=only or (words.label("domain", wording.domain, names.lang) if wording.domain else ""),
        mine=_keeps(asking, wording.unit),
    )


def _places(asking: Asking) -> list[tuple[str, str]]:
    lang = asking.names.lang
    found = []
    for action, name in wordings.fields(asking.policy):
        field = action.field(name)
        assert field is not None
        found.append(
            (f"{action.name}.{name}", f"{words.title(action.title, lang)}: {words.field_label(action, field, lang)}")
        )
    return found


def _owners(asking: Asking, known: Wording | None) -> list[tuple[str, str]]:
    """Who the answer may belong to, as far as one keeps theirs: the district, one's own units, whoever has it now."""
    units = ["", *sorted(asking.actor.units), *([known.unit] if known else [])]
    return [
        (unit, asking.names.unit(unit) if unit else _("The whole district"))
        for unit in dict.fromkeys(units)
        if _keeps(asking, unit)
    ]


def _matters(asking: Asking) -> list[tuple[str, list[tuple[str, str]]]]:
    domains = {matter.domain for matter in asking.policy.matters.values()}
    named = [(f"{DOMAIN}{domain}", words.label("domain", domain, asking.names.lang)) for domain in sorted(domains)]
    return [(_("A whole domain"), named), *matters_by_domain(asking.policy.matters.values(), asking.names)]


def _initial(known: Wording | None) -> dict[str, str]:
    if known is None:
        return {}
    texts = {name: getattr(known, name) for name in ("title_zh", "title_en", "text_zh", "text_en")}
    only = known.matter or (f"{DOMAIN}{known.domain}" if known.domain else "")
    return {"place": f"{known.action}.{known.field}", "owner": known.unit, "only": only, **texts}
