"""Forms of visits and hand-overs. The choices come from the page, which knows names; the words are about places."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.supervision.forms.speaking import not_over, speak
from linli.ui.widgets import Day, TickRows

MOST_WORDS = 2000

ABOUT_PLACES = gettext_lazy(
    "Write about places and things, not persons. Numbers of persons are masked, but not every name."
)


class VisitForm(forms.Form):
    """What was seen, where and with whom."""

    visited_on = forms.DateField(widget=Day, label=gettext_lazy("Day of the visit"))
    units = forms.MultipleChoiceField(required=False, widget=TickRows, label=gettext_lazy("Units present"))
    findings = forms.CharField(
        max_length=MOST_WORDS, widget=forms.Textarea, label=gettext_lazy("Findings"), help_text=ABOUT_PLACES
    )

    def __init__(self, units: Sequence[Any], today: date, data: Any = None) -> None:
        super().__init__(data, initial={"visited_on": today}, auto_id="visit-%s")
        self.today = today
        field = self.fields["units"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = units
        speak(self)

    def clean_visited_on(self) -> date:
        """A visit has been, it is not planned."""
        given: date = self.cleaned_data["visited_on"]
        if given > self.today:
            raise ValidationError(_("This day has not come yet."))
        return given


class FollowUpForm(forms.Form):
    """Who is to do what, until when."""

    words = forms.CharField(
        max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3}), label=gettext_lazy("What is to be done"),
        help_text=ABOUT_PLACES,
    )  # fmt: skip
    unit = forms.ChoiceField(label=gettext_lazy("Unit that does it"))
    due_on = forms.DateField(widget=Day, label=gettext_lazy("Until"))

    def __init__(self, units: Sequence[Any], today: date, data: Any = None) -> None:
        super().__init__(data, auto_id="follow-up-%s")
        self.today = today
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Please choose")), *units]
        speak(self)

    def clean_due_on(self) -> date:
        """Nothing can be done until a day that is over."""
        return not_over(self.cleaned_data["due_on"], self.today)


class HandOverForm(forms.Form):
    """What the next shift must know besides the numbers."""

    words = forms.CharField(
        required=False, max_length=2 * MOST_WORDS, widget=forms.Textarea(attrs={"rows": 5}),
        label=gettext_lazy("What the next shift must know"), help_text=ABOUT_PLACES,
    )  # fmt: skip
