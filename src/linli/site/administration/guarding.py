"""Who may administer, and the door that they come in by."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from linli.core.territory import Function
from linli.site.desk.asking import Asking, Page, desk_page


def administers(asking: Asking) -> bool:
    """Whether one of the person's posts administers."""
    return any(Function.ADMINISTER in post.functions for post in asking.actor.posts)


def administration_page(view: Page) -> Page:
    """A page of the desk for those who administer; for everybody else it is not there."""

    @desk_page
    @wraps(view)
    def page(request: HttpRequest, asking: Asking, *args: Any, **kwargs: Any) -> HttpResponse:
        if not administers(asking):
            raise Http404
        return view(request, asking, *args, **kwargs)

    return page
