"""The case that this browser follows: remembered in the session, so that the code is typed once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases import queries as cases
from linli.cases import words
from linli.cases.actions import CaseMoved
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor, ActorKind
from linli.core.case.decide import offers
from linli.core.case.state import CaseState
from linli.core.errors import Refusal
from linli.core.policy import Policy
from linli.intake import queries as intake
from linli.site import naming
from linli.site.acting import ActionForm, Setting
from linli.site.asked import answers_of
from linli.site.due import deadlines
from linli.site.naming import Names
from linli.site.ordering import in_order
from linli.site.portal import stages
from linli.site.telling import Teller, Told, is_unlocated, own_words, photos_in, records, vaulted_in
from linli.vault import queries as vault

KEY = "followed"
AFTER_AN_ANSWER = frozenset({"satisfied", "not_solved", "reopen"})
"""What a reporter is asked once they have an answer; it stands right below it."""


@dataclass(frozen=True)
class Following:
    """A reporter with their case, the rules and names of its district, and the moment of the request."""

    actor: Actor
    state: CaseState
    policy: Policy
    names: Names
    now: datetime

    @property
    def setting(self) -> Setting:
        """Where a form on the case is filled in."""
        return Setting(self.state, self.policy, self.names, self.now)


def remember(request: HttpRequest, district: str, actor: Actor) -> None:
    """From now on this session follows the reporter's case."""
    request.session.cycle_key()
    request.session[KEY] = {"district": district, "case": actor.case, "reporter": actor.id}


def forget(request: HttpRequest) -> None:
    """The session follows no case any more."""
    request.session.pop(KEY, None)


def followed(request: HttpRequest) -> Following | None:
    """The case that the session follows; None when it follows none, or the case is gone."""
    known = request.session.get(KEY)
    if not known:
        return None
    actor = Actor(ActorKind.REPORTER, known["reporter"], case=known["case"])
    found = cases.case_for(actor, known["district"], known["case"])
    if found is None:
        return None
    policy = catalogue.policy(known["district"])
    names = Names(known["district"], policy, naming.language())
    return Following(actor, found.state, policy, names, timezone.now())


def said_to_reporter(no: CaseMoved | Refusal) -> CaseMoved | Refusal:
    """The refusal in words for a resident, who holds no posts."""
    if isinstance(no, Refusal) and no.code == "not_yours":
        return Refusal("not_for_reporter", {"action": no.facts["action"]})
    return no


def shown(following: Following, filled: ActionForm | None = None) -> dict[str, Any]:
    """Everything that the reporter reads about their case; ``filled`` is a form that could not be taken."""
    state, names, policy = following.state, following.names, following.policy
    told = records(state.district, state.id)
    texts = vault.masked(state.district, vaulted_in(told))
    story = Teller(policy, names, texts, for_reporter=True).story(told)
    kinds = {item: kind for item, kind, _field in vault.kinds(state.district, state.id)}
    merged = _merged(following)
    answers = [entry for entry in reversed(story) if entry.answer] + (merged["answers"] if merged else [])
    offered = _offers(following, filled, answered=bool(answers))
    return {
        "state": state,
        "now": following.now,
        "step": words.step_title(state, policy, names.lang),
        "stages": stages.stages(state.step),
        "stage": stages.number(state.step),
        "next": stages.next_of(state.step),
        "owner": names.unit(state.owner) if state.owner else "",
        "unit": names.units.get(state.owner or ""),
        "handed_on": [entry for entry in reversed(story) if entry.handed],
        "matter": names.matter(state.matter) if state.matter else "",
        "place": names.path(state.place.area),
        "unlocated": is_unlocated(state),
        "photos": photos_in(story[0].attachments),
        "answered": answers_of(state, texts, policy, names.lang),
        "own_words": own_words(story[0].attachments),
        "story": list(reversed(story)),
        "answers": answers,
        "deadlines": deadlines(state, policy, names.lang, following.now),
        "offers": offered,
        "asked": any(offer["main"] for offer in offered),
        "further": any(not offer["main"] for offer in offered),
        "looks": _looks(following, kinds),
        "merged": merged,
        "invented": naming.invented(state.district),
        "lent": any(r.origin.startswith("demo") for r in intake.reports_of(state.district, state.id)),
    }


def _looks(following: Following, kinds: dict[str, str]) -> list[tuple[datetime, list[str], str, str]]:
    """Who opened which original, and why: when, posts, what, reason."""
    names = following.names
    return [
        (
            look.at,
            [names.post(post) for post in look.posts],
            words.label("item", kinds[str(look.item_id)], names.lang) if str(look.item_id) in kinds else "",
            _("Found by the caller's number during a telephone call, with the caller's consent; nothing was opened.")
            if look.call_id
            else look.reason,
        )
        for look in vault.reveals(following.state.district, following.state.id)
    ]


def _offers(following: Following, filled: ActionForm | None, *, answered: bool) -> list[dict[str, Any]]:
    lang = following.names.lang
    allowed = in_order(offers(following.state, following.actor, now=following.now, policy=following.policy))
    found = []
    for action in allowed:
        mine = filled is not None and filled.action.name == action.name
        found.append(
            {
                "name": action.name,
                "title": words.title(action.title, lang),
                "note": words.label("note", action.name, lang) if words.has_label("note", action.name) else "",
                "form": filled if mine else ActionForm(action, following.setting),
                "open": mine,
                "main": answered and action.name in AFTER_AN_ANSWER,
            }
        )
    return found


def _merged(following: Following) -> dict[str, Any] | None:
    """Where the trouble goes on after a merger: step, owner, due date and answers of the other case.

    What its reporter wrote stays theirs. The answer is for everybody who reported the trouble, unless one of the two
    cases is of a sensitive matter.
    """
    state, names = following.state, following.names
    if state.merged_into is None:
        return None
    other = cases.load(state.district, [state.merged_into]).get(state.merged_into)
    if other is None:
        return None
    return {
        "step": words.step_title(other.state, following.policy, names.lang),
        "owner": names.unit(other.state.owner) if other.state.owner else "",
        "due": other.state.clock.due if other.state.clock else None,
        "answers": [] if state.sensitive or other.state.sensitive else _answers(following, other.state),
    }


def _answers(following: Following, state: CaseState) -> list[Told]:
    """The answers that were given on another case, newest first."""
    told = records(state.district, state.id)
    texts = vault.masked(state.district, vaulted_in(told))
    story = Teller(following.policy, following.names, texts, for_reporter=True).story(told)
    return [entry for entry in reversed(story) if entry.answer]
