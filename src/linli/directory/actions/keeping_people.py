"""Administrators keep people: who holds which post from when until when, who is away, and whose account is open.

Nobody gives themselves a post or takes one of their own away: somebody else looks at it too.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from linli.accounts import actions as accounts
from linli.accounts import queries as users
from linli.core.administering import may_give, may_manage
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.directory.actions.keeping import holding_of, lock, note, post_of, require_names
from linli.directory.models import Absence, Holding
from linli.directory.queries.keeping import areas_of_person, is_known_to
from linli.directory.staff_rows import USERNAME
from linli.ledger.recording import By


@transaction.atomic
def take_on(by: By, username: str, name: str, post: str, *, since: datetime, until: datetime | None) -> tuple[str, str]:
    """A new person with an account and a post; gives their id and the one-time password, which is kept nowhere.

    Lock: the district's row.

    Raises:
        Refusal: ``username_wrong``, ``username_taken``, as :func:`require_names` and :func:`give_post`.
    """
    if USERNAME.fullmatch(username) is None:
        raise Refusal("username_wrong")
    require_names(name=name)
    person, password = accounts.invite(by, username, name)
    give_post(by, person, post, since=since, until=until)
    return person, password


@transaction.atomic
def give_post(by: By, person: str, post: str, *, since: datetime, until: datetime | None) -> None:
    """Gives a person a post. What has been is not written anew, so it begins now or later.

    Lock: the district's row.

    Raises:
        Refusal: ``post_unknown``, ``post_closed``, ``function_not_yours``, ``own_post``, ``person_unknown``,
            ``account_off``, ``dates_turned``, ``post_held_already``.
    """
    lock(by.district)
    row, unit = post_of(by, post)
    if not (row.active and unit.active):
        raise Refusal("post_closed")
    if person == by.actor.id:
        raise Refusal("own_post")
    if not may_give(by.actor, unit.area_code, map(Function, row.functions)):
        raise Refusal("function_not_yours")
    found = users.people([person]).get(person)
    if found is None:
        raise Refusal("person_unknown")
    if not found.active:
        raise Refusal("account_off")
    since = max(since, by.now)
    if until is not None and until <= since:
        raise Refusal("dates_turned")
    mine = Holding.objects.filter(district_code=by.district, user_id=person, post_id=post)
    if _overlapping(mine, since, until):
        raise Refusal("post_held_already")
    holding = Holding.objects.create(
        district_code=by.district, user_id=person, post_id=post, held_from=since, held_until=until
    )
    note(by, "post.given", person=person, post=post, holding=str(holding.id), since=_iso(since), until=_iso(until))


@transaction.atomic
def end_holding(by: By, holding: str, *, at: datetime) -> None:
    """A person leaves a post, now or at the given instant; the row stays, it says who held it when.

    Lock: the district's row.

    Raises:
        Refusal: ``holding_unknown``, ``holding_over``, ``own_post``, ``dates_turned`` for an instant before the
            beginning of one that has not begun yet: that one is ended before it begins.
    """
    lock(by.district)
    row = holding_of(by, holding)
    if row.held_until is not None and row.held_until <= by.now:
        raise Refusal("holding_over")
    if row.user_id == by.actor.id:
        raise Refusal("own_post")
    end = max(at, by.now)
    row.held_until = max(end, row.held_from) if row.held_from <= by.now else row.held_from
    row.save(update_fields=["held_until"])
    note(by, "post.left", person=row.user_id, post=row.post_id, holding=holding, until=_iso(row.held_until))


@transaction.atomic
def note_absence(by: By, person: str, *, since: datetime, until: datetime) -> None:
    """A person is away, so the deputies of their posts stand in meanwhile. Lock: the district's row.

    Raises:
        Refusal: ``person_unknown``, ``dates_turned``, ``away_already``.
    """
    lock(by.district)
    if not is_known_to(by.actor, by.district, person):
        raise Refusal("person_unknown")
    if until <= max(since, by.now):
        raise Refusal("dates_turned")
    mine = Absence.objects.filter(district_code=by.district, user_id=person)
    if mine.filter(away_from__lt=until, away_until__gt=since).exists():
        raise Refusal("away_already")
    row = Absence.objects.create(district_code=by.district, user_id=person, away_from=since, away_until=until)
    note(by, "absence.noted", person=person, absence=str(row.id), since=_iso(since), until=_iso(until))


@transaction.atomic
def end_absence(by: By, absence: str) -> None:
    """A person is back now, or does not go at all. Lock: the district's row.

    Raises:
        Refusal: ``absence_unknown``.
    """
    lock(by.district)
    row = Absence.objects.filter(district_code=by.district, id=absence, away_until__gt=by.now).first()
    if row is None or not is_known_to(by.actor, by.district, row.user_id):
        raise Refusal("absence_unknown")
    row.away_until = max(by.now, row.away_from)
    row.save(update_fields=["away_until"])
    note(by, "absence.ended", person=row.user_id, absence=absence, until=_iso(row.away_until))


@transaction.atomic
def renew_password(by: By, person: str) -> str:
    """A one-time password for a person whose posts are all the actor's to keep; it is shown this once.

    Raises:
        Refusal: ``person_unknown``, ``person_elsewhere``, ``own_account``, ``account_off``.
    """
    _require_manages(by, person)
    return accounts.renew_password(by, person)


@transaction.atomic
def switch_off(by: By, person: str) -> None:
    """Ends a person's account: sessions and tokens end at once. Their posts end with it, so that deputies stand in.

    Lock: the district's row.

    Raises:
        Refusal: ``person_unknown``, ``person_elsewhere``, ``own_account``, ``account_off``.
    """
    lock(by.district)
    _require_manages(by, person)
    accounts.switch_off(by, person)
    held = Holding.objects.filter(district_code=by.district, user_id=person)
    for row in [*held.filter(held_until=None), *held.filter(held_until__gt=by.now)]:
        end_holding(by, str(row.id), at=by.now)


@transaction.atomic
def switch_on(by: By, person: str) -> str:
    """Opens an account again, with a one-time password; posts must be given anew.

    Raises:
        Refusal: ``person_unknown``, ``person_elsewhere``, ``own_account``, ``account_on``.
    """
    _require_manages(by, person)
    return accounts.switch_on(by, person)


def _require_manages(by: By, person: str) -> None:
    if not is_known_to(by.actor, by.district, person):
        raise Refusal("person_unknown")
    if person == by.actor.id:
        raise Refusal("own_account")
    if not may_manage(by.actor, areas_of_person(person, by.now)):
        raise Refusal("person_elsewhere")


def _overlapping(mine: QuerySet[Holding], since: datetime, until: datetime | None) -> bool:
    lasting = mine.filter(held_until=None) | mine.filter(held_until__gt=since)
    return (lasting if until is None else lasting.filter(held_from__lt=until)).exists()


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
