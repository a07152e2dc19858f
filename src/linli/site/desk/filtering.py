"""What a work list is narrowed to, read from an address and written back to one."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest

from linli.cases import queries as cases
from linli.cases import words
from linli.cases.queries import Narrowed
from linli.core.policy import Urgency
from linli.core.territory import AreaKind
from linli.site.acting import matters_by_domain
from linli.site.desk.asking import Asking
from linli.site.desk.listing import Tab, open_steps, tabs

KEYS = ("in", "place", "step", "urgency", "matter", "late")
"""Everything that narrows a list; other parts of an address do not."""

SCOPE_OF = {AreaKind.DISTRICT: "district", AreaKind.TOWN: "town", AreaKind.COMMUNITY: "community"}


@dataclass(frozen=True, slots=True)
class Filter:
    """A list's tab, and what it is narrowed to; empty texts mean everything."""

    tab: Tab
    place: str = ""
    step: str = ""
    urgency: str = ""
    matter: str = ""
    late: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything of the tab is left out."""
        return bool(self.place or self.step or self.urgency or self.matter or self.late)

    def query(self, **changes: str) -> str:
        """The filter as part of an address, with some of it changed."""
        values = {
            "in": self.tab.key,
            "place": self.place,
            "step": self.step,
            "urgency": self.urgency,
            "matter": self.matter,
            "late": "1" if self.late else "",
        }
        return urlencode({key: value for key, value in (values | changes).items() if value})

    @property
    def address(self) -> str:
        """The filter as part of an address."""
        return self.query()

    def scope(self, asking: Asking) -> tuple[str, tuple[str, ...]]:
        """Scope and keys for :func:`linli.cases.queries.work_list`; a place within the tab's area takes its place."""
        if not self.place:
            return self.tab.scope, self.tab.keys
        return SCOPE_OF[asking.policy.territory.areas[self.place].kind], (self.place,)

    def narrowed(self, now: datetime) -> Narrowed:
        """What the list leaves out besides scope and step."""
        return Narrowed(
            urgencies=(self.urgency,) if self.urgency else (),
            matters=(self.matter,) if self.matter else (),
            due_by=now if self.late else None,
        )


def read(request: HttpRequest, asking: Asking) -> Filter | None:
    """The filter in an address; None for a tab that is not the person's. What else is unknown narrows nothing."""
    asked = request.GET
    tab = next((tab for tab in tabs(asking) if tab.key == asked.get("in", "")), None)
    if tab is None:
        return None
    steps = {name for name, _title in steps_of(asking, tab)}
    return Filter(
        tab=tab,
        place=_one_of(asked.get("place", ""), {code for code, _name in places(asking, tab)}),
        step=_one_of(asked.get("step", ""), steps),
        urgency=_one_of(asked.get("urgency", ""), {urgency.value for urgency in Urgency}),
        matter=_one_of(asked.get("matter", ""), set(asking.policy.matters)),
        late=asked.get("late") == "1",
    )


def steps_of(asking: Asking, tab: Tab) -> list[tuple[str, str]]:
    """Open steps whose cases a tab holds, with their titles."""
    found = open_steps(asking.policy, asking.names.lang)
    return [(name, title) for name, title in found if tab.steps is None or name in tab.steps]


def places(asking: Asking, tab: Tab) -> list[tuple[str, str]]:
    """Areas that a list can be narrowed to: those right below the tab's own."""
    if not tab.is_area or tab.scope == "community":
        return []
    wanted = AreaKind.TOWN if tab.scope == "district" else AreaKind.COMMUNITY
    territory = asking.policy.territory
    found = [
        (area.code, asking.names.area(area.code))
        for area in territory.areas.values()
        if area.kind is wanted and not area.placeholder and territory.is_under(area.code, tab.key)
    ]
    return sorted(found)


def choices(asking: Asking, chosen: Filter) -> dict[str, object]:
    """What the selects of the filter offer."""
    lang = asking.names.lang
    return {
        "places": places(asking, chosen.tab),
        "steps": steps_of(asking, chosen.tab),
        "urgencies": [(urgency.value, words.label("urgency", urgency.value, lang)) for urgency in Urgency],
        "matters": matters_by_domain(asking.policy.matters.values(), asking.names),
    }


def counts(asking: Asking, chosen: Filter) -> list[tuple[str, str, int, str]]:
    """How many cases wait in each step at one's own units: step, title, number, and the address of the list.

    Areas are not counted, that would cost too much.
    """
    if chosen.tab.is_area:
        return []
    found = cases.open_counts(asking.actor, asking.district, chosen.tab.keys)
    return [
        (name, title, found[name], chosen.query(step=name))
        for name, title in steps_of(asking, chosen.tab)
        if found.get(name)
    ]


def _one_of(value: str, known: set[str]) -> str:
    return value if value in known else ""
