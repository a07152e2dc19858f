"""Forms of accounts."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.accounts.models import User


class LoginForm(AuthenticationForm):
    """Name and password; what is wrong is not told apart, so that nobody can find out names."""

    error_messages = {
        "invalid_login": _("Name and password do not belong together. Check both; capital letters count."),
        "inactive": _("Name and password do not belong together. Check both; capital letters count."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")

    def confirm_login_allowed(self, user: User) -> None:
        """Asked only once name and password belong together, so that this says nothing to whoever guesses."""
        super().confirm_login_allowed(user)
        if user.one_time_until is not None and user.one_time_until <= timezone.now():
            raise forms.ValidationError(
                _("This one-time password is too old. Ask your administrator for a new one."), code="one_time_too_old"
            )


class OwnPasswordForm(PasswordChangeForm):
    """The present password and a new one, twice. One-time passwords are changed with it too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one_time = getattr(self.user, "one_time_until", None) is not None
        present, new = self.fields["old_password"], self.fields["new_password1"]
        present.label = _("One-time password") if one_time else _("Present password")
        new.label, self.fields["new_password2"].label = _("New password"), _("New password, once more")
        new.help_text = _("At least 10 characters. A few words that only you put together are easy to remember.")
        self.fields["new_password2"].help_text = ""
        self.error_messages = {
            **self.error_messages,
            "password_mismatch": _("The two new passwords differ. Type them again."),
            "password_incorrect": _("This is not the password you logged in with. Type it again."),
        }
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")

    def validate_password_for_user(self, user: Any, *field: Any, **named: Any) -> None:
        """What is wrong with the new password is said where it was typed first; the second is only compared."""
        del field, named
        super().validate_password_for_user(user, "new_password1")

    def clean_new_password1(self) -> str:
        """Another password than the present one."""
        new = str(self.cleaned_data.get("new_password1", ""))
        if new and self.user.check_password(new):
            raise forms.ValidationError(_("Choose another password than the present one."), code="password_same")
        return new
