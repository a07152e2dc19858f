"""The finder of stuck cases: one list for each thing that holds cases up, and the way to an order on each."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from linli.cases import cursors, queries_stuck
from linli.cases.queries_overview import Standing
from linli.cases.queries_stuck import Cursor, StuckPage
from linli.core.errors import Refusal
from linli.core.procedure import Role
from linli.core.stuck import MANY_HANDOVERS, Why
from linli.core.supervising import Ground
from linli.site.desk import leader, listing
from linli.site.desk.asking import Asking, desk_page
from linli.site.desk.holdups import Stuck, in_words, reasons_of
from linli.site.desk.supervising import framed

SIZE = 30
LISTS: dict[str, Promise] = {
    Ground.RETURNED: gettext_lazy("Returned or disputed"),
    Ground.EXTENDED: gettext_lazy("Extended"),
    Ground.REOPENED: gettext_lazy("Reopened or not solved"),
    Ground.SILENT: gettext_lazy("Silent"),
    Ground.OVERDUE: gettext_lazy("Overdue, ladder at its end"),
    Ground.PARKED: gettext_lazy("Parked, review due"),
}
"""The lists by the ground on which an order about one of their cases is issued."""


@require_GET
@desk_page
def index(request: HttpRequest, asking: Asking) -> HttpResponse:
    """Stuck cases of an area that the person supervises, one list at a time."""
    own = leader.areas(asking)
    area = request.GET.get("in") or (own[0] if own else "")
    which = request.GET.get("why", Ground.RETURNED.value)
    if not leader.may_lead(asking, area) or which not in LISTS:
        raise Http404
    try:
        after = cursors.decode(request.GET.get("after"))
    except Refusal:
        return redirect("desk-stuck")
    page = found(asking, area, which, after, SIZE)
    rows = {row.id: row for row in listing.rows(asking, [one.line for one in page.found])}
    shown = {
        "code": area,
        "area": asking.names.area(area),
        "own": [(code, asking.names.area(code)) for code in own],
        "which": which,
        "lists": [(key, str(title)) for key, title in LISTS.items()],
        "stuck": [Stuck(rows[one.line.id], in_words(reasons_of(asking, one))) for one in page.found],
        "after": cursors.encode(page.after),
        "later": after is not None,
        "looked_through": queries_stuck.MOST_LOOKED_THROUGH,
        "size": SIZE,
        "walked": which in (Ground.SILENT, Ground.OVERDUE),
    }
    return render(request, "desk/stuck.html", framed(asking, "stuck") | shown)


def found(asking: Asking, area: str, which: str, after: Cursor | None, size: int) -> StuckPage:
    """One page of one list; ``which`` is a key of :data:`LISTS`."""
    question = leader.asked(asking, area)
    if which == Ground.RETURNED:
        disputed = leader.steps_where(asking, lambda step: step.owner is Role.RULER)
        return queries_stuck.troubled(question, which, [MANY_HANDOVERS, disputed], after=after, size=size)
    if which in queries_stuck.CONDITIONS:
        return queries_stuck.troubled(question, which, after=after, size=size)
    if which == Ground.PARKED:
        steps = leader.steps_where(asking, lambda step: step.unsolved)
    elif which == Ground.OVERDUE:
        steps = leader.running_steps(asking)
    else:
        steps = leader.steps_where(asking, lambda step: not step.end and not step.unsolved)
    fits, late = _fits(asking, WHY[which]), which != Ground.SILENT
    return queries_stuck.walked(question, steps, fits, late=late, after=after, size=size)


WHY = {Ground.PARKED.value: Why.REVIEW_DUE, Ground.OVERDUE.value: Why.LADDER_ENDED, Ground.SILENT.value: Why.SILENT}


def _fits(asking: Asking, why: Why) -> Callable[[Standing], bool]:
    return lambda one: any(reason.why is why for reason in reasons_of(asking, one))
