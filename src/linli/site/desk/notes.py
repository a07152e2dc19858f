"""Notes among officers: the thread on the page of a case, and the list of cases to which notes call one's units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.cases import actions
from linli.cases import queries as cases
from linli.cases.actions import CaseMoved
from linli.core.errors import Refusal
from linli.core.privacy import mask
from linli.site.acting import ActionForm
from linli.site.desk import file as files
from linli.site.desk import listing
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.file import File
from linli.site.desk.frame import common
from linli.site.desk.listing import Row
from linli.site.telling import NOTE, Told

TWICE = timedelta(minutes=2)
"""Within so long the same words of the same post are one note that was sent twice."""


@dataclass(frozen=True, slots=True)
class Card:
    """The card of notes on the page of a case: newest first; the form where the person may write one."""

    thread: Sequence[Told]
    form: ActionForm | None


@dataclass(frozen=True, slots=True)
class Call:
    """One line of the list of mentions: the case, which of the person's units is called on, and since when."""

    row: Row
    units: str
    at: datetime


def card(asking: Asking, file: File, data: Any = None) -> Card:
    """What ``desk/_notes.html`` shows as ``notes``; ``data`` is what was sent."""
    action = files.action_of(asking, file.state, NOTE) if file.may_note else None
    if action is None:
        return Card(file.notes, None)
    form = ActionForm(action, file.setting, data)
    form.fields["expected"].required = False  # a note may be written whatever happened in between
    form.fields["words"].widget.attrs["rows"] = 2
    return Card(file.notes, form)


@require_http_methods(["GET", "POST"])
@desk_page
def note(request: HttpRequest, asking: Asking, case: UUID) -> HttpResponse:
    """Writes a note; when it can't be written, a page of its own says why and keeps the words."""
    found = cases.case_for(asking.actor, asking.district, str(case))
    if found is None:
        raise Http404
    file = files.open_file(asking, found.state)
    shown = card(asking, file, request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        if shown.form is not None and shown.form.is_valid() and _written(asking, file, shown.form):
            messages.success(request, _("Your note was added. The reporter does not see it."))
            return redirect(reverse("desk-case", args=[case]) + "#notes")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    kept = "" if shown.form is not None else request.POST.get("words", "")
    context = {"state": found.state, "file": file, "notes": shown, "kept": kept}
    return render(request, "desk/note.html", common(asking) | context, status=status)


@require_GET
@desk_page
def mentions(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Open cases to which notes call the person's units and that nobody of the unit has answered."""
    return render(request, "desk/mentions.html", common(asking) | {"calls": calls(asking)})


@require_POST
@desk_page
def settle(request: HttpRequest, asking: Asking, case: UUID) -> HttpResponse:
    """Takes a case off the list of mentions of the person's units."""
    if actions.settle_mention(asking.actor, asking.district, str(case), now=asking.now):
        messages.success(request, _("Taken off the list. The case itself stays as it is."))
    return redirect("desk-mentions")


def calls(asking: Asking) -> list[Call]:
    """The list of mentions in words, last called first."""
    found = cases.mentions(asking.actor, asking.district)
    rows = {row.id: row for row in listing.rows(asking, [mentioned.line for mentioned in found])}
    comma = "、" if asking.names.lang == "zh-hans" else ", "
    return [Call(rows[m.line.id], comma.join(asking.names.unit(unit) for unit in m.units), m.at) for m in found]


def _written(asking: Asking, file: File, form: ActionForm) -> bool:
    if _sent_twice(asking, file, form):
        return True
    try:
        actions.act(asking.actor, asking.district, file.state.id, NOTE, form.values(), now=asking.now)
    except CaseMoved:
        form.refuse(Refusal("state_changed", {"case": file.state.id}))
    except Refusal as refusal:
        form.refuse(refusal)
    else:
        return True
    return False


def _sent_twice(asking: Asking, file: File, form: ActionForm) -> bool:
    """Whether the newest note holds these words of this person already, from a moment ago: a button pressed twice."""
    newest = file.notes[0] if file.notes else None
    if newest is None or asking.now - newest.at > TWICE or newest.actor != asking.actor.id:
        return False
    return [text.text for text in newest.texts] == [mask(form.cleaned_data["words"].strip())]
