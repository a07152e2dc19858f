"""Forms of the problem list. The choices come from the page, which knows names."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.supervision.actions.problems import MOST_WORDS
from linli.supervision.forms.orders import NO_NAMES, ActForm, choose
from linli.supervision.forms.speaking import not_over, speak
from linli.ui.widgets import Day, Rows


class ProblemForm(forms.Form):
    """What is wrong, who puts it right until when, and who watches over that."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    supervisor = forms.ChoiceField(widget=Rows, label=gettext_lazy("Unit that supervises"))
    owner = forms.ChoiceField(label=gettext_lazy("Unit that puts it right"))
    ground = forms.ChoiceField(label=gettext_lazy("Ground"))
    title = forms.CharField(max_length=60, label=gettext_lazy("The problem in a few words"), help_text=NO_NAMES)
    words = forms.CharField(
        max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}),
        label=gettext_lazy("What is wrong, and when it counts as solved"),
    )  # fmt: skip
    due_on = forms.DateField(widget=Day, label=gettext_lazy("To be solved by"))

    def __init__(
        self, supervisors: Sequence[Any], owners: Sequence[Any], grounds: Sequence[Any], today: date, *,
        initial: dict[str, Any], data: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial, auto_id="problem-%s")
        self.today = today
        choose(self, "supervisor", supervisors)
        choose(self, "owner", [("", _("Please choose")), *owners])
        choose(self, "ground", [("", _("Please choose")), *grounds])
        if len(supervisors) == 1:
            self.fields["supervisor"].widget = forms.HiddenInput()
        speak(self)

    def clean_due_on(self) -> date:
        """Nothing can be solved by a day that is over."""
        return not_over(self.cleaned_data["due_on"], self.today)


class DoneForm(ActForm):
    """What was done about a problem."""

    words = forms.CharField(
        max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}), label=gettext_lazy("What was done"),
        help_text=NO_NAMES,
    )  # fmt: skip
