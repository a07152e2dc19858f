"""The page that shows every component of the design system live, for whoever builds or translates a page."""

from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from linli.site.desk.listing import Row
from linli.ui.widgets import Day, Rows, TickRows

COLOURS = (
    "ground", "paper", "raised", "ink", "quiet", "line", "accent", "link", "danger", "danger-ground", "warn",
    "warn-ground", "good", "good-ground", "info", "info-ground", "focus",
)  # fmt: skip
"""Tokens of ``frontend/src/tokens.css``, without their prefix."""


class Example(forms.Form):
    """One field of each kind."""

    words = forms.CharField(label=_("In words"), help_text=_("A hint stands above the field."), widget=forms.Textarea)
    number = forms.IntegerField(label=_("A number"), required=False)
    day = forms.DateField(label=_("A day"), required=False, widget=Day)
    select = forms.ChoiceField(label=_("One of many"), choices=[("", _("Please choose")), ("a", "A"), ("b", "B")])
    row = forms.ChoiceField(label=_("One of a few"), choices=[("a", "A"), ("b", "B")], widget=Rows, required=False)
    ticks = forms.MultipleChoiceField(
        label=_("Several"),
        choices=[("1", "1"), (_("A fold"), [("2", "2"), ("3", "3")])],
        widget=TickRows,
        required=False,
    )
    file = forms.FileField(label=_("A file"), required=False)


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Every component, in the reader's language and colours."""
    now = timezone.now()
    filled, wrong = Example(initial={"row": "a", "ticks": ["2"]}), Example({"number": "x"}, auto_id="wrong-%s")
    wrong.full_clean()
    rows = [_row("1", now + timedelta(hours=30), "standard"), _row("2", now - timedelta(days=2), "emergency")]
    shown = {"colours": COLOURS, "form": filled, "wrong": wrong, "rows": rows, "now": now}
    return render(request, "site/components.html", shown)


def _row(number: str, due: datetime, urgency: str) -> Row:
    return Row(
        id=f"00000000-0000-7000-8000-00000000000{number}",
        number=f"118-000000{number}-0",
        title=str(_("A title in the reporter's words")),
        step=str(_("Being handled")),
        matter=str(_("A matter")),
        urgency=str(_("emergency")),
        urgency_code=urgency,
        place=str(_("A town, a community")),
        owner=str(_("A unit")),
        due=due,
        late=due < timezone.now(),
        paused=False,
        ended=False,
    )
