"""Reading a procedure document: what cannot be read is refused with the place and what to do."""

from collections.abc import Callable
from typing import Any

import pytest
from world import document

from linli.core.calendar import Limit
from linli.core.procedure import FUNCTION_OF, FieldType, ProcedureError, Role, load

Document = dict[str, Any]


def bad(at: str, to: Any) -> Callable[[Document], Document]:
    """Sets what lies at a dotted path (a number is a place in a list)."""

    def edit(document: Document) -> Document:
        *path, last = at.split(".")
        place: Any = document
        for key in path:
            place = place[int(key)] if isinstance(place, list) else place[key]
        place[int(last) if isinstance(place, list) else last] = to
        return document

    return edit


def lacking(key: str, *path: str) -> Callable[[Document], Document]:
    def edit(document: Document) -> Document:
        place = document
        for name in path:
            place = place[name]
        del place[key]
        return document

    return edit


BAD = [
    # --- the document
    (lambda _: None, "procedure: give keys with values"),
    (lambda _: ["steps"], "procedure: give keys with values"),
    (lacking("start"), "procedure: start is missing"),
    (lacking("version"), "procedure: version is missing"),
    (bad("colour", "red"), "procedure: unknown key 'colour'; known are actions, internal, ladders"),
    (bad("version", "one"), "procedure: version must be a whole number above 0, not 'one'"),
    (bad("version", 0), "procedure: version must be a whole number above 0, not 0"),
    (bad("version", True), "procedure: version must be a whole number above 0, not True"),
    (bad("procedure", 7), "procedure: procedure must be a text, not 7; quote it"),
    (bad("internal", "no"), "procedure: internal is true or false, not 'no'"),
    (bad("steps", ["reported"]), "procedure: steps must map names to descriptions"),
    (bad("actions", {110: {}}), "procedure: actions must map names to descriptions; quote names"),
    # --- steps
    (bad("steps.done", "verifier"), "step done: give keys with values; known are end, limit, overdue, owner"),
    (bad("steps.done.limits", "verify"), "step done: unknown key 'limits'; known are end, limit"),
    (bad("steps.done.owner", "janitor"), "step done: 'janitor' is no role; use one of desk, dispatcher"),
    (bad("steps.done.owner", ["desk"]), "step done: ['desk'] is no role"),
    (bad("steps.done.limit", 5), "step done: limit must be a text, not 5"),
    (bad("steps.done.remind", "75"), "step done: remind must be a whole number above 0, not '75'"),
    (bad("steps.done.remind", 0.75), "step done: remind must be a whole number above 0, not 0.75"),
    (bad("steps.paused.paused", "yes"), "step paused: paused is true or false, not 'yes'"),
    (bad("steps.closed.end", 1), "step closed: end is true or false, not 1"),
    (lacking("title", "steps", "done"), "step done: title is missing"),
    (bad("steps.done.title", "Done"), "step done: title needs exactly the keys zh and en"),
    (bad("steps.done.title", {"en": "Done"}), "step done: title needs exactly the keys zh and en"),
    (bad("steps.done.title", {"zh": "完", "en": False}), "step done: both titles must be texts"),
    # --- actions
    (lacking("from", "actions", "verify"), "action verify: from is missing"),
    (lacking("to", "actions", "verify"), "action verify: to is missing"),
    (lacking("by", "actions", "verify"), "action verify: by is missing"),
    (bad("actions.verify.by", ["verifier", "passer_by"]), "action verify: 'passer_by' is no role"),
    (bad("actions.verify.from", 3), "action verify: from must be a name or a list of names"),
    (bad("actions.verify.from", ["done", "done"]), "action verify: from names something twice"),
    (bad("actions.verify.to", ["verified"]), "action verify: to must be a text"),
    (bad("actions.verify.guards", {"never_handled": True}), "action verify: guards must be a name or a list"),
    (bad("actions.verify.effects", [1]), "action verify: effects must be a name or a list"),
    (bad("actions.unpark.clock", "new"), "action unpark: clock is one of keep, fresh, renew, not 'new'"),
    (bad("actions.verify.when", "monday"), "action verify: unknown key 'when'"),
    # --- forms
    (bad("actions.verify.form", ["finding"]), "action verify: form must map field names to types"),
    (
        bad("actions.verify.form.finding", "colour"),
        "action verify, field finding: 'colour' is no field type; use one of",
    ),
    (bad("actions.verify.form.finding", 3), "action verify, field finding: type must be a text"),
    (bad("actions.verify.form.finding", {"choices": ["a"]}), "action verify, field finding: type is missing"),
    (
        bad("actions.verify.form.finding.choices", [True]),
        "action verify, field finding: choices must be a name or a list",
    ),
    (
        bad("actions.verify.form.finding.choices", ["a", "a"]),
        "action verify, field finding: choices names something twice",
    ),
    (
        bad("actions.verify.form.words", {"type": "text?", "choices": ["fine"]}),
        "action verify, field words: only a code has choices, not a text",
    ),
    (
        bad("actions.verify.form.finding.help", "…"),
        "action verify, field finding: unknown key 'help'; known are choices",
    ),
    # --- ladders
    (bad("ladders.town", "expedite"), "ladder town: give a list of rungs, each with an action"),
    (bad("ladders.town.0", "expedite"), "ladder town, rung 1: give keys with values; known are action, after, every"),
    (bad("ladders.town.1.after", "soon"), "ladder town, rung 2: after: 'soon' is not a limit; write a number and h"),
    (bad("ladders.town.2.every", "1.5wd"), "ladder town, rung 3: every: wd are counted whole"),
    (bad("ladders.town.2.every", None), "ladder town, rung 3: every: 'None' is not a limit"),
    (bad("ladders.town.0", {"after": "0h"}), "ladder town, rung 1: action is missing"),
]


@pytest.mark.parametrize(("edit", "says"), BAD, ids=[says[:60] for _, says in BAD])
def test_it_refuses_a_bad_document_saying_where_and_what_to_do(edit: Callable[[Document], Any], says: str) -> None:
    with pytest.raises(ProcedureError) as refused:
        load(edit(document()))

    assert str(refused.value).startswith(says)


def test_it_reads_the_steps_of_the_standard_procedure() -> None:
    step = load(document()).steps["handling"]

    assert (step.owner, step.limit, step.remind_percent, step.ladder) == (Role.UNIT, "handle", 75, "unit")
    assert (step.end, step.paused, step.unsolved) == (False, False, False)


def test_it_counts_a_parked_case_as_unsolved() -> None:
    assert [s.name for s in load(document()).steps.values() if s.unsolved] == ["parked"]


def test_it_reads_any_open_as_all_steps_that_are_no_end() -> None:
    procedure = load(document())

    assert procedure.actions["withdraw"].sources == frozenset(procedure.open_steps)
    assert "closed" not in procedure.open_steps


def test_it_reads_same_as_staying_where_the_case_is() -> None:
    assert load(document()).actions["remind"].target is None


def test_it_reads_a_question_mark_as_optional() -> None:
    verify = load(document()).actions["verify"]

    assert [(f.name, f.type, f.required) for f in verify.form] == [
        ("finding", FieldType.CODE, True),
        ("words", FieldType.TEXT, False),
    ]


def test_it_reads_the_rungs_of_a_ladder_in_their_order() -> None:
    rungs = load(document()).ladders["unit"]

    assert [(r.action, r.after, r.every) for r in rungs] == [
        ("expedite", None, None),
        ("call_conference", Limit.parse("2wd"), None),
        ("inform_level_above", None, Limit.parse("2wd")),
    ]


def test_it_reads_the_same_document_alike_twice() -> None:
    assert load(document()) == load(document())


def test_it_does_not_change_the_document_it_reads() -> None:
    given = document()
    load(given)

    assert given == document()


def test_it_knows_the_function_of_every_role_that_a_person_plays() -> None:
    assert set(Role) - set(FUNCTION_OF) == {Role.REPORTER, Role.CLOCK}
