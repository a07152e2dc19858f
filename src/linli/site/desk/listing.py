"""Work lists as the desk shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from linli.cases import queries as cases
from linli.cases import words
from linli.cases.queries import Line
from linli.core.policy import Policy
from linli.core.procedure import FUNCTION_OF, Procedure
from linli.site.administration.order import steps_in_order
from linli.site.desk.asking import Asking
from linli.vault import queries as vault

AREA_SCOPES = ("district", "town", "community")
UNITS = "unit"
"""The key of the list of all cases that one's units have."""


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list, in words."""

    id: str
    number: str
    title: str
    step: str
    matter: str
    urgency: str
    urgency_code: str
    place: str
    owner: str
    due: datetime | None
    late: bool
    paused: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """One list that the person may look at: ``key`` is empty for the first one, :data:`UNITS` or an area's code.

    ``steps`` are those whose cases it holds; None for every open one.
    """

    key: str
    scope: str
    keys: tuple[str, ...]
    steps: frozenset[str] | None = None

    @property
    def is_area(self) -> bool:
        """Whether it holds the cases of an area."""
        return self.scope in AREA_SCOPES


def tabs(asking: Asking) -> list[Tab]:
    """What waits for the person first where that is not all of their units', then their units, then areas they read."""
    units, mine = tuple(sorted(asking.actor.units)), steps_for(asking)
    every = {name for name, _title in open_steps(asking.policy, asking.names.lang)}
    found = [Tab("", "owner", units)]
    if mine and mine < every:
        found = [Tab("", "owner", units, mine), Tab(UNITS, "owner", units)]
    for scope in AREA_SCOPES:
        found += [Tab(key, scope, (key,)) for key in cases.own_keys(asking.actor, scope)]
    return found


def steps_for(asking: Asking) -> frozenset[str]:
    """Open steps whose owner works by a function that one of the person's posts has."""
    functions = {function for post in asking.actor.posts for function in post.functions}
    return frozenset(
        name
        for procedure in _current(asking.policy)
        for name, step in procedure.steps.items()
        if step.owner is not None and FUNCTION_OF.get(step.owner) in functions
    )


def open_steps(policy: Policy, lang: str, *, parts: bool = True) -> list[tuple[str, str]]:
    """Steps that a list can be narrowed to, in the order in which cases take them, with their titles.

    Without ``parts`` only those of whole cases, in their own words.
    """
    titles: dict[str, list[str]] = {}
    for procedure in _current(policy):
        if procedure.internal and not parts:
            continue
        for name in (name for name in steps_in_order(procedure) if not procedure.steps[name].end):
            title = words.title(procedure.steps[name].title, lang)
            if title not in titles.setdefault(name, []):
                titles[name].append(title)
    return [(name, " / ".join(found)) for name, found in titles.items()]


def rows(asking: Asking, lines: Iterable[Line]) -> list[Row]:
    """Lines in words, with the masked titles in one read."""
    lines = list(lines)
    titles = vault.masked(asking.district, [line.title_item for line in lines if line.title_item])
    return [_row(asking, line, titles.get(line.title_item or "", "")) for line in lines]


def known_rows(asking: Asking, ids: Iterable[str]) -> dict[str, Row]:
    """Rows of the given cases that the person may see, by case id."""
    return {row.id: row for row in rows(asking, cases.lines(asking.actor, asking.district, list(ids)))}


def _row(asking: Asking, line: Line, title: str) -> Row:
    procedure = asking.policy.current_procedure("part" if "/" in line.number else "standard")
    step = procedure.steps.get(line.step)
    lang = asking.names.lang
    paused = bool(step and step.paused)
    return Row(
        id=line.id,
        number=line.number,
        title=title,
        step=words.title(step.title, lang) if step else line.step,
        matter=asking.names.matter(line.matter),
        urgency=words.label("urgency", line.urgency, lang),
        urgency_code=line.urgency,
        place=asking.names.path(line.community or line.town or asking.district),
        owner=asking.names.unit(line.owner) if line.owner else "—",
        due=line.due,
        late=line.due is not None and line.due <= asking.now and not paused,
        paused=paused,
        ended=bool(step and step.end),
    )


def _current(policy: Policy) -> list[Procedure]:
    names = dict.fromkeys(name for name, _version in policy.procedures)
    return sorted((policy.current_procedure(name) for name in names), key=lambda procedure: procedure.internal)
