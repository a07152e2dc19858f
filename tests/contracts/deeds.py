"""What roles of the permission table have done before, for everybody to look for."""

from datetime import datetime, timedelta

from django.utils import timezone
from uuid_utils.compat import uuid7

from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.supervising import Ground
from linli.core.territory import Function
from linli.directory import actions as directory_actions
from linli.intake import actions as intake
from linli.intake.actions import Uploader
from linli.notices import actions as notices
from linli.supervision import actions as supervision
from linli.supervision.actions import Writing
from tests.rooms.conftest import COMMUNITY, DISTRICT, TOWN, Place
from tests.rooms.site.calling import DISTRICT_CENTRE, STATION

GRID = f"{COMMUNITY}001"


def visited(head: Actor, place: Place) -> tuple[str, str]:
    """A visit that the head wrote down, and what is to follow from it."""
    now = timezone.now()
    writing = Writing(head, DISTRICT, place.policy, now)
    visit = supervision.note_visit(writing, area=COMMUNITY, visited_on=now.date(), units=(), findings="垃圾房已满。")
    follow_up = supervision.add_follow_up(
        writing, visit, unit=DISTRICT_CENTRE, words="每天清运两次。", due_on=now.date()
    )
    return visit, follow_up


def handed_over(head: Actor, place: Place) -> str:
    """A shift of the head's centre that nobody has taken over."""
    writing = Writing(head, DISTRICT, place.policy, timezone.now())
    shift = supervision.begin_shift(writing, DISTRICT_CENTRE)
    nothing = {part: {"number": 0, "cases": []} for part in ("late", "hurried", "soon")}
    supervision.hand_over(writing, shift, report={"opened": 0, "open": 0, **nothing}, words="")
    return shift


def ordered(head: Actor, place: Place) -> str:
    """A supervision order about no case that the head issued to the centre of a town."""
    now = timezone.now()
    return supervision.issue_order(
        Writing(head, DISTRICT, place.policy, now), str(uuid7()), issuer=DISTRICT_CENTRE,
        unit=f"{TOWN}.command_centre", ground=Ground.DUTY, words="请说明值守安排。",
        due_on=(now + timedelta(days=7)).date(),
    )  # fmt: skip


def called(head: Actor, place: Place) -> str:
    """An alert that the head sent to the desk of the community."""
    tz = place.policy.calendar.tz
    return notices.send_alert(head, DISTRICT, [STATION], "堤路已封。", now=timezone.now(), policy=place.policy, tz=tz)


def listed(head: Actor, place: Place) -> str:
    """A problem on the list that the head's centre supervises and the centre of a town owns."""
    now = timezone.now()
    return supervision.raise_problem(
        Writing(head, DISTRICT, place.policy, now), str(uuid7()), supervisor=DISTRICT_CENTRE,
        owner=f"{TOWN}.command_centre", ground=Ground.DUTY, title="夜间值守", words="夜间无人值守。",
        due_on=(now + timedelta(days=30)).date(),
    )  # fmt: skip


def uploaded(admin: Actor, place: Place) -> str:
    """An import that its administrator looks at, not run yet."""
    now = timezone.now()
    content = "编号,内容\n1,路口的大石头挡住了盲道\n".encode()
    made = Uploader(admin, DISTRICT, place.policy.version, "zh-hans", now)
    job = intake.begin_import(made, "reports", "x.csv", content)
    assert intake.work_next(lambda: now)
    return job


def planned(now: datetime) -> str:
    """A plan of grids that renames one, as another administrator of the district made it."""
    held = PostHeld("administrator", DISTRICT_CENTRE, DISTRICT, frozenset({Function.ADMINISTER}))
    actor = Actor(ActorKind.PERSON, "other", (held,))
    plan = directory_actions.begin_plan(actor, DISTRICT, COMMUNITY, now=now)
    editing = directory_actions.Editing(actor, DISTRICT, plan, 1, now)
    directory_actions.rename_grids(editing, {GRID: "新名网格"})
    return plan
