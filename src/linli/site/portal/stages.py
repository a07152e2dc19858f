"""The loop as a resident follows it: a few stages, where the case stands in them, and what comes next."""

from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STAGES = (
    pgettext_lazy("stage", "Received"),
    pgettext_lazy("stage", "Assigned"),
    pgettext_lazy("stage", "Being handled"),
    pgettext_lazy("stage", "Checked by others"),
    pgettext_lazy("stage", "Answered"),
    pgettext_lazy("stage", "Your word"),
)

_PLACE = {
    "reported": 0, "registered": 1, "dispatched": 1, "disputed": 1, "handling": 2, "paused": 2, "conference": 2,
    "parked": 2, "done": 3, "verified": 4, "replied": 5, "closed": len(STAGES),
}  # fmt: skip
"""Stage of each step of the loop; what ended another way has none."""

_NEXT = {
    "reported": _("Next: the desk decides whether it is accepted, and says why if it is not."),
    "registered": _("Next: a unit is named that must handle it."),
    "dispatched": _("Next: that unit confirms that it has it, or says why another is responsible."),
    "disputed": _("Next: it is ruled which unit is responsible. It cannot be returned again after that."),
    "handling": _("Next: the unit reports what was done. Then somebody else checks it."),
    "paused": _("The clock is paused for a reason given below. Next: work goes on."),
    "conference": _("Next: the units decide together who does what, by when."),
    "parked": _("It cannot be solved now. It counts as unsolved and is looked at again regularly."),
    "done": _("Next: somebody who did not do the work checks it."),
    "verified": _("Next: you get an answer with reasons."),
    "replied": _("Next: say whether it is solved. If you say nothing, it ends after the date above."),
    "closed": _("It has ended. If the trouble is back, say so."),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: behind us, where we are, or still to come; ``mark`` is its class in the style sheet."""

    title: str | Promise
    mark: str

    @property
    def is_now(self) -> bool:
        """Whether the case is here."""
        return self.mark == "stage-now"

    @property
    def is_done(self) -> bool:
        """Whether the case is past it."""
        return self.mark == "stage-done"


@cache
def _bar(place: int) -> tuple[Stage, ...]:
    marks = ("stage-done", "stage-now", "stage-next")
    return tuple(Stage(title, marks[(n >= place) + (n > place)]) for n, title in enumerate(STAGES))


def stages(step: str) -> tuple[Stage, ...]:
    """Every stage of the loop for a case in that step; empty where it ended outside the loop."""
    return _bar(_PLACE[step]) if step in _PLACE else ()


def number(step: str) -> int:
    """Which stage it is, counted from one; the last for a case that went through all."""
    return min(_PLACE.get(step, 0) + 1, len(STAGES))


def next_of(step: str) -> str | Promise:
    """What comes next, in a sentence; empty where nothing does."""
    return _NEXT.get(step, "")
