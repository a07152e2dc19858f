"""The door for those who administer."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from linli.site.desk.asking import Asking, Page, desk_page


def administration_page(view: Page) -> Page:
    """A page of the desk for those who administer; for everybody else it is not there."""

    @desk_page
    @wraps(view)
    def page(request: HttpRequest, asking: Asking, *args: Any, **kwargs: Any) -> HttpResponse:
        if not asking.administers:
            raise Http404
        return view(request, asking, *args, **kwargs)

    return page
