"""What the API promises its callers: the description as it was agreed, complete, and kept whatever they send."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from pydantic import BaseModel
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from linli.core.procedure import Action
from tests.rooms.conftest import COMMUNITY, DISTRICT, TOWN, Place
from tests.rooms.site.calling import HERE, NOBODYS, SANITATION, STATION, Answer, Caller, hire
from tools import openapi

OPEN_TO_ALL = {"report", "matters", "follow", "act_on_followed"}
"""Operations that need no account."""
DESCRIBED = openapi.described()
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
}
BOUNDED = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
"""Few examples, the same every time."""


def test_it_is_as_it_was_agreed() -> None:
    agreed = json.loads(openapi.SNAPSHOT.read_text("utf-8"))
    assert agreed == DESCRIBED, "look at the difference, then run `.venv/bin/python tools/openapi.py` and commit it"


def test_it_names_every_operation_once() -> None:
    assert len(OPERATIONS) == sum(len(methods) for methods in DESCRIBED["paths"].values())
    assert all(name.isidentifier() and name.islower() for name in OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_says_of_every_operation_what_it_does_who_may_call_it_and_how_it_is_refused(name: str) -> None:
    operation = OPERATIONS[name][2]
    assert len(operation["description"]) > 20
    assert operation["security"] == ([] if name in OPEN_TO_ALL else [{"Token": []}, {"Session": []}])
    assert "application/problem+json" in operation["responses"]["default"]["content"]


def test_no_two_shapes_share_a_name() -> None:
    """The description keeps shapes by name: a second one would silently take the place of the first."""

    def below(kind: type) -> set[type]:
        return {kind, *(found for child in kind.__subclasses__() for found in below(child))}

    shapes = [kind for kind in below(BaseModel) if kind.__module__.startswith("linli.")]
    assert len({kind.__name__ for kind in shapes}) == len(shapes) > 10


def test_it_is_given_out_as_described(plain_site: None) -> None:
    assert Caller().get("/api/v1/openapi.json").body == DESCRIBED


# --- whatever is sent


@pytest.fixture
def clerk(district: Place) -> Caller:
    return hire(district, STATION)


def undone(caller: Caller, method: str, path: str, body: Any, query: dict[str, Any]) -> Answer:
    """The answer; what it changed is undone."""
    with transaction.atomic():
        address = f"{path}?{urlencode(query, doseq=True)}" if query else path
        raw = b"" if isinstance(body, NotSet) else body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = caller.send(method, address, raw=raw)
        transaction.set_rollback(True)
    return answer


def assert_kept(answer: Answer, sent: object) -> None:
    """A good answer, or a problem document of the 4xx kind."""
    assert answer.status < 500, (answer.body, sent)
    if answer.status >= 400:
        assert answer.is_problem, (answer.status, answer.body, sent)
        assert answer.body["detail"]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", OPERATIONS)
def test_it_never_breaks_whatever_is_sent(
    district: Place, clerk: Caller, stranger: Caller, name: str, mode: GenerationMode
) -> None:
    method, path, operation = OPERATIONS[name]
    case = district.report().case
    schema = schemathesis.openapi.from_dict(DESCRIBED)
    caller = stranger if name in OPEN_TO_ALL else clerk
    known = {"district": DISTRICT, "case": case, "action": "accept"}

    @BOUNDED
    @given(st.data())
    def try_out(data: DataObject) -> None:
        drawn = data.draw(schema[path][method].as_strategy(generation_mode=mode))
        real = data.draw(st.booleans())
        values = {**drawn.path_parameters, **(known if real else {})}
        address = path
        for key, value in values.items():
            address = address.replace(f"{{{key}}}", str(value).replace("/", "%2F").replace("?", "%3F"))
        assert_kept(undone(caller, method, address, drawn.body, drawn.query), drawn.body)

    if not operation["parameters"] and "requestBody" not in operation and mode is GenerationMode.NEGATIVE:
        pytest.skip("nothing can be wrong with it")
    try_out()


# --- whatever is filled in

STEPS = (None, "registered", "dispatched", "handling", "done", "verified", "replied", "closed")
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FITTING = st.sampled_from(
    [
        COMMUNITY, DISTRICT, STATION, SANITATION, TOWN, "CM-006", "EE-009", "SL-022", "standard", "emergency", NOBODYS,
        "2026-12-01", "2199-12-31", "1999-01-01", "3", "solved", "confirmed_on_site", "supported", "done", "complex",
        [SANITATION], [STATION, STATION], "no_unit_named", "unit_named", "not_our_duty", "weather", "yes", 1, 5, 0, -1,
        2**53, 10**18, "好了。", "0001-01-01", "9999-12-31",
    ]
)  # fmt: skip


def forms(action: Action) -> st.SearchStrategy[dict[str, Any]]:
    """Forms with the action's own fields, one part fitting, one part not."""
    fields = {
        field.name: st.sampled_from(field.choices) | FITTING | JUNK if field.choices else FITTING | JUNK
        for field in action.form
    }
    return st.fixed_dictionaries({}, optional={**fields, "beyond": JUNK})


@pytest.mark.parametrize("step", STEPS)
def test_it_never_breaks_whatever_is_filled_in(district: Place, stranger: Caller, step: str | None) -> None:
    receipt = district.report()
    state = district.bring_to(receipt.case, step) if step else district.state(receipt.case)
    owner = hire(district, state.owner) if state.owner else None
    callers = [caller for caller in (owner, hire(district, f"{DISTRICT}.district_centre")) if caller]
    procedure = district.policy.current_procedure("standard")
    code = {"number": receipt.number, "code": receipt.code}

    @settings(BOUNDED, max_examples=16)
    @given(st.sampled_from(list(procedure.actions_from(state.step))), st.data())
    def try_out(action: Action, data: DataObject) -> None:
        form = data.draw(forms(action))
        version = data.draw(st.sampled_from([{}, {"version": state.version}, {"version": 1}]))
        for caller in callers:
            path = f"{HERE}/cases/{receipt.case}/actions/{action.name}"
            assert_kept(undone(caller, "POST", path, {"form": form, **version}, {}), (action.name, form))
        path = f"{HERE}/followed/actions/{action.name}"
        assert_kept(undone(stranger, "POST", path, {**code, "form": form, **version}, {}), (action.name, form))

    try_out()
