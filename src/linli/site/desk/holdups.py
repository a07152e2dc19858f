"""What holds a case up, in words: for the leader's desk and the finder of stuck cases."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.cases.queries_overview import Standing
from linli.core.stuck import Reason, Why, reasons
from linli.site.desk.asking import Asking
from linli.site.desk.listing import Row


@dataclass(frozen=True, slots=True)
class Stuck:
    """A stuck case, and why in words."""

    row: Row
    reasons: tuple[str, ...]


def reasons_of(asking: Asking, one: Standing) -> tuple[Reason, ...]:
    """What holds a case up now."""
    return reasons(one.state, last_act=one.last_act, now=asking.now, policy=asking.policy)


def in_words(found: Sequence[Reason]) -> tuple[str, ...]:
    """Reasons as sentences."""
    return tuple(_said(reason) for reason in found)


PLAIN: dict[Why, Promise] = {
    Why.DISPUTED: gettext_lazy("returned, and nobody has ruled yet whose it is"),
    Why.RETURNED: gettext_lazy("was returned once"),
    Why.IN_CONFERENCE: gettext_lazy("in a joint conference"),
    Why.REVIEW_DUE: gettext_lazy("parked, and its review is due"),
    Why.LADDER_ENDED: gettext_lazy("past its date, and every reminder and escalation was given"),
}


def _said(reason: Reason) -> str:
    count = {"count": reason.count}
    if reason.why in PLAIN:
        return str(PLAIN[reason.why])
    if reason.why is Why.PASSED_AROUND:
        return _("returned or passed up %(count)d times") % count
    if reason.why is Why.EXTENDED:
        return ngettext("extended %(count)d time", "extended %(count)d times", reason.count) % count
    if reason.why is Why.REOPENED:
        return ngettext("reopened %(count)d time", "reopened %(count)d times", reason.count) % count
    if reason.why is Why.NOT_SOLVED:
        words = ngettext("said to be not solved", "said to be not solved %(count)d times", reason.count)
        return words % count
    return _("nobody has done anything for %(count)d working days or more") % count
