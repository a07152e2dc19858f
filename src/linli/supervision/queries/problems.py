"""Reads of the problem list: of the units in which the actor works, and only with every case that it names."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.cases import queries as cases
from linli.core.actor import Actor, ActorKind
from linli.core.supervising import Problem as Rules
from linli.core.supervising import ProblemState
from linli.ledger import queries as ledger
from linli.supervision.models import Problem, ProblemCase

STREAM = "problem"
OPEN, OVERDUE, ENDED = "open", "overdue", "ended"
OWED = [ProblemState.OPEN.value, ProblemState.DOING.value]


@dataclass(frozen=True, slots=True)
class ProblemInfo:
    """A problem as pages show it."""

    id: str
    owner: str
    supervisor: str
    ground: str
    title: str
    words: str
    due_on: date
    state: ProblemState
    version: int
    raised_at: datetime
    outcome: str
    remark: str
    done_by: str
    ended_at: datetime | None

    @property
    def rules(self) -> Rules:
        """What the rules need to know of it."""
        return Rules(self.owner, self.supervisor, self.state, self.due_on, self.done_by)


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """One entry of a problem's history."""

    what: str
    at: datetime
    post: str


def visible_problems(actor: Actor, district: str) -> QuerySet[Problem]:
    """Problems of units in which the actor works; one that names a case hidden from the actor is hidden too."""
    problems = Problem.objects.filter(district_id=district)
    if actor.kind is not ActorKind.PERSON:
        return problems.none()
    works = sorted(actor.working_units)
    seen = cases.visible_to(actor, district).filter(id=OuterRef("case_id"))
    hidden = ProblemCase.objects.filter(~Exists(seen), district_id=district, problem_id=OuterRef("id"))
    return problems.filter(Q(owner__in=works) | Q(supervisor__in=works)).exclude(Exists(hidden))


def problems(actor: Actor, district: str, *, which: str, today: date, size: int = 100) -> list[ProblemInfo]:
    """Problems of the actor's units: open or overdue ones due first, ended ones newest first."""
    found = visible_problems(actor, district)
    if which == ENDED:
        found = found.filter(ended_at__isnull=False).order_by("-ended_at", "-id")
    else:
        found = found.filter(ended_at__isnull=True).order_by("due_on", "id")
        if which == OVERDUE:
            found = found.filter(state__in=OWED, due_on__lt=today)
    return [_info(row) for row in found[:size]]


def problem(actor: Actor, district: str, problem_id: str) -> ProblemInfo | None:
    """One problem, or None when it is missing or hidden from the actor."""
    row = visible_problems(actor, district).filter(id=problem_id).first()
    return _info(row) if row else None


def cases_of_problem(district: str, problem_id: str) -> list[str]:
    """Cases named by a problem that the caller has found visible, the first named first."""
    rows = ProblemCase.objects.filter(district_id=district, problem_id=problem_id).order_by("id")
    return [str(case) for case in rows.values_list("case_id", flat=True)]


def problem_history(district: str, problem_id: str) -> list[ProblemEntry]:
    """What happened with a problem that the caller has found visible, oldest first."""
    entries = ledger.stream(district, STREAM, problem_id)
    return [ProblemEntry(entry.type.partition(".")[2], entry.at, entry.post) for entry in entries]


def as_problem(row: Problem) -> Rules:
    """What the rules need to know of a row."""
    return Rules(row.owner, row.supervisor, ProblemState(row.state), row.due_on, row.done_by)


def _info(row: Problem) -> ProblemInfo:
    return ProblemInfo(
        str(row.id), row.owner, row.supervisor, row.ground, row.title, row.words, row.due_on, ProblemState(row.state),
        row.version, row.raised_at, row.outcome, row.remark, row.done_by, row.ended_at,
    )  # fmt: skip
