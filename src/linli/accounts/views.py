"""Logging in and out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from linli.accounts import actions
from linli.accounts.forms import LoginForm, OwnPasswordForm


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """The login form; afterwards the page that was asked for, in the person's own language."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    form = LoginForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        login(request, user)
        safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
        answer = redirect(target if safe else resolve_url(settings.LOGIN_REDIRECT_URL))
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
        return answer
    return render(request, "accounts/login.html", {"form": form, "next": target}, status=422 if form.errors else 200)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
@login_required
def password_page(request: HttpRequest) -> HttpResponse:
    """One's own password; whoever came with a one-time password gets no further before it is changed."""
    form = OwnPasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = actions.change_password(str(request.user.pk), form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed."))
        return redirect(resolve_url(settings.LOGIN_REDIRECT_URL))
    shown = {"form": form, "one_time": getattr(request.user, "one_time_until", None) is not None}
    return render(request, "accounts/password.html", shown, status=422 if request.method == "POST" else 200)


@require_POST
def logout_now(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect(resolve_url(settings.LOGOUT_REDIRECT_URL or "/"))
