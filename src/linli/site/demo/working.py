"""The demo's staff goes on working while the site is open, so that what waits gets done before one's eyes."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from linli.cases.actions import CaseMoved
from linli.core.errors import Refusal
from linli.site.demo.building import DISTRICT, waiting
from linli.site.demo.carrying import Carrier, Stuck, suggestions
from linli.site.demo.people import Staff, staff_of
from linli.site.demo.story import TO, Plot

PAUSE_SECONDS = 0.03
"""Between two acts, so that a laptop stays free for whoever looks at the demo."""

TURNS: tuple[tuple[str, ...], ...] = (
    TO["closed"],
    TO["closed"],
    TO["replied"],
    (*TO["replied"], "not_solved", "report_back", "verify", "reply", "satisfied"),
    (*TO["done"], "rework", "report_back", "verify", "reply", "satisfied"),
    (*TO["disputed"], "rule", "acknowledge", "parts", "report_back", "verify", "reply", "satisfied"),
    TO["verified"],
    TO["done"],
    TO["handling"],
    ("decline",),
)
"""What becomes of the cases that wait; several are left under way, for whoever wants to act on them."""


class AtWork(Carrier):
    """Carries cases in the present: every act is taken now, the clock's own before it."""

    def _next(self, case: str) -> datetime:
        time.sleep(PAUSE_SECONDS)
        now = timezone.now()
        self.clock[case] = now
        self._wake_until(case, now)
        return now


def work(*, rest: Callable[[], None] = lambda: time.sleep(30)) -> Iterator[str]:
    """Works off what waits at the desks, oldest first, for ever; yields each case that was carried.

    ``rest`` is called whenever nothing waits. What visitors report is left to them: only demo cases are touched.
    """
    from linli.intake import queries as intake

    staff: Staff = staff_of(DISTRICT)
    while True:
        found = [line.id for line in waiting(timezone.now())]
        carrier = AtWork(DISTRICT, staff, datetime.max.replace(tzinfo=timezone.get_current_timezone()))
        carrier.suggested = suggestions(DISTRICT, carrier.policy)
        for number, case in enumerate(found):
            if all(report.origin.startswith("demo") for report in intake.reports_of(DISTRICT, case)):
                carrier.spare = found[number + 1 :]
                plot = Plot("at-work", TURNS[number % len(TURNS)])
                with suppress(Stuck, Refusal, CaseMoved):  # it then waits for somebody else, as in a real district
                    carrier.carry(plot, case)
                yield case
        rest()


def is_demo() -> bool:
    """Whether this installation is a demo: nobody invented works anywhere else."""
    return (settings.DATA / "demo.json").exists()
