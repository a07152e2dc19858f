"""Administrators keep units, posts, people and rosters: within their areas, one writer at a time, on the record."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.accounts import actions as accounts
from linli.accounts.models import ApiToken, User
from linli.accounts.queries import user_of_token
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.directory import actions, queries
from linli.directory.actions import DutyFacts, PostFacts, UnitFacts
from linli.directory.models import Absence, Holding, Post, Unit
from linli.ledger import queries as ledger
from linli.ledger.recording import By, stream_of

pytestmark = pytest.mark.django_db
DISTRICT, TOWN, OTHER_TOWN = "500118", "500118001", "500118118"
CENTRE = f"{TOWN}.command_centre"
SANITATION = f"{TOWN}.sanitation_office"
DISPATCHER, DUTY_HEAD = f"{CENTRE}.dispatcher", f"{CENTRE}.duty_head"
OWN = f"{DISTRICT}.district_centre.administrator"


@pytest.fixture(autouse=True)
def _yongchuan(write: Callable[..., Path], now: datetime, small_rows: list[str]) -> None:
    actions.import_areas(write(small_rows), now=now)
    actions.set_up_district(DISTRICT, now=now)


def by(now: datetime, area: str = DISTRICT) -> By:
    post = PostHeld(f"{area}.office.administrator", f"{area}.office", area, frozenset({Function.ADMINISTER}))
    return By(Actor(ActorKind.PERSON, "boss", (post,)), DISTRICT, post.post, "1.1", now)


def facts(unit: str = SANITATION, **changes: Any) -> UnitFacts:
    row = Unit.objects.get(id=unit)
    known = {
        "name_zh": row.name_zh, "name_en": row.name_en, "phone": row.phone, "hours": row.hours,
        "functions": frozenset(map(Function, row.functions)), "parent": row.parent_id,
    }  # fmt: skip
    return UnitFacts(**(known | changes))


def seen(unit: str = SANITATION) -> str:
    found = queries.kept_unit(by(datetime.now().astimezone()).actor, DISTRICT, unit)
    assert found is not None
    return found.revision


def refusal(code: str) -> Any:
    return pytest.raises(Refusal, match=f"^{code}")


def person(name: str = "wang") -> str:
    return str(accounts.create_user(name, "x" * 12, name).id)


def told(now: datetime, kind: str = "directory") -> list[tuple[str, dict[str, Any], str]]:
    del now
    entries = ledger.stream(DISTRICT, kind, str(stream_of(kind, DISTRICT)))
    return [(entry.type, json.loads(entry.payload), entry.actor) for entry in entries]


# --- units


def test_a_changed_unit_is_confirmed_and_the_district_gets_a_new_version(now: datetime) -> None:
    before = queries.version(DISTRICT)
    actions.change_unit(by(now), SANITATION, facts(phone="023-49800001", hours="24小时"), seen=seen())
    row = Unit.objects.get(id=SANITATION)
    assert (row.phone, row.hours, row.invented) == ("023-49800001", "24小时", False)
    assert queries.version(DISTRICT) > before
    assert queries.units(DISTRICT)[SANITATION].phone == "023-49800001"
    assert told(now) == [("unit.changed", {"unit": SANITATION, "changed": ["hours", "phone"]}, "boss")]


def test_the_second_of_two_changes_is_refused_and_the_first_stays(now: datetime) -> None:
    old = seen()
    actions.change_unit(by(now), SANITATION, facts(phone="023-49800001"), seen=old)
    with refusal("changed_meanwhile"):
        actions.change_unit(by(now), SANITATION, facts(phone="023-49800002"), seen=old)
    assert Unit.objects.get(id=SANITATION).phone == "023-49800001"
    assert len(told(now)) == 1


def test_a_unit_outside_the_area_is_as_if_it_were_not_there(now: datetime) -> None:
    other = by(now, OTHER_TOWN)
    for unit in (SANITATION, "500118001.nowhere", f"{DISTRICT}.district_centre"):
        assert queries.kept_unit(other.actor, DISTRICT, unit) is None
        with refusal("unit_unknown"):
            actions.change_unit(other, unit, facts(), seen="")
    listed = queries.kept_units(other.actor, DISTRICT, queries.Wanted())
    assert {unit.area[:9] for unit in listed} == {OTHER_TOWN}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "139 1234 5678"}, "person_mobile"),
        ({"name_zh": "=1+1"}, "name_is_formula"),
        ({"name_zh": "-1"}, "name_is_formula"),
        ({"name_en": "<b>Office</b>"}, "name_has_signs"),
        ({"functions": frozenset({Function.HANDLE, Function.RULE})}, "function_needs_post"),
        ({"parent": "500118001.nowhere"}, "superior_unknown"),
        ({"parent": SANITATION}, "superior_circle"),
    ],
)
def test_it_refuses_what_would_not_do(now: datetime, changes: dict[str, Any], code: str) -> None:
    with refusal(code):
        actions.change_unit(by(now), SANITATION, facts(**changes), seen=seen())
    assert told(now) == []


def test_a_superior_below_the_unit_would_make_a_circle(now: datetime) -> None:
    assert Unit.objects.get(id=SANITATION).parent_id == CENTRE
    with refusal("superior_circle"):
        actions.change_unit(by(now), CENTRE, facts(CENTRE, parent=SANITATION), seen=seen(CENTRE))


def test_a_new_unit_has_the_posts_of_its_type_and_serves_its_area(now: datetime) -> None:
    made = actions.set_up_unit(by(now), "sanitation_office", "500118001200", facts(name_zh="三星村环卫站"))
    assert made == "500118001200.sanitation_office"
    assert [p.id for p in queries.posts(DISTRICT, made)] == [f"{made}.handler", f"{made}.head"]
    assert queries.territory(DISTRICT).serving("sanitation_office", "500118001200")[0].functions == {Function.HANDLE}
    second = actions.set_up_unit(by(now), "sanitation_office", "500118001200", facts(name_zh="二站"))
    assert second == f"{made}.2"


def test_a_town_sets_up_no_unit_elsewhere_and_none_that_administers(now: datetime) -> None:
    with refusal("area_unknown"):
        actions.set_up_unit(by(now, TOWN), "sanitation_office", "500118118200", facts())
    with refusal("function_not_yours"):
        actions.set_up_unit(by(now, TOWN), "district_centre", TOWN, facts())
    with refusal("type_unknown"):
        actions.set_up_unit(by(now), "Wrong Type", TOWN, facts())


def test_a_unit_with_open_cases_is_not_closed(now: datetime) -> None:
    with refusal("unit_owns_cases"):
        actions.close_unit(by(now), SANITATION, seen=seen(), still_owns=lambda _unit: 2)
    assert Unit.objects.get(id=SANITATION).active


def test_a_closed_unit_leaves_routing_its_posts_end_and_it_can_be_opened_again(now: datetime) -> None:
    actions.hold_posts([("u1", f"{SANITATION}.handler")], since=now - timedelta(days=1))
    actions.hold_posts([("u2", f"{SANITATION}.head")], since=now + timedelta(days=1))
    assert actions.close_unit(by(now), SANITATION, seen=seen(), still_owns=lambda _unit: 0) == 2
    assert SANITATION not in queries.territory(DISTRICT).units
    assert queries.actor("u1", now).posts == ()
    assert queries.actor("u2", now + timedelta(days=2)).posts == ()
    with refusal("unit_closed"):
        actions.close_unit(by(now), SANITATION, seen=seen(), still_owns=lambda _unit: 0)
    actions.open_unit(by(now), SANITATION, seen=seen())
    assert SANITATION in queries.territory(DISTRICT).units
    assert queries.actor("u1", now).posts == ()
    assert [entry[0] for entry in told(now)] == ["unit.closed", "unit.opened"]


def test_nobody_closes_the_unit_in_which_they_hold_a_post(now: datetime) -> None:
    post = PostHeld(OWN, f"{DISTRICT}.district_centre", DISTRICT, frozenset({Function.ADMINISTER}))
    own = By(Actor(ActorKind.PERSON, "boss", (post,)), DISTRICT, OWN, "1.1", now)
    with refusal("own_unit"):
        actions.close_unit(own, post.unit, seen=seen(post.unit), still_owns=lambda _unit: 0)


# --- posts


def test_a_post_is_added_changed_and_closed(now: datetime) -> None:
    night = PostFacts("夜班", "Night shift", frozenset({Function.HANDLE}), f"{SANITATION}.head")
    post = actions.add_post(by(now), SANITATION, night)
    assert post == f"{SANITATION}.night_shift"
    assert actions.add_post(by(now), SANITATION, night) == f"{post}_2"
    kept = queries.kept_post(by(now).actor, DISTRICT, post)
    assert kept is not None
    changed = PostFacts("晚班", "Late shift", frozenset({Function.HANDLE}), None)
    actions.change_post(by(now), post, changed, seen=kept.revision)
    with refusal("changed_meanwhile"):
        actions.close_post(by(now), post, seen=kept.revision)
    kept = queries.kept_post(by(now).actor, DISTRICT, post)
    assert kept is not None
    actions.close_post(by(now), post, seen=kept.revision)
    assert post not in {p.id for p in queries.posts(DISTRICT, SANITATION)}


def test_a_post_that_is_held_or_needed_is_not_closed(now: datetime) -> None:
    actions.hold_posts([("u1", DISPATCHER)], since=now - timedelta(days=1))
    kept = queries.kept_post(by(now).actor, DISTRICT, DISPATCHER)
    assert kept is not None
    with refusal("post_held"):
        actions.close_post(by(now), DISPATCHER, seen=kept.revision)
    verifier = queries.kept_post(by(now).actor, DISTRICT, f"{CENTRE}.verifier")
    assert verifier is not None
    with refusal("post_needed"):
        actions.close_post(by(now), verifier.id, seen=verifier.revision)
    less = PostFacts(verifier.title_zh, verifier.title_en, frozenset({Function.HANDLE}), None)
    with refusal("post_needed"):
        actions.change_post(by(now), verifier.id, less, seen=verifier.revision)


def test_a_town_gives_no_post_the_functions_that_the_district_keeps(now: datetime) -> None:
    wide = PostFacts("查阅", "Reader", frozenset({Function.IDENTITY}), None)
    with refusal("function_not_yours"):
        actions.add_post(by(now, TOWN), CENTRE, wide)
    assert actions.add_post(by(now), CENTRE, wide)


def test_a_deputy_is_another_post_of_the_unit(now: datetime) -> None:
    for deputy in (DUTY_HEAD, f"{SANITATION}.head"):
        wrong = PostFacts("负责人", "Head of unit", frozenset({Function.HANDLE}), deputy)
        kept = queries.kept_post(by(now).actor, DISTRICT, f"{SANITATION}.head")
        assert kept is not None
        with refusal("deputy_unknown"):
            actions.change_post(by(now), kept.id, wrong, seen=kept.revision)


# --- people


def take_on(now: datetime, name: str = "wang", post: str = DISPATCHER, **span: Any) -> tuple[str, str]:
    return actions.take_on(by(now), name, "王一", post, **({"since": now, "until": None} | span))


def test_a_new_person_has_a_one_time_password_and_a_post(now: datetime) -> None:
    made, password = take_on(now)
    user = User.objects.get(id=made)
    assert user.check_password(password)
    assert user.one_time_until is not None
    assert {held.post for held in queries.actor(made, now).posts} == {DISPATCHER}
    assert [entry[0] for entry in told(now, "accounts")] == ["account.made"]
    assert password not in str(told(now, "accounts")) + str(told(now))
    assert "王一" not in str(told(now, "accounts")) + str(told(now))


@pytest.mark.parametrize(
    ("name", "post", "code"),
    [
        ("w", DISPATCHER, "username_wrong"),
        ("wang", "nowhere.x", "post_unknown"),
        ("known", DISPATCHER, "username_taken"),
    ],
)
def test_a_refused_person_leaves_no_account(now: datetime, name: str, post: str, code: str) -> None:
    person("known")
    with refusal(code):
        take_on(now, name, post)
    assert (User.objects.count(), Holding.objects.count()) == (1, 0)


def test_a_post_is_given_for_a_time_and_ended_and_its_history_stays(now: datetime) -> None:
    made = person()
    actions.give_post(by(now), made, DISPATCHER, since=now - timedelta(days=9), until=now + timedelta(days=9))
    (held,) = queries.holdings_of_people(DISTRICT, [made])
    assert held.since == now, "what has been is not written anew"
    with refusal("post_held_already"):
        actions.give_post(by(now), made, DISPATCHER, since=now + timedelta(days=3), until=None)
    later = now + timedelta(days=1)
    actions.end_holding(by(later), held.id, at=later)
    assert queries.actor(made, later).posts == ()
    with refusal("holding_over"):
        actions.end_holding(by(later), held.id, at=later)
    assert [h.until for h in queries.holdings_of_posts(DISTRICT, [DISPATCHER])] == [later]


def test_nobody_gives_themselves_a_post_or_takes_their_own_away(now: datetime) -> None:
    made = person()
    mine = By(Actor(ActorKind.PERSON, made, by(now).actor.posts), DISTRICT, "p", "1.1", now)
    with refusal("own_post"):
        actions.give_post(mine, made, DISPATCHER, since=now, until=None)
    actions.give_post(by(now), made, DISPATCHER, since=now, until=None)
    (held,) = queries.holdings_of_people(DISTRICT, [made])
    with refusal("own_post"):
        actions.end_holding(mine, held.id, at=now)
    with refusal("own_account"):
        actions.switch_off(mine, made)


def test_a_town_gives_no_post_elsewhere_and_none_of_the_districts(now: datetime) -> None:
    made = person()
    with refusal("post_unknown"):
        actions.give_post(by(now, OTHER_TOWN), made, DISPATCHER, since=now, until=None)
    with refusal("post_unknown"):
        actions.give_post(by(now, TOWN), made, OWN, since=now, until=None)


def test_a_deputy_stands_in_while_the_holder_is_away(now: datetime) -> None:
    made = person()
    actions.give_post(by(now), made, DISPATCHER, since=now, until=None)
    actions.hold_posts([("u1", DUTY_HEAD)], since=now)
    assert {held.post for held in queries.actor("u1", now).posts} == {DUTY_HEAD}
    begins, ends = now + timedelta(days=1), now + timedelta(days=4)
    actions.note_absence(by(now), made, since=begins, until=ends)
    with refusal("away_already"):
        actions.note_absence(by(now), made, since=begins, until=ends)
    standing = {
        day: DISPATCHER in {held.post for held in queries.actor("u1", now + timedelta(days=day)).posts}
        for day in (0, 1, 3, 4)
    }
    assert standing == {0: False, 1: True, 3: True, 4: False}
    assert queries.actor(made, begins).posts, "whoever is away may still look in"
    actions.end_absence(by(begins), str(Absence.objects.get().id))
    assert {held.post for held in queries.actor("u1", begins + timedelta(hours=1)).posts} == {DUTY_HEAD}


def test_while_one_of_two_holders_is_there_no_deputy_stands_in(now: datetime) -> None:
    first, second = person("first"), person("second")
    for each in (first, second):
        actions.give_post(by(now), each, DISPATCHER, since=now, until=None)
    actions.hold_posts([("u1", DUTY_HEAD)], since=now)
    actions.note_absence(by(now), first, since=now, until=now + timedelta(days=1))
    assert {held.post for held in queries.actor("u1", now).posts} == {DUTY_HEAD}


def test_an_account_switched_off_ends_tokens_and_posts_and_is_switched_on_with_a_new_password(now: datetime) -> None:
    made, _password = take_on(now)
    token = accounts.create_token(User.objects.get(id=made), "export", now=now)
    session = User.objects.get(id=made).get_session_auth_hash()
    later = now + timedelta(hours=1)
    assert user_of_token(token, later) == made
    actions.switch_off(by(later), made)
    assert user_of_token(token, later) is None
    assert not ApiToken.objects.exists()
    assert User.objects.get(id=made).get_session_auth_hash() != session
    assert queries.actor(made, later + timedelta(seconds=1)).posts == ()
    password = actions.switch_on(by(later), made)
    assert User.objects.get(id=made).check_password(password)
    assert user_of_token(token, later) is None


def test_an_account_with_a_post_elsewhere_is_kept_by_a_wider_area(now: datetime) -> None:
    made, old = take_on(now)
    actions.give_post(by(now), made, f"{DISTRICT}.district_centre.handler", since=now, until=None)
    with refusal("person_elsewhere"):
        actions.renew_password(by(now, TOWN), made)
    with refusal("person_unknown"):
        actions.renew_password(by(now, OTHER_TOWN), made)
    assert User.objects.get(id=made).check_password(old)
    assert not User.objects.get(id=made).check_password(actions.renew_password(by(now), made) + "x")
    assert not User.objects.get(id=made).check_password(old)


def test_whoever_keeps_a_town_lists_its_people_only(now: datetime) -> None:
    made, _password = take_on(now)
    assert set(queries.people_kept(by(now, TOWN).actor, DISTRICT, now)) == {made}
    assert queries.people_kept(by(now, OTHER_TOWN).actor, DISTRICT, now) == {}
    assert not queries.is_known_to(by(now, OTHER_TOWN).actor, DISTRICT, made)


# --- rosters


def shift(now: datetime, day: int = 0, **who: str) -> DutyFacts:
    begins = now + timedelta(days=day)
    return DutyFacts("日班", begins, begins + timedelta(hours=8), **who)


def test_a_duty_is_added_once_told_to_who_asks_and_taken_out(now: datetime) -> None:
    made, _password = take_on(now - timedelta(days=1), post=f"{SANITATION}.handler")
    wanted = [shift(now, person=made), shift(now, post=f"{SANITATION}.head")]
    assert actions.add_duties(by(now), SANITATION, wanted) == 2
    assert actions.add_duties(by(now), SANITATION, wanted) == 0
    found = queries.on_duty(DISTRICT, SANITATION, now + timedelta(hours=1))
    assert {(duty.person, duty.post) for duty in found} == {(made, ""), ("", f"{SANITATION}.head")}
    assert queries.on_duty(DISTRICT, SANITATION, now + timedelta(hours=8)) == []
    actions.remove_duty(by(now), SANITATION, found[0].id)
    with refusal("duty_unknown"):
        actions.remove_duty(by(now), SANITATION, found[0].id)
    assert len(queries.on_duty(DISTRICT, SANITATION, now)) == 1
    assert [entry[0] for entry in told(now)][-2:] == ["duty.added", "duty.removed"]


def test_only_posts_and_people_of_the_unit_are_on_duty(now: datetime) -> None:
    made, _password = take_on(now)
    for who in ({"person": made}, {"post": DISPATCHER}, {}, {"post": f"{SANITATION}.head", "deputy": made}):
        with refusal("not_of_unit"):
            actions.add_duties(by(now), SANITATION, [shift(now, **who)])
    long = DutyFacts("太长", now, now + timedelta(hours=25), f"{SANITATION}.head")
    with refusal("shift_length"):
        actions.add_duties(by(now), SANITATION, [long])
    with refusal("unit_unknown"):
        actions.add_duties(by(now, OTHER_TOWN), SANITATION, [shift(now, post=f"{SANITATION}.head")])


def test_last_week_is_copied_into_an_empty_week_without_who_has_left(now: datetime) -> None:
    monday = now + timedelta(days=7)
    stays, _password = take_on(now - timedelta(days=1), post=f"{SANITATION}.handler")
    leaves, _password = take_on(now - timedelta(days=1), "li", f"{SANITATION}.handler", until=now + timedelta(days=3))
    with refusal("week_before_empty"):
        actions.copy_week(by(now), SANITATION, monday)
    duties = [shift(now, person=stays, deputy=leaves), shift(now, 1, person=leaves)]
    actions.add_duties(by(now), SANITATION, duties)
    assert actions.copy_week(by(now), SANITATION, monday) == 1
    (copied,) = queries.duties(DISTRICT, SANITATION, monday, monday + timedelta(days=7))
    assert (copied.begins, copied.person, copied.deputy) == (monday, stays, "")
    with refusal("week_filled"):
        actions.copy_week(by(now), SANITATION, monday)


def test_a_person_on_duty_in_two_units_is_found_by_person(now: datetime) -> None:
    made, _password = take_on(now - timedelta(days=1), post=f"{SANITATION}.handler")
    actions.give_post(by(now - timedelta(hours=1)), made, DISPATCHER, since=now - timedelta(hours=1), until=None)
    actions.add_duties(by(now), SANITATION, [shift(now, person=made)])
    actions.add_duties(by(now), CENTRE, [shift(now, person=made)])
    found = queries.duties_of_people(DISTRICT, [made], now, now + timedelta(days=1))
    assert {duty.unit for duty in found} == {SANITATION, CENTRE}
    assert Post.objects.filter(id=DISPATCHER).exists()


def test_what_has_been_on_duty_is_not_changed(now: datetime) -> None:
    actions.add_duties(by(now), SANITATION, [shift(now, post=f"{SANITATION}.head")])
    (duty,) = queries.on_duty(DISTRICT, SANITATION, now)
    later = now + timedelta(days=1)
    with refusal("duty_over"):
        actions.remove_duty(by(later), SANITATION, duty.id)
    with refusal("duty_over"):
        actions.add_duties(by(later), SANITATION, [shift(now, post=f"{SANITATION}.handler")])


ROSTER = "unit,date,from,until,shift,post,username,deputy\n"


def test_a_roster_file_is_read_once_and_bad_rows_come_back_with_line_and_reason(
    write: Callable[..., Path], now: datetime
) -> None:
    made, _password = take_on(now - timedelta(days=1), post=f"{SANITATION}.handler")
    rows = [
        f"{SANITATION},2026-11-24,20:00,08:00,夜班,,wang,",
        f"{SANITATION},2026/11/25,8:30,17:30,日班,head,,wang",
        f"{SANITATION},2026-11-24,20:00,08:00,夜班,,nobody,",
        f"{CENTRE},2026-11-24,20:00,08:00,夜班,,wang,",
        f"{SANITATION},2026-11-24,25:00,08:00,夜班,head,,",
        f"{SANITATION},2026-11-32,20:00,08:00,夜班,head,,",
        f"{SANITATION},2026-11-24,20:00,08:00,夜班,,,",
        "500118001.nowhere,2026-11-24,20:00,08:00,夜班,head,,",
        f"{SANITATION},2026-11-20,20:00,08:00,夜班,head,,",
    ]
    file = write(rows, "rosters.csv", ROSTER)
    assert (
        actions.import_rosters(file, now=now, dry_run=True).new,
        len(queries.duties(DISTRICT, SANITATION, now, now + timedelta(days=9))),
    ) == (2, 0)
    report = actions.import_rosters(file, now=now)
    assert (report.read, report.new) == (9, 2)
    assert [(bad.line, bad.code) for bad in report.bad] == [
        (4, "unknown_person"), (5, "not_of_unit"), (6, "wrong_time"), (7, "wrong_date"), (8, "wrong_who"),
        (9, "unknown_unit"), (10, "duty_over"),
    ]  # fmt: skip
    assert report.error_file is not None
    night, day = queries.duties(DISTRICT, SANITATION, now, now + timedelta(days=9))
    assert (night.person, night.ends - night.begins) == (made, timedelta(hours=12))
    assert (day.post, day.deputy) == (f"{SANITATION}.head", made)
    again = actions.import_rosters(file, now=now)
    assert (again.new, again.unchanged) == (0, 2)
    assert told(now)[-1][2] == "operator"


def test_posts_people_and_shifts_have_names_as_units_have(now: datetime) -> None:
    with refusal("name_has_signs"):
        actions.add_post(by(now), SANITATION, PostFacts("<i>夜班</i>", "", frozenset({Function.HANDLE}), None))
    with refusal("name_is_formula"):
        actions.take_on(by(now), "wang", "-王一", DISPATCHER, since=now, until=None)
    with refusal("name_has_signs"):
        actions.take_on(by(now), "wang", "王😀", DISPATCHER, since=now, until=None)
    shift = DutyFacts("=1+1", now, now + timedelta(hours=8), post=f"{SANITATION}.handler")
    with refusal("name_is_formula"):
        actions.add_duties(by(now), SANITATION, [shift])
