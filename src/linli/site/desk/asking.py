"""Who asks, for which district, under which rules: settled once for every page of the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from linli.catalogue import queries as catalogue
from linli.catalogue.queries import NothingPublishedError
from linli.core.actor import Actor
from linli.core.policy import Policy
from linli.core.territory import Function
from linli.directory import queries as directory
from linli.directory.queries import DistrictInfo
from linli.ledger import queries as ledger
from linli.site import naming
from linli.site.naming import Names

FORM_PAGES = frozenset(
    {
        "desk-visit-new", "desk-visit", "desk-answer-new", "desk-answer", "desk-call", "desk-reveal", "desk-saved",
        "desk-order-new", "desk-order", "desk-problem-new", "desk-problem", "desk-alerts", "desk-notices-settings",
    }
)  # fmt: skip
"""Pages whose form is sent to their own address: whoever had to log in first finds it there again."""


@dataclass(frozen=True)
class Asking:
    """A person at work: their posts now, their district, its rules and names, and the moment of the request.

    ``since`` is the cursor of live updates, read before all else: 0 makes the page read again once.
    """

    actor: Actor
    info: DistrictInfo
    policy: Policy
    names: Names
    now: datetime
    since: int = 0

    @property
    def district(self) -> str:
        """The district's code."""
        return self.info.code

    @property
    def administers(self) -> bool:
        """Whether one of the person's posts administers."""
        return any(Function.ADMINISTER in post.functions for post in self.actor.posts)


Page = Callable[..., HttpResponse]


def desk_page(view: Page) -> Page:
    """A page of the desk: for people who are logged in and hold a post, never kept by a cache.

    Whoever logged in with a one-time password chooses one of their own first.

    The view gets an :class:`Asking` as its second argument.
    """

    @never_cache
    @_logged_in
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request.user, "one_time_until", None) is not None:
            return redirect("password")
        now = timezone.now()
        since = ledger.newest_told()
        actor = directory.actor(str(request.user.pk), now)
        info = district_of(actor)
        if info is None:
            return render(request, "desk/no_post.html", status=403)
        try:
            policy = catalogue.policy(info.code)
        except NothingPublishedError:
            return render(request, "site/not_ready.html", status=503)
        asking = Asking(actor, info, policy, Names(info.code, policy, naming.language()), now, since)
        return view(request, asking, *args, **kwargs)

    return page


def _logged_in(view: Page) -> Page:
    """Asks for a login first; whoever sent a form is led to a page afterwards, not to the form's target."""
    guarded = login_required(view)

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return redirect_to_login(page_of(request))
        return guarded(request, *args, **kwargs)

    return page


def page_of(request: HttpRequest) -> str:
    """The page on which the form stood that was sent to this address."""
    match = request.resolver_match
    known = match.kwargs if match else {}
    if match and match.url_name in FORM_PAGES:
        return request.get_full_path()
    if "case" in known:
        act = f"?act={known['action']}" if "action" in known else ""
        return reverse("desk-case", args=[known["case"]]) + act
    return reverse("desk")


def district_of(actor: Actor) -> DistrictInfo | None:
    """The district in which the person's first post serves; None without a post."""
    known = directory.districts()
    return next((info for post in actor.posts for info in known if post.area.startswith(info.code)), None)
