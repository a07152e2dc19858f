"""What every form of this room says."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def speak(form: forms.Form) -> None:
    """Gives every field the words of this site for what is missing or does not fit."""
    for field in form.fields.values():
        field.error_messages["required"] = _("Please fill this in.")
        field.error_messages["invalid_choice"] = _("This does not fit. Please choose again.")


def not_over(given: date, today: date) -> date:
    """The day, unless it is over: nothing can be done by then.

    Raises:
        ValidationError: it is.
    """
    if given < today:
        raise ValidationError(_("This day is over already."))
    return given
