"""Writes of the problem list. Each is an entry in the stream of the problem; the ledger keeps digests, no words."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from linli.core.errors import Refusal
from linli.core.privacy import mask
from linli.core.supervising import (
    Ground,
    ProblemAct,
    ProblemState,
    after_problem_act,
    post_of,
    stands_over,
    supervising_units,
)
from linli.core.territory import Function
from linli.ledger import actions as ledger
from linli.ledger.actions import StreamMoved
from linli.supervision.actions.writing import Writing, digest, require_readable, require_words
from linli.supervision.models import Problem, ProblemCase
from linli.supervision.queries.problems import STREAM, as_problem, visible_problems

MOST_WORDS = 2000
MOST_CASES = 50


def raise_problem(
    by: Writing,
    key: str,
    *,
    supervisor: str,
    owner: str,
    ground: Ground,
    title: str,
    words: str,
    due_on: date,
    case: str | None = None,
) -> str:
    """Puts a problem on the list, its words masked; gives its id, which is ``key``. Sent twice, it is one problem.

    Lock: none, the problem is new.

    Raises:
        Refusal: ``problem_not_yours`` for whoever does not supervise in ``supervisor``, or whose key another unit used;
            ``order_unit_not_below``; ``order_day_over``; ``order_words_missing``; ``case_unknown``,
            ``order_unit_recused`` for the case.
    """
    if supervisor not in supervising_units(by.actor, by.policy):
        raise Refusal("problem_not_yours")
    same = Problem.objects.filter(district_id=by.district, id=UUID(key), supervisor=supervisor)
    if same.exists():
        return key
    if not stands_over(supervisor, owner, by.policy):
        raise Refusal("order_unit_not_below")
    _require_ahead(by, due_on)
    require_words(title, words)
    if case is not None:
        require_readable(by, owner, case)
    try:
        with transaction.atomic():
            row = Problem.objects.create(
                id=UUID(key), district_id=by.district, owner=owner, supervisor=supervisor, ground=ground.value,
                title=mask(title.strip())[:120], words=mask(words.strip()), due_on=due_on,
                state=ProblemState.OPEN.value, version=1, raised_at=by.now,
                raised_post=post_of(by.actor, supervisor, Function.SUPERVISE),
            )  # fmt: skip
            facts = {"owner": owner, "supervisor": supervisor, "ground": ground.value, "due": due_on.isoformat()}
            _record(by, row, "problem.raised", facts | {"sha256": digest(row.words)}, row.raised_post)
            if case is not None:
                _link(by, row, case)
    except IntegrityError as clash:
        # Sent twice at once, both looks above found nothing: whoever comes second finds the first one's problem here.
        if not same.exists():
            raise Refusal("problem_not_yours") from clash
    return key


@transaction.atomic
def add_case_to_problem(by: Writing, problem: str, case: str) -> bool:
    """Names one more case in which an open problem shows itself; False when it is named already. Lock: the row.

    Raises:
        Refusal: ``problem_unknown``, ``problem_not_yours``, ``problem_moved`` when it has ended;
            ``problem_cases_full``; ``case_unknown``, ``order_unit_recused`` for the case.
    """
    row = visible_problems(by.actor, by.district).select_for_update(of=("self",)).filter(id=UUID(problem)).first()
    if row is None:
        raise Refusal("problem_unknown")
    if row.supervisor not in supervising_units(by.actor, by.policy):
        raise Refusal("problem_not_yours")
    if row.ended_at is not None:
        raise Refusal("problem_moved")
    require_readable(by, row.owner, case)
    named = set(row.cases.values_list("case_id", flat=True))
    if UUID(case) in named:
        return False
    if len(named) >= MOST_CASES:
        raise Refusal("problem_cases_full")
    _link(by, row, case)
    return True


@transaction.atomic
def act_on_problem(
    by: Writing, problem: str, act: ProblemAct, *, version: int, words: str = "", due_on: date | None = None
) -> None:
    """Begins it, reports it done, sends it back with a new day, or checks it off. Lock: the version that was seen.

    ``words`` are masked: what was done, or what is missing; both are needed where they are asked for.

    Raises:
        Refusal: ``problem_unknown``, ``problem_not_yours``, ``problem_moved``, ``problem_your_own``;
            ``order_words_missing``, ``order_day_over``.
    """
    row = visible_problems(by.actor, by.district).filter(id=UUID(problem)).first()
    if row is None:
        raise Refusal("problem_unknown")
    after = after_problem_act(as_problem(row), act, by.actor, by.policy)
    changes = _changes(by, act, words, due_on)
    seen = Problem.objects.filter(district_id=by.district, id=row.id, version=version)
    if not seen.update(state=after.value, version=version + 1, **changes):
        raise Refusal("problem_moved")
    owners = act in (ProblemAct.BEGIN, ProblemAct.REPORT_DONE)
    post = post_of(by.actor, row.owner) if owners else post_of(by.actor, row.supervisor, Function.SUPERVISE)
    facts: dict[str, Any] = {"sha256": digest(mask(words.strip()))} if words.strip() else {}
    if "due_on" in changes:
        facts["due"] = changes["due_on"].isoformat()
    _record(by, row, f"problem.{ENTRIES[act]}", facts, post)


ENTRIES = {
    ProblemAct.BEGIN: "begun",
    ProblemAct.REPORT_DONE: "reported_done",
    ProblemAct.SEND_BACK: "sent_back",
    ProblemAct.CHECK: "checked",
}


def _changes(by: Writing, act: ProblemAct, words: str, due_on: date | None) -> dict[str, Any]:
    """What an act changes besides the state."""
    if act is ProblemAct.REPORT_DONE:
        require_words(words)
        return {"outcome": mask(words.strip()), "done_by": by.actor.id, "remark": ""}
    if act is ProblemAct.SEND_BACK:
        require_words(words)
        if due_on is None:
            raise Refusal("order_day_over")
        _require_ahead(by, due_on)
        return {"remark": mask(words.strip()), "due_on": due_on}
    return {"ended_at": by.now} if act is ProblemAct.CHECK else {}


def _require_ahead(by: Writing, due_on: date) -> None:
    if due_on < by.policy.calendar.local(by.now).date():
        raise Refusal("order_day_over")


def _link(by: Writing, row: Problem, case: str) -> None:
    ProblemCase.objects.create(id=uuid7(), district_id=by.district, problem=row, case_id=UUID(case))
    post = post_of(by.actor, row.supervisor, Function.SUPERVISE)
    _record(by, row, "problem.case_named", {"case": case}, post)


def _record(by: Writing, row: Problem, type_: str, facts: dict[str, Any], post: str) -> None:
    try:
        ledger.append_to(
            by.district, STREAM, str(row.id), type_, facts, actor=by.actor.id, post=post, policy=by.policy.version,
            at=by.now,
        )  # fmt: skip
    except (StreamMoved, IntegrityError) as moved:
        raise Refusal("problem_moved") from moved
