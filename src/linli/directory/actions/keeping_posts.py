"""Administrators keep posts: add one to a unit, change it, close it."""

import re
from dataclasses import dataclass

from django.db import transaction

from linli.core.administering import may_give
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.directory.actions.keeping import note, post_of, require_names, unit_of
from linli.directory.actions.versions import grow
from linli.directory.models import Holding, Post, Unit
from linli.ledger.recording import By


@dataclass(frozen=True, slots=True)
class PostFacts:
    """What can be written of a post. ``deputy`` is another post of the unit."""

    title_zh: str
    title_en: str
    functions: frozenset[Function]
    deputy: str | None


@transaction.atomic
def add_post(by: By, unit: str, facts: PostFacts) -> str:
    """Adds a post to a unit; gives its id. A function that the unit hasn't brings no case before the unit gets it too.

    Lock: the district's row, whose version grows.

    Raises:
        Refusal: ``unit_unknown``, ``function_not_yours``, ``deputy_unknown``, or what :func:`require_names` refuses.
    """
    grow([by.district])
    row = unit_of(by, unit)
    _require_sound(by, row, facts, before=frozenset(), post="")
    known = set(Post.objects.filter(unit_id=unit).values_list("id", flat=True))
    slug = re.sub(r"[^a-z0-9]+", "_", facts.title_en.lower()).strip("_")[:24] or "post"
    names = [slug, *(f"{slug}_{number}" for number in range(2, 100))]
    post = next(f"{unit}.{name}" for name in names if f"{unit}.{name}" not in known)
    Post.objects.create(id=post, district_code=by.district, unit_id=unit, **_columns(facts))
    note(by, "post.added", post=post, functions=sorted(facts.functions))
    return post


@transaction.atomic
def change_post(by: By, post: str, facts: PostFacts, *, seen: str) -> None:
    """Writes a post's facts; it is no longer marked as invented. Lock: the district's row, whose version grows.

    Raises:
        Refusal: ``post_unknown``, ``changed_meanwhile``, ``function_not_yours``, ``deputy_unknown``,
            ``deputy_circle``, ``post_needed`` (nobody else in the unit could do what it loses),
            ``own_post`` (the actor would give themselves more), or what :func:`require_names` refuses.
    """
    grow([by.district])
    row, unit = post_of(by, post, seen=seen)
    before = frozenset(map(Function, row.functions))
    _require_sound(by, unit, facts, before=before, post=post)
    _require_others(unit, post, before - facts.functions)
    if facts.functions != before and any(held.post == post for held in by.actor.posts):
        raise Refusal("own_post")
    for name, value in _columns(facts).items():
        setattr(row, name, value)
    row.invented = False
    row.save()
    note(by, "post.changed", post=post, functions=sorted(facts.functions))


@transaction.atomic
def close_post(by: By, post: str, *, seen: str) -> None:
    """Takes a post out of its unit. Lock: the district's row, whose version grows.

    Raises:
        Refusal: ``post_unknown``, ``changed_meanwhile``, ``post_closed``, ``post_held`` (somebody holds it or will),
            ``post_needed``.
    """
    grow([by.district])
    row, unit = post_of(by, post, seen=seen)
    if not row.active:
        raise Refusal("post_closed")
    open_ones = Holding.objects.filter(district_code=by.district, post_id=post, held_until=None)
    ending = Holding.objects.filter(district_code=by.district, post_id=post, held_until__gt=by.now)
    if open_ones.exists() or ending.exists():
        raise Refusal("post_held")
    _require_others(unit, post, frozenset(map(Function, row.functions)))
    row.active = False
    row.save(update_fields=["active"])
    Post.objects.filter(district_code=by.district, deputy_id=post).update(deputy_id=None)
    note(by, "post.closed", post=post)


def _columns(facts: PostFacts) -> dict[str, str | list[str] | None]:
    return {
        "title_zh": facts.title_zh,
        "title_en": facts.title_en or facts.title_zh,
        "functions": sorted(facts.functions),
        "deputy_id": facts.deputy,
    }


def _require_sound(by: By, unit: Unit, facts: PostFacts, *, before: frozenset[Function], post: str) -> None:
    require_names(title_zh=facts.title_zh, title_en=facts.title_en or facts.title_zh)
    if not may_give(by.actor, unit.area_code, facts.functions ^ before):
        raise Refusal("function_not_yours")
    deputies = dict(Post.objects.filter(unit_id=unit.id, active=True).values_list("id", "deputy_id"))
    if facts.deputy is not None and (facts.deputy not in deputies or facts.deputy == post):
        raise Refusal("deputy_unknown")
    if post and facts.deputy is not None and deputies[facts.deputy] == post:
        raise Refusal("deputy_circle")


def _require_others(unit: Unit, post: str, lost: frozenset[Function]) -> None:
    """What a post loses and the unit should do must be another post's as well."""
    others = Post.objects.filter(unit_id=unit.id, active=True).exclude(id=post).values_list("functions", flat=True)
    left = {name for names in others for name in names}
    missing = sorted(function for function in lost if function in unit.functions and function not in left)
    if missing:
        raise Refusal("post_needed", {"functions": tuple(missing)})
