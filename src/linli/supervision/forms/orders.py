"""Forms of supervision orders. The choices come from the page, which knows names."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.supervision.actions.orders import MOST_WORDS
from linli.supervision.forms.speaking import not_over, speak
from linli.ui.widgets import Day, Rows

NO_NAMES = gettext_lazy("Write about the work, not about persons. Numbers of persons are masked, but not every name.")


class OrderForm(forms.Form):
    """Who is asked for what, why, and until when. ``key`` makes an order that was sent twice one order."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    issuer = forms.ChoiceField(widget=Rows, label=gettext_lazy("Issued by"))
    unit = forms.ChoiceField(label=gettext_lazy("Unit that is asked"))
    ground = forms.ChoiceField(label=gettext_lazy("Ground"))
    words = forms.CharField(
        max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}),
        label=gettext_lazy("What is asked of the unit"), help_text=NO_NAMES,
    )  # fmt: skip
    due_on = forms.DateField(
        widget=Day, label=gettext_lazy("Answer until"),
        help_text=gettext_lazy("Until the end of work on that day; a rest day moves it to the next working day."),
    )  # fmt: skip

    def __init__(
        self, issuers: Sequence[Any], units: Sequence[Any], grounds: Sequence[Any], today: date, *,
        initial: dict[str, Any], data: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial, auto_id="order-%s")
        self.today = today
        choose(self, "issuer", issuers)
        choose(self, "unit", [("", _("Please choose")), *units])
        choose(self, "ground", [("", _("Please choose")), *grounds])
        if len(issuers) == 1:
            self.fields["issuer"].widget = forms.HiddenInput()
            self.initial["issuer"] = issuers[0][0]
        speak(self)

    def clean_due_on(self) -> date:
        """Nobody can answer by a day that is over."""
        return not_over(self.cleaned_data["due_on"], self.today)


class ActForm(forms.Form):
    """An act on an order as its page showed it: ``expected`` is the version that was seen."""

    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, name: str, version: int, *, today: date, usual: date, data: Any = None) -> None:
        super().__init__(data, initial={"expected": version, "due_on": usual}, auto_id=f"{name}-%s")
        self.today = today
        speak(self)


class AnswerForm(ActForm):
    """What the unit did, or why it could not."""

    words = forms.CharField(
        max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 4}), label=gettext_lazy("Answer of the unit"),
        help_text=NO_NAMES,
    )  # fmt: skip


class SendBackForm(ActForm):
    """What the answer lacks, and until when the unit answers again."""

    words = forms.CharField(
        max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3}), label=gettext_lazy("What is missing"),
        help_text=NO_NAMES,
    )  # fmt: skip
    due_on = forms.DateField(widget=Day, label=gettext_lazy("Answer again until"))

    def clean_due_on(self) -> date:
        """Nobody can answer by a day that is over."""
        return not_over(self.cleaned_data["due_on"], self.today)


class WithdrawForm(ActForm):
    """Why nothing is asked any more."""

    words = forms.CharField(
        max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 2}), label=gettext_lazy("Why it is withdrawn"),
        help_text=NO_NAMES,
    )  # fmt: skip


def choose(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    """Gives a field its choices."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
