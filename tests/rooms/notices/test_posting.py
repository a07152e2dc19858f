"""Entries of cases become notices for those who are there; reading them is the proof that they arrived."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.core.actor import Actor, ActorKind
from linli.core.notifying import Kind, Wishes
from linli.directory import queries as directory
from linli.directory.models import Absence, Duty
from linli.ledger.relay import relay_batch
from linli.notices import actions, queries
from linli.notices.actions import News
from linli.notices.models import Notice
from linli.site.subscriptions import SUBSCRIPTIONS
from tests.rooms.conftest import DISTRICT, TOWN, Place
from tests.rooms.site.calling import CENTRE, STATION, hire


@pytest.fixture
def today(place: Place) -> Place:
    """The small district some hours ago: news that are days old are told to nobody."""
    place.now = timezone.now() - timedelta(hours=6)
    return place


def person(place: Place, unit: str, *posts: str) -> Actor:
    return directory.actor(hire(place, unit, posts).user, timezone.now())


def relayed() -> None:
    while relay_batch(SUBSCRIPTIONS, now=timezone.now()):
        pass


def kinds(actor: Actor, *, unread_only: bool = True) -> list[tuple[Kind, str | None]]:
    found = queries.page(actor, DISTRICT, unread_only=unread_only).lines
    return [(notice.kind, notice.case) for notice in found]


def test_the_desk_is_told_of_a_report_and_the_centre_of_what_the_desk_accepted(today: Place) -> None:
    clerk, chief = person(today, STATION, "desk_clerk"), person(today, CENTRE)
    case = today.report().case
    relayed()
    assert kinds(clerk) == [(Kind.CAME_IN, case)]
    assert kinds(chief) == []

    today.accept(case)
    relayed()
    assert kinds(chief) == [(Kind.CAME_IN, case)]
    assert kinds(clerk) == [(Kind.CAME_IN, case)]


def test_telling_the_same_again_adds_nothing(today: Place) -> None:
    clerk = person(today, STATION, "desk_clerk")
    today.report()
    from linli.ledger.models import Outgoing  # the row that a relay which died had not deleted yet

    rows = list(Outgoing.objects.all())
    relayed()
    Outgoing.objects.bulk_create(rows)
    relayed()
    assert queries.unread(clerk, DISTRICT) == 1


def test_who_is_away_is_not_told_and_the_deputy_of_an_empty_post_is(today: Place) -> None:
    posts = {post.id: post for post in directory.posts(DISTRICT, CENTRE)}
    deputised = next(post for post in posts.values() if post.deputy)
    away, deputy = (
        person(today, CENTRE, deputised.id.rpartition(".")[2]),
        person(today, deputised.deputy.rpartition(".")[0], deputised.deputy.rpartition(".")[2]),
    )
    Absence.objects.create(
        district_code=DISTRICT, user_id=away.id,
        away_from=timezone.now() - timedelta(days=1), away_until=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    there = directory.reachable(DISTRICT, [CENTRE], timezone.now())
    assert (deputised.id, deputy.id) in {(one.post, one.user) for one in there}
    assert away.id not in {one.user for one in there}


def test_those_on_duty_are_marked_as_the_ones_to_react(today: Place) -> None:
    first, second = person(today, STATION, "desk_clerk"), person(today, STATION, "desk_clerk")
    now = timezone.now()
    Duty.objects.create(
        district_code=DISTRICT, unit_id=STATION, shift="夜", begins_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=1), user_id=first.id,
    )  # fmt: skip
    today.report()
    relayed()
    duty = dict(Notice.objects.values_list("user_id", "duty"))
    assert duty[first.id] is True
    assert duty[second.id] is False


def test_opening_the_case_or_marking_it_reads_it_and_only_ones_own(today: Place) -> None:
    clerk, other = person(today, STATION, "desk_clerk"), person(today, STATION, "desk_clerk")
    one, two = today.report().case, today.report("路边的井盖不见了。").case
    relayed()
    assert queries.unread(clerk, DISTRICT) == 2

    assert actions.read_case(clerk, DISTRICT, one, now=today.later()) == 1
    assert kinds(clerk) == [(Kind.CAME_IN, two)]
    (left,) = queries.page(clerk, DISTRICT, unread_only=True).lines
    assert not actions.read_one(other, DISTRICT, left.id, now=today.later())
    assert actions.read_one(clerk, DISTRICT, left.id, now=today.later())
    assert queries.unread(clerk, DISTRICT) == 0
    assert queries.unread(other, DISTRICT) == 2
    assert len(kinds(clerk, unread_only=False)) == 2


def test_it_pages_completely_and_newest_first(today: Place) -> None:
    clerk = person(today, STATION, "desk_clerk")
    for number in range(7):
        today.report(f"第{number}盏路灯不亮了。")
        today.later()
    relayed()
    found, after = [], None
    while True:
        page = queries.page(clerk, DISTRICT, unread_only=False, after=after, size=3)
        found += page.lines
        after = page.after
        if after is None:
            break
    assert len(found) == len({notice.id for notice in found}) == 7
    assert [notice.at for notice in found] == sorted((notice.at for notice in found), reverse=True)


def test_history_that_is_brought_in_is_told_to_nobody(today: Place) -> None:
    clerk = person(today, STATION, "desk_clerk")
    today.now = timezone.now() - timedelta(days=10)
    today.report()
    relayed()
    assert queries.unread(clerk, DISTRICT) == 0


def test_an_administrator_without_other_work_is_told_of_no_case(today: Place) -> None:
    admin = person(today, f"{DISTRICT}.district_centre", "administrator")
    from linli.core.notifying import Tiding
    from linli.core.policy import Urgency

    told = (Tiding(Kind.CAME_IN, f"{DISTRICT}.district_centre"),)
    actions.post(
        DISTRICT, [News(told, Urgency.URGENT, case=today.report().case, seq=1)],
        now=timezone.now(), tz=today.policy.calendar.tz,
    )  # fmt: skip
    assert queries.unread(admin, DISTRICT) == 0


def test_what_is_read_is_forgotten_after_a_month_and_what_is_not_after_half_a_year(today: Place) -> None:
    clerk = person(today, STATION, "desk_clerk")
    today.report()
    today.report("路边的井盖不见了。")
    relayed()
    read, _unread = queries.page(clerk, DISTRICT, unread_only=True).lines
    actions.read_one(clerk, DISTRICT, read.id, now=timezone.now())
    assert actions.forget(timezone.now() + timedelta(days=29)) == 0
    assert actions.forget(timezone.now() + timedelta(days=31)) == 1
    assert queries.unread(clerk, DISTRICT) == 1
    assert actions.forget(timezone.now() + timedelta(days=181)) == 1


def test_what_must_stay_does_not_keep_what_may_go(today: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = person(today, STATION, "desk_clerk")
    for number in range(4):
        today.report(f"第{number}盏路灯不亮了。")
        today.later()
    relayed()
    newest, *_older = queries.page(clerk, DISTRICT, unread_only=True).lines
    actions.read_one(clerk, DISTRICT, newest.id, now=timezone.now())
    monkeypatch.setattr("linli.notices.actions.posting.AT_ONCE", 2)
    assert actions.forget(timezone.now() + timedelta(days=31)) == 1


def test_a_reporter_and_a_stranger_have_none(today: Place) -> None:
    assert queries.wishes("nobody") == Wishes()
    assert queries.unread(Actor(ActorKind.REPORTER, "reporter"), DISTRICT) == 0
    assert directory.reachable(DISTRICT, [f"{TOWN}.no_such_unit"], timezone.now()) == []
