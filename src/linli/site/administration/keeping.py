"""What the pages of the directory share: a unit that is there, a refusal beside its field, and what another wrote."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.http import Http404, QueryDict

from linli.core.errors import Refusal
from linli.directory import queries as directory
from linli.directory.queries import KeptUnit
from linli.site.administration import saying
from linli.site.desk.asking import Asking


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else wrote meanwhile: what stands there now, and what was typed here."""

    label: str
    now: str
    typed: str


def unit_of(asking: Asking, unit: str) -> KeptUnit | None:
    """A unit that is open and the person's to keep; None otherwise."""
    found = directory.kept_unit(asking.actor, asking.district, unit) if unit else None
    return found if found is not None and found.active else None


def unit_or_404(asking: Asking, unit: str) -> KeptUnit:
    """A unit that is the person's to keep; hidden and missing are answered alike."""
    found = directory.kept_unit(asking.actor, asking.district, unit)
    if found is None:
        raise Http404
    return found


def status_of(refusal: Refusal) -> HTTPStatus:
    """The answer's status: 409 when the directory is not as it was shown, 404 for what is hidden, else 422."""
    if refusal.code in saying.MISSING:
        raise Http404
    return HTTPStatus.CONFLICT if refusal.code in saying.CONFLICTS else HTTPStatus.UNPROCESSABLE_ENTITY


_FIELD_OF = {
    "person_mobile": "phone",
    "function_not_yours": "functions",
    "function_needs_post": "functions",
    "post_needed": "functions",
    "superior_unknown": "parent",
    "superior_circle": "parent",
    "deputy_unknown": "deputy",
    "deputy_circle": "deputy",
}


def refuse(form: forms.Form, refusal: Refusal, asking: Asking) -> HTTPStatus:
    """Shows a refusal beside the field that it is about, or above the form; gives the answer's status."""
    status = status_of(refusal)
    name = _FIELD_OF.get(refusal.code, str(refusal.facts.get("field", "")))
    form.add_error(name if name in form.fields else None, saying.refused(refusal, asking.names.lang))
    if refusal.code == "changed_meanwhile":  # whoever sends it once more has seen what stands there now
        assert isinstance(form.data, QueryDict)
        typed = form.data.copy()
        typed["seen"] = form.initial["seen"]
        form.data = typed
    return status


def differences(form: forms.Form) -> list[Difference]:
    """Where what was typed differs from what stands there now."""
    found = []
    for bound in form:
        if bound.is_hidden:
            continue
        now, typed = _said(bound, bound.initial), _said(bound, form.cleaned_data.get(bound.name, ""))
        if now != typed:
            found.append(Difference(str(bound.label), now, typed))
    return found


def _said(bound: Any, value: Any) -> str:
    choices: dict[Any, Any] = {}
    for value_or_group, label in getattr(bound.field, "choices", ()):
        choices |= dict(label) if isinstance(label, list | tuple) else {value_or_group: label}
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(choices.get(each, each)) for each in values) or "—"
