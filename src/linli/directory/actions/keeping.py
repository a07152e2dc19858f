"""What every act of an administrator on the directory begins with: what is theirs, locked, and as they saw it."""

from linli.core import names
from linli.core.administering import may_administer
from linli.core.errors import Refusal
from linli.directory.models import District, Holding, Post, Unit
from linli.directory.queries.keeping import holding_areas, revision
from linli.ledger.recording import By, record

STREAM = "directory"


def lock(district: str) -> None:
    """Lets one writer at a time change the district's units, posts, holdings and rosters, without a new version."""
    District.objects.select_for_update(no_key=True).get(code=district)


def unit_of(by: By, unit: str, *, seen: str | None = None) -> Unit:
    """A unit that is the actor's to keep; lock the district first.

    Raises:
        Refusal: ``unit_unknown`` when it is missing or hidden, ``changed_meanwhile`` when it is no longer as it was
            ``seen``.
    """
    row = Unit.objects.filter(district_code=by.district, id=unit).first()
    if row is None or not may_administer(by.actor, row.area_code):
        raise Refusal("unit_unknown")
    if seen is not None and seen != revision(row):
        raise Refusal("changed_meanwhile", {"unit": unit})
    return row


def post_of(by: By, post: str, *, seen: str | None = None) -> tuple[Post, Unit]:
    """A post of a unit that is the actor's to keep, with the unit.

    Raises:
        Refusal: ``post_unknown`` or ``changed_meanwhile``.
    """
    row = Post.objects.filter(district_code=by.district, id=post).first()
    unit = Unit.objects.filter(id=row.unit_id).first() if row else None
    if row is None or unit is None or not may_administer(by.actor, unit.area_code):
        raise Refusal("post_unknown")
    if seen is not None and seen != revision(row):
        raise Refusal("changed_meanwhile", {"post": post})
    return row, unit


def holding_of(by: By, holding: str) -> Holding:
    """A holding of a post that is the actor's to keep.

    Raises:
        Refusal: ``holding_unknown``.
    """
    row = Holding.objects.filter(district_code=by.district, id=holding).first()
    areas = holding_areas(by.district, [row]) if row else {}
    if row is None or not any(may_administer(by.actor, area) for area in areas.values()):
        raise Refusal("holding_unknown")
    return row


def require_names(**given: str) -> None:
    """Refuses what is no name (see :mod:`linli.core.names`); ``given`` are the names by field.

    Raises:
        Refusal: ``name_is_formula``, ``name_has_signs`` or ``name_is_empty``, with the field.
    """
    for field, name in given.items():
        wrong = names.fault(name)
        if wrong:
            raise Refusal(wrong, {"field": field})


def note(by: By, type_: str, **payload: str | int | bool | list[str] | None) -> None:
    """The act's entry in the district's stream: ids, codes and instants."""
    record(by, STREAM, type_, dict(payload))
