"""What every page of the portal has in common."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from linli.catalogue.queries import NothingPublishedError

Page = Callable[..., HttpResponse]


def portal_page(view: Page) -> Page:
    """A page of the portal: never kept by a cache, and with words where nothing is set up yet."""

    @never_cache
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NothingPublishedError:
            return render(request, "site/not_ready.html", status=HTTPStatus.SERVICE_UNAVAILABLE)

    return page
