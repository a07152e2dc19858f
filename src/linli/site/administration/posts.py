"""Posts as administrators keep them: a new one, a change with everybody who ever held it, closing."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from linli.accounts import queries as users
from linli.core.errors import Refusal
from linli.directory import actions
from linli.directory import queries as directory
from linli.directory.queries import KeptHolding
from linli.site.administration import keeping, saying, unit_forms
from linli.site.administration.guarding import administration_page
from linli.site.administration.sections import at
from linli.site.administration.unit_forms import PostForm
from linli.site.desk.asking import Asking

SECTION = "desk-units"


@require_http_methods(["GET", "POST"])
@administration_page
def new(request: HttpRequest, asking: Asking, unit: str) -> HttpResponse:
    """Adds a post to a unit."""
    found = keeping.unit_or_404(asking, unit)
    form = PostForm(asking, unit, None, request.POST if request.method == "POST" else None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                actions.add_post(saying.by(asking, found.area), unit, form.facts())
            except Refusal as refusal:
                status = keeping.refuse(form, refusal, asking)
            else:
                messages.success(request, _("The post is added."))
                return redirect("desk-unit", unit)
    shown = {
        "form": form,
        "heading": _("New post in %(unit)s") % {"unit": unit_forms.name(found, asking.names.lang)},
        "target": reverse("desk-post-new", args=[unit]),
        "back": reverse("desk-unit", args=[unit]),
        "submit": _("Add the post"),
    }
    return render(request, "administration/keep_form.html", at(SECTION, asking) | shown, status=status)


@require_http_methods(["GET", "POST"])
@administration_page
def post(request: HttpRequest, asking: Asking, post: str) -> HttpResponse:
    """Changes a post, with everybody who ever held it; or closes it."""
    found = directory.kept_post(asking.actor, asking.district, post)
    if found is None:
        raise Http404
    unit = keeping.unit_or_404(asking, found.unit)
    lang, who = asking.names.lang, saying.by(asking, unit.area)
    initial = {
        "title_zh": found.title_zh, "title_en": found.title_en, "functions": sorted(found.functions),
        "deputy": found.deputy or "", "seen": found.revision,
    }  # fmt: skip
    closing = request.POST.get("do") == "close"
    typed = request.POST if request.method == "POST" and not closing else None
    form = PostForm(asking, unit.id, found, typed, initial=initial)
    status, differences, fault = HTTPStatus.OK, list[keeping.Difference](), ""
    try:
        if closing:
            actions.close_post(who, post, seen=request.POST.get("seen", ""))
            messages.success(request, _("The post is closed."))
            return redirect("desk-unit", unit.id)
        if typed is not None:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            if form.is_valid():
                actions.change_post(who, post, form.facts(), seen=form.cleaned_data["seen"])
                messages.success(request, _("The post is changed."))
                return redirect("desk-unit", unit.id)
    except Refusal as refusal:
        status = keeping.status_of(refusal) if closing else keeping.refuse(form, refusal, asking)
        fault = saying.refused(refusal, lang) if closing else ""
        differences = keeping.differences(form) if refusal.code == "changed_meanwhile" and not closing else []
    shown = {
        "form": form,
        "post": found,
        "unit": unit,
        "unit_name": unit_forms.name(unit, lang),
        "title": unit_forms.title(found, lang),
        "differences": differences,
        "fault": fault,
        "history": _history(directory.holdings_of_posts(asking.district, [post])),
    }
    return render(request, "administration/post.html", at(SECTION, asking) | shown, status=status)


def _history(holdings: list[KeptHolding]) -> list[tuple[KeptHolding, str]]:
    names = users.display_names({holding.person for holding in holdings})
    return [(holding, names.get(holding.person, "")) for holding in holdings]
