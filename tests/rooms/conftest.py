"""A small district in the database: two towns and three communities of the real division codes, with all its units."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.cases import actions as cases
from linli.cases import queries
from linli.cases.actions.waking import Woken
from linli.catalogue import actions as catalogue_actions
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.case.state import CaseState
from linli.core.policy import Policy
from linli.core.routing import Question, route
from linli.directory import actions as directory_actions
from linli.intake import actions as intake
from linli.intake.report import Receipt, Report

DISTRICT = "500118"
TOWN, OTHER_TOWN = "500118001", "500118002"
COMMUNITY, NEIGHBOUR, FAR = "500118001001", "500118001002", "500118002001"
DIVISIONS = f"""code,parent_code,level,name
50,,1,重庆市
5001,50,2,市辖区
{DISTRICT},5001,3,永川区
{TOWN},{DISTRICT},4,中山路街道
{OTHER_TOWN},{DISTRICT},4,胜利路街道
{COMMUNITY},{TOWN},5,甲社区
{NEIGHBOUR},{TOWN},5,乙社区
{FAR},{OTHER_TOWN},5,丙社区
"""

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
"""Monday, 09:00 in Chongqing."""


@dataclass
class Place:
    """The small district with what tests do in it. Every act moves the time on by five minutes."""

    now: datetime = MONDAY
    codes: dict[str, str] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        return catalogue.policy(DISTRICT)

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**(span or {"minutes": 5}))
        return self.now

    def person(self, unit: str, name: str = "") -> Actor:
        """Somebody who holds one post with every function of the unit."""
        found = self.policy.territory.units[unit]
        post = PostHeld(f"{unit}.post", unit, found.area, found.functions)
        return Actor(ActorKind.PERSON, name or f"{unit}.somebody", (post,))

    def report(self, detail: str = "楼下的垃圾堆了三天没有人清运，味道很大。", **changes: Any) -> Receipt:
        values = {"district": DISTRICT, "channel": "portal", "detail": detail, "area": COMMUNITY} | changes
        receipt = intake.submit(Report(**values), now=self.now)
        self.codes[receipt.case] = receipt.code
        return receipt

    def state(self, case: str) -> CaseState:
        return queries.load(DISTRICT, [case])[case].state

    def reporter(self, case: str) -> Actor:
        found = intake.follow(DISTRICT, self.state(case).number, self.codes[case], source="test", now=self.now)
        assert found is not None
        return found

    def act(self, case: str, action: str, actor: Actor | None = None, **form: Any) -> CaseState:
        """Takes an action, by somebody of the owning unit unless an actor is given."""
        owner = self.state(case).owner
        actor = actor or self.person(owner or "")
        return cases.act(actor, DISTRICT, case, action, form, now=self.later())

    def sweep(self, at: datetime | None = None, limit: int = 500) -> list[Woken]:
        """One batch of the clock's acts at a moment: now, unless another is given."""
        moment = at or self.now
        return list(cases.wake_each(DISTRICT, queries.due_cases(DISTRICT, moment, limit), clock=lambda: moment))

    def accept(self, case: str, matter: str = "CM-006", **form: Any) -> CaseState:
        state = self.state(case)
        return self.act(case, "accept", matter=matter, urgency="standard", area=state.place.area, **form)

    def dispatch(self, case: str, co_handlers: tuple[str, ...] = ()) -> CaseState:
        state = self.state(case)
        lead = route(Question(self.policy.matters[state.matter or ""], state.place.area), self.policy).lead
        return self.act(case, "dispatch", lead=lead, co_handlers=co_handlers)

    def bring_to(self, case: str, step: str, matter: str = "CM-006") -> CaseState:
        """Carries a fresh case to a step of the standard procedure."""
        moves: Mapping[str, Callable[[], CaseState]] = {
            "registered": lambda: self.accept(case, matter),
            "dispatched": lambda: self.dispatch(case),
            "handling": lambda: self.act(case, "acknowledge"),
            "done": lambda: self.act(
                case, "report_back", result="solved", what_was_done="已清运。", reporter_contacted="yes"
            ),
            "verified": lambda: self.act(case, "verify", finding="confirmed_on_site"),
            "replied": lambda: self.act(case, "reply", decision="supported", reason="已清运完毕。", remedy="done"),
            "closed": lambda: self.act(case, "satisfied", self.reporter(case), rating=5),
        }
        for name, move in moves.items():
            state = move()
            if name == step:
                return state
        raise AssertionError(step)


@pytest.fixture
def place(db: None, tmp_path: Path) -> Place:
    """The small district, set up by the same actions as a real one."""
    del db
    file = tmp_path / "divisions.csv"
    file.write_text(DIVISIONS, "utf-8")
    long_ago = MONDAY - timedelta(days=60)
    directory_actions.import_areas(file, now=long_ago)
    directory_actions.set_up_district(DISTRICT, now=long_ago)
    catalogue_actions.import_matters(None, now=long_ago)
    catalogue_actions.publish(by="test", at=long_ago)
    return Place()
