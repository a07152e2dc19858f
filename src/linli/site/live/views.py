"""Live updates on the ordinary web server: the poll for when the stream is down, and the renewal of the token."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from linli.site.desk.asking import Asking, desk_page
from linli.site.live.changes import answer, gather
from linli.site.live.offering import live_scope
from linli.site.live.scope import Scope


@require_GET
@desk_page
def changes(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Which cases moved since a cursor: what the stream would have said. Without a good cursor: read again."""
    text = request.GET.get("since", "")
    cursor = int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0
    news = gather(cursor, asking.district)
    scope = Scope.of(asking.actor, asking.district)
    return JsonResponse(answer(scope, news.changes, since=news.newest, whole=news.whole).facts())


@require_GET
@desk_page
def renewed(request: HttpRequest, asking: Asking) -> HttpResponse:
    """What a page needs to go on listening, for who they are by now."""
    del request
    return JsonResponse(live_scope(asking))
