"""Forms of accounts."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """Name and password; what is wrong is not told apart, so that nobody can find out names."""

    error_messages = {
        "invalid_login": _("Name and password do not belong together. Check both; capital letters count."),
        "inactive": _("Name and password do not belong together. Check both; capital letters count."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
