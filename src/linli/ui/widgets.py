"""Form widgets of the kit: choices as full-width rows that can be hit with a thumb."""

from typing import Any

from django import forms

TICK = {"class": "form-check-input"}


class Rows(forms.RadioSelect):
    """One of a few, each a row of its own."""

    template_name = "ui/choices.html"
    option_inherits_attrs = True

    def __init__(self, attrs: dict[str, str] | None = None, choices: Any = ()) -> None:
        super().__init__({**TICK, **(attrs or {})}, choices)


class TickRows(forms.CheckboxSelectMultiple):
    """Several of a list; groups fold."""

    template_name = "ui/choices.html"
    option_inherits_attrs = True

    def __init__(self, attrs: dict[str, str] | None = None, choices: Any = ()) -> None:
        super().__init__({**TICK, **(attrs or {})}, choices)


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class Day(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
