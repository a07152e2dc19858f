"""What the pages of supervision share: who asks, its tabs, and the words for its codes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases import queries as cases
from linli.cases import words
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.supervising import Ground, OrderState, ProblemState, supervising_units, units_below
from linli.core.territory import AreaKind
from linli.site.desk.asking import Asking
from linli.site.desk.frame import common
from linli.supervision.actions import Writing
from linli.supervision.forms import ActForm

GROUNDS: Mapping[str, Promise] = {
    Ground.OVERDUE: gettext_lazy("past its date"),
    Ground.RETURNED: gettext_lazy("returned or disputed"),
    Ground.EXTENDED: gettext_lazy("extended"),
    Ground.REOPENED: gettext_lazy("reopened or said to be not solved"),
    Ground.SILENT: gettext_lazy("nobody does anything"),
    Ground.PARKED: gettext_lazy("parked, its review is due"),
    Ground.REPEATED: gettext_lazy("the same trouble again and again"),
    Ground.HAZARD: gettext_lazy("a hazard that is not removed"),
    Ground.DUTY: gettext_lazy("a duty of procedure is not kept"),
}
ORDER_STATES: Mapping[str, Promise] = {
    OrderState.ISSUED: gettext_lazy("waits for an answer"),
    OrderState.ANSWERED: gettext_lazy("answered"),
    OrderState.SENT_BACK: gettext_lazy("sent back, waits for another answer"),
    OrderState.ACCEPTED: gettext_lazy("accepted"),
    OrderState.WITHDRAWN: gettext_lazy("withdrawn"),
}

PROBLEM_STATES: Mapping[str, Promise] = {
    ProblemState.OPEN: gettext_lazy("open"),
    ProblemState.DOING: gettext_lazy("being put right"),
    ProblemState.DONE: gettext_lazy("done, waits to be checked"),
    ProblemState.CHECKED: gettext_lazy("checked"),
}


def writing(asking: Asking) -> Writing:
    """Who writes now."""
    return Writing(asking.actor, asking.district, asking.policy, asking.now)


def today(asking: Asking) -> date:
    """The day on the wall clock of the place."""
    return asking.policy.calendar.local(asking.now).date()


def issuers(asking: Asking) -> list[tuple[str, str]]:
    """Coordinating units in whose name the person supervises, with their names."""
    return [(unit, asking.names.unit(unit)) for unit in supervising_units(asking.actor, asking.policy)]


def framed(asking: Asking, tab: str) -> dict[str, Any]:
    """What every page of supervision shows around its content; ``tab`` is the one that is open."""
    return common(asking) | {"tab": tab, "may_order": bool(issuers(asking))}


def grouped_units(asking: Asking, units: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units with their names in groups by area, the widest first."""
    territory = asking.policy.territory
    groups: dict[str, list[tuple[str, str]]] = {}
    for unit in units:
        groups.setdefault(territory.units[unit].area, []).append((unit, asking.names.unit(unit)))
    codes = sorted(groups, key=lambda code: (territory.areas[code].kind.depth, code))
    named = {code: asking.names.path(code) for code in codes}
    return [(named[code], sorted(groups[code], key=lambda one: one[1])) for code in codes]


def asked_units(asking: Asking) -> list[str]:
    """Units that one of the person's coordinating units stands over: grids are asked through their community."""
    found = {below for unit, _name in issuers(asking) for below in units_below(unit, asking.policy)}
    depth = AreaKind.COMMUNITY.depth
    territory = asking.policy.territory
    return sorted(unit for unit in found if territory.areas[territory.units[unit].area].kind.depth <= depth)


def case_of(asking: Asking, asked: str) -> CaseState | None:
    """A case named in an address, where the person may read it."""
    try:
        case = str(UUID(asked))
    except ValueError:
        return None
    found = cases.case_for(asking.actor, asking.district, case)
    return found.state if found else None


def refused(asking: Asking, refusal: Refusal) -> str:
    """A refusal as a sentence."""
    return words.refusal(refusal, asking.names.lang, asking.names, asking.policy)


def grounds() -> Sequence[tuple[str, str]]:
    """Grounds to choose from."""
    return [(ground.value, str(GROUNDS[ground])) for ground in Ground]


def ground_words(code: str) -> str:
    """A ground in words."""
    return str(GROUNDS.get(code) or _("a ground no longer used"))


def one_of(value: str | None, known: Sequence[str], otherwise: str) -> str:
    """A value of an address, if it is a known one."""
    return value if value and value in known else otherwise


@dataclass(frozen=True, slots=True)
class Sent:
    """An act that was sent, with its form, and the code of why it did not take place."""

    act: str
    form: ActForm
    refusal: str | None

    @property
    def status(self) -> HTTPStatus:
        """What the page answers with when it did not."""
        moved = self.refusal is not None and self.refusal.endswith("_moved")
        return HTTPStatus.CONFLICT if moved else HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that is open to the person, with its form; ``main`` is what it waits for, the rest is folded away."""

    act: str
    title: str
    form: ActForm
    main: bool


def tried(asking: Asking, act: str, form: ActForm, take: Callable[[dict[str, Any]], None]) -> Sent:
    """Takes an act with what its form holds; a refusal stands on the form."""
    if not form.is_valid():
        return Sent(act, form, "form_invalid")
    try:
        take(form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refused(asking, refusal))
        return Sent(act, form, refusal.code)
    return Sent(act, form, None)


def offered(act: str, title: str, fresh: ActForm, sent: Sent | None, *, main: bool) -> Offer:
    """An act with its fresh form; one that was sent keeps what was typed, and goes on from how things stand now."""
    if sent is None or sent.act != act:
        return Offer(act, title, fresh, main)
    form = sent.form
    form.data = {name: form.data.get(name, "") for name in form.fields} | {"expected": str(fresh.initial["expected"])}
    return Offer(act, title, form, main)
