"""Form widgets of the kit: choices as full-width rows that can be hit with a thumb."""

from django import forms


class Rows(forms.RadioSelect):
    """One of a few, each a row of its own."""

    template_name = "ui/choices.html"


class TickRows(forms.CheckboxSelectMultiple):
    """Several of a list; groups fold."""

    template_name = "ui/choices.html"


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several files."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class Day(forms.DateInput):
    """A date with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
