"""Following one's case over HTTP, by number and secret code; nobody needs an account.

Both stand in the body, never in an address, where logs would keep them.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from linli.cases import actions as cases
from linli.cases import queries, words
from linli.cases.actions import CaseMoved
from linli.cases.api import overtaken
from linli.cases.schemas import ActionName, District
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor
from linli.core.case.decide import offers
from linli.core.errors import Refusal
from linli.core.procedure import Action
from linli.intake import actions as intake
from linli.site import naming
from linli.site.due import Deadline
from linli.site.naming import Names
from linli.site.ordering import fields_in_order, in_order
from linli.site.portal import following
from linli.site.portal.following import Following
from linli.site.portal.schemas import (
    DeadlineOut,
    FieldOut,
    FollowedActIn,
    FollowedOut,
    FollowIn,
    GoesOnOut,
    LookOut,
    OfferOut,
    TextOut,
    ToldOut,
)
from linli.site.telling import Told

router = Router(tags=["followed"])


@router.post("/{district}/followed", response=FollowedOut, operation_id="follow", auth=None)
def follow(request: HttpRequest, district: District, body: FollowIn) -> FollowedOut:
    """One's own case with the actions that are open now. 404 for an unknown number and a wrong code alike; 429 after
    too many wrong ones.
    """
    return shown(_opened(district, _reporter(request, district, body)))


@router.post("/{district}/followed/actions/{action}", response=FollowedOut, operation_id="act_on_followed", auth=None)
def act(
    request: HttpRequest,
    district: District,
    action: ActionName,
    body: FollowedActIn,
) -> FollowedOut:
    """The reporter acts: confirm, say that it is not solved, take it higher, contest, withdraw, reopen.

    409 when the case moved on since ``version``, with the case as it is now.
    """
    actor = _reporter(request, district, body)
    case, now = actor.case or "", timezone.now()
    try:
        cases.act(actor, district, case, action, body.form, now=now, expected_version=body.version)
    except (CaseMoved, Refusal) as no:
        overtaken(following.said_to_reporter(no), lambda: shown(_opened(district, actor)))
    return shown(_opened(district, actor))


def shown(found: Following) -> FollowedOut:
    """The case as the portal's page shows it, as data."""
    state, told = found.state, following.shown(found)
    return FollowedOut(
        number=state.number,
        district=state.district,
        step=state.step,
        step_title=told["step"],
        version=state.version,
        owner_name=told["owner"],
        matter=told["matter"],
        place=told["place"],
        photos=told["photos"],
        opened_at=state.opened_at,
        ended_at=state.ended_at,
        deadlines=[_deadline(limit) for limit in told["deadlines"]],
        story=[_entry(entry) for entry in reversed(told["story"])],
        looks=[LookOut(at=at, posts=posts, what=what, reason=why) for at, posts, what, why in told["looks"]],
        goes_on=_goes_on(told["merged"]) if told["merged"] else None,
        actions=[_offer(action, found) for action in _open_actions(found)],
    )


def _reporter(request: HttpRequest, district: str, body: FollowIn) -> Actor:
    source = request.META.get("REMOTE_ADDR", "")
    actor = intake.follow(district, body.number, body.code, source=source, now=timezone.now())
    if actor is None:
        raise Refusal("number_and_code_differ")
    return actor


def _opened(district: str, actor: Actor) -> Following:
    policy = catalogue.policy(district)
    found = queries.case_for(actor, district, actor.case or "")
    if found is None:
        raise Refusal("number_and_code_differ")
    return Following(actor, found.state, policy, Names(district, policy, naming.language()), timezone.now())


def _open_actions(found: Following) -> list[Action]:
    return in_order(offers(found.state, found.actor, now=found.now, policy=found.policy))


def _offer(action: Action, found: Following) -> OfferOut:
    lang = found.names.lang
    fields = [
        FieldOut(
            name=field.name,
            type=field.type.value,
            label=words.field_label(action, field, lang),
            required=field.required,
            choices={code: words.label(f"choice.{field.name}", code, lang) for code in field.choices},
        )
        for field in fields_in_order(action)
    ]
    return OfferOut(name=action.name, title=words.title(action.title, lang), form=fields)


def _deadline(limit: Deadline) -> DeadlineOut:
    return DeadlineOut(name=limit.name, due=limit.clock.due, late=limit.late, paused=limit.paused, why=list(limit.why))


def _goes_on(merged: Mapping[str, Any]) -> GoesOnOut:
    answers = [_entry(told) for told in merged["answers"]]
    return GoesOnOut(step=merged["step"], owner=merged["owner"], due=merged["due"], answers=answers)


def _entry(told: Told) -> ToldOut:
    return ToldOut(
        at=told.at,
        title=told.title,
        who=told.who,
        moved_to=told.moved,
        handed_to=told.handed,
        due=told.due,
        facts=dict(told.facts),
        texts=[TextOut(label=text.label, text=text.text) for text in told.texts],
        trace=list(told.trace),
    )
