"""The command board: how many open cases stand where, in which step, how urgent and how late; never a single person."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.utils.translation import gettext as _

from linli.cases import queries as cases
from linli.cases import queries_counts as counts
from linli.cases import words
from linli.cases.queries_counts import Counted
from linli.core.policy import Urgency
from linli.site.desk.asking import Asking
from linli.site.desk.filtering import SCOPE_OF
from linli.site.desk.listing import open_steps, tabs

KEPT_SECONDS = 1.0
"""So long a count is given to everybody who may see the same: two hundred screens ask once."""

PLATFORMS = ("PL", "EE", "SL", "SV")
"""The four platforms of a town, in the order of the catalogue's codes."""

HURRIED = frozenset({Urgency.URGENT.value, Urgency.EMERGENCY.value})


@dataclass(frozen=True, slots=True)
class View:
    """What a board shows: an area, and what is left out of it."""

    area: str
    step: str = ""
    urgency: str = ""
    platform: str = ""
    late: bool = False

    def changed(self, **changes: Any) -> "View":
        """The same with something else left out."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return View(**(values | changes))


@dataclass(slots=True)
class Tally:
    """How many open cases a line of the board stands for, how many of them are late, and how many hurry."""

    open: int = 0
    late: int = 0
    hurried: int = 0
    steps: Counter[str] = field(default_factory=Counter)

    def add(self, counted: Counted, *, late: bool) -> None:
        """Counts cases that stand alike."""
        self.open += counted.number
        self.late += counted.number if late else 0
        self.hurried += counted.number if counted.urgency in HURRIED else 0
        self.steps[counted.step] += counted.number


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: its code and name, and its numbers."""

    code: str
    name: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the board. ``places`` are the areas right below the one shown; the map shows the same numbers."""

    whole: Tally
    places: Sequence[Line]
    steps: Sequence[Line]
    urgencies: Sequence[Line]
    platforms: Sequence[Line]


def areas(asking: Asking) -> list[str]:
    """Areas that the person has boards of, widest first: those that a post of theirs reads as a whole."""
    return [tab.key for tab in tabs(asking) if tab.is_area]


def may_show(asking: Asking, area: str) -> bool:
    """Whether the area is one of the person's, or lies in one."""
    known = asking.policy.territory.areas.get(area)
    if known is None or known.kind not in SCOPE_OF:
        return False
    return any(asking.policy.territory.is_under(area, own) for own in areas(asking))


def board(asking: Asking, view: View) -> Board:
    """The numbers of an area. A table leaves out what the view leaves out, except what the table itself tells apart."""
    counted = _counted(asking, view.area)
    late = _lateness(asking)
    shown = [one for one in counted if _fits(one, view, late)]
    return Board(
        whole=_sum(shown, late),
        places=_places(asking, view.area, shown, late),
        steps=_lines(
            [one for one in counted if _fits(one, view.changed(step=""), late)],
            lambda one: one.step,
            open_steps(asking.policy, asking.names.lang, parts=False),
            late,
        ),
        urgencies=_lines(
            [one for one in counted if _fits(one, view.changed(urgency=""), late)],
            lambda one: one.urgency,
            [(urgency.value, words.label("urgency", urgency.value, asking.names.lang)) for urgency in Urgency],
            late,
        ),
        platforms=_lines(
            [one for one in counted if _fits(one, view.changed(platform=""), late)],
            lambda one: one.platform,
            [
                *((code, words.label("platform", code, asking.names.lang)) for code in PLATFORMS),
                ("", _("Matter not settled yet")),
            ],
            late,
        ),
    )


def _fits(one: Counted, view: View, late: Callable[[Counted], bool]) -> bool:
    return (
        view.step in ("", one.step)
        and view.urgency in ("", one.urgency)
        and view.platform in ("", one.platform)
        and (not view.late or late(one))
    )


def _lateness(asking: Asking) -> Callable[[Counted], bool]:
    """Late is what has passed its date while its clock runs."""
    paused = {
        name for procedure in asking.policy.procedures.values() for name, step in procedure.steps.items() if step.paused
    }
    return lambda one: one.late and one.step not in paused


def _sum(counted: Iterable[Counted], late: Callable[[Counted], bool]) -> Tally:
    tally = Tally()
    for one in counted:
        tally.add(one, late=late(one))
    return tally


def _lines(
    counted: Iterable[Counted],
    key: Callable[[Counted], str],
    titles: Iterable[tuple[str, str]],
    late: Callable[[Counted], bool],
) -> list[Line]:
    tallies: dict[str, Tally] = {}
    for one in counted:
        tallies.setdefault(key(one), Tally()).add(one, late=late(one))
    return [Line(code, title, tallies[code]) for code, title in titles if code in tallies]


def _places(asking: Asking, area: str, counted: Iterable[Counted], late: Callable[[Counted], bool]) -> list[Line]:
    """The areas right below, those with most late cases first; what is known no nearer stands under the area itself."""
    tallies: dict[str, Tally] = {}
    for one in counted:
        tallies.setdefault(one.place or area, Tally()).add(one, late=late(one))
    lines = [Line(code, asking.names.area(code), tally) for code, tally in tallies.items()]
    return sorted(lines, key=lambda line: (-line.tally.late, -line.tally.open, line.code))


_kept: dict[tuple[Any, ...], tuple[float, list[Counted]]] = {}
_keeping = Lock()


def _counted(asking: Asking, area: str) -> list[Counted]:
    """The counts of an area as this person may see them, at most a second old."""
    key = (asking.district, area, asking.actor.working_units, asking.actor.units, cases.reading_areas(asking.actor))
    now = time.monotonic()
    with _keeping:
        known = _kept.get(key)
        if known is not None and now - known[0] < KEPT_SECONDS:
            return known[1]
    scope = SCOPE_OF[asking.policy.territory.areas[area].kind]
    platforms = {matter.code: matter.platform for matter in asking.policy.matters.values()}
    found = counts.counted(counts.Asked(asking.actor, asking.district, scope, area, asking.now), platforms)
    with _keeping:
        for old in [old for old, (at, _found) in _kept.items() if now - at >= KEPT_SECONDS]:
            del _kept[old]
        _kept[key] = (now, found)
    return found
