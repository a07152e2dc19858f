"""What a person is asked about messages outside the desk."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.core.notifying import Channel, Wishes
from linli.core.policy import Urgency

NEVER = ""
ADDRESS_LABELS = {
    Channel.EMAIL: gettext_lazy("E-mail address"),
    Channel.SMS: gettext_lazy("Mobile number"),
    Channel.MESSENGER: gettext_lazy("Name in the messenger"),
}
USE_LABELS = {
    Channel.EMAIL: gettext_lazy("E-mails"),
    Channel.SMS: gettext_lazy("Text messages"),
    Channel.MESSENGER: gettext_lazy("Messages in the messenger"),
}
USES = (
    (NEVER, gettext_lazy("none")),
    (Urgency.EXTENDED.value, gettext_lazy("for everything")),
    (Urgency.URGENT.value, gettext_lazy("from urgent on")),
    (Urgency.EMERGENCY.value, gettext_lazy("for emergencies and alerts only")),
)


class Minute(forms.TimeField):
    """A time of the day, as the browser's own field gives it."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class WishesForm(forms.Form):
    """Addresses, from which urgency on each is used, quiet hours, and the hour at which e-mails come together."""

    quiet_from = Minute(required=False, label=gettext_lazy("Quiet from"))
    quiet_until = Minute(
        required=False, label=gettext_lazy("Quiet until"),
        help_text=gettext_lazy("Messages that can wait come afterwards. Emergencies and alerts come at once."),
    )  # fmt: skip
    digest_at = Minute(
        required=False, label=gettext_lazy("E-mails that can wait, together at"),
        help_text=gettext_lazy("Empty: each one by itself. What is urgent does not wait for this hour."),
    )  # fmt: skip

    def __init__(self, channels: Sequence[Channel], data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.channels = channels
        ways: dict[str, forms.Field] = {}
        for channel in channels:
            ways[f"{channel}_to"] = forms.CharField(
                required=False, max_length=120, label=ADDRESS_LABELS[channel],
                widget=forms.EmailInput() if channel is Channel.EMAIL else forms.TextInput(),
            )  # fmt: skip
            ways[f"{channel}_least"] = forms.ChoiceField(choices=USES, required=False, label=USE_LABELS[channel])
        self.fields = {**ways, **self.fields}
        for field in self.fields.values():
            field.error_messages["invalid"] = _("This does not fit. Please choose again.")
            field.error_messages["invalid_choice"] = _("This does not fit. Please choose again.")
            field.error_messages["max_length"] = _("This is too long.")

    def clean(self) -> dict[str, Any]:
        """A way without an address is none; quiet hours have two ends."""
        data = dict(super().clean() or {})
        for channel in self.channels:
            if data.get(f"{channel}_least") and not data.get(f"{channel}_to"):
                self.add_error(f"{channel}_to", _("Say where, or choose “none”."))
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end."))
        return data

    @property
    def wishes(self) -> Wishes:
        """What was wished, of a valid form."""
        data = self.cleaned_data
        least = tuple((c, Urgency(data[f"{c}_least"])) for c in self.channels if data.get(f"{c}_least"))
        return Wishes(
            least, _minute(data["quiet_from"]) or 0, _minute(data["quiet_until"]) or 0, _minute(data["digest_at"])
        )


def _minute(time: Any) -> int | None:
    return None if time is None else time.hour * 60 + time.minute
