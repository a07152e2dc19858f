"""What a page is given so that it can listen."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from linli.site.desk.asking import Asking
from linli.site.live.scope import LASTS, Scope, issue


def live_scope(asking: Asking) -> dict[str, Any]:
    """Addresses, token and cursor for ``frontend/src/live.ts``; put it into the page with ``json_script``.

    ``stream`` is empty where no live process is set up: the page then polls. ``since`` was read before anything that
    the page shows, so whatever the page shows too early is told to it afterwards.
    """
    return {
        "stream": settings.LIVE_URL,
        "poll": reverse("desk-live"),
        "renew": reverse("desk-live-token"),
        "token": issue(Scope.of(asking.actor, asking.district), now=asking.now),
        "lasts": int(LASTS.total_seconds()),
        "since": asking.since,
    }
