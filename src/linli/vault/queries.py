"""Reading the vault's working texts; originals come through ``actions.reveal`` only."""

from collections.abc import Callable, Iterable, Mapping

from linli.vault.models import Item, Reveal
from linli.vault.sealing import VaultLocked, unseal


def masked(district: str, items: Iterable[str]) -> Mapping[str, str]:
    """Working texts by item id; an erased item is missing from the answer."""
    ids = list(items)
    if not ids:
        return {}
    rows = Item.objects.filter(district_id=district, id__in=ids).values_list("id", "masked")
    return {str(item): text for item, text in rows}


def kinds(district: str, case: str) -> list[tuple[str, str, str]]:
    """Id, kind and field of every item of a case, oldest first."""
    rows = Item.objects.filter(district_id=district, case_id=case).order_by("created_at", "id")
    return [(str(item), kind, field) for item, kind, field in rows.values_list("id", "kind", "field")]


def reveals(district: str, case: str) -> list[Reveal]:
    """Who read which original of a case, and why, newest first."""
    return list(Reveal.objects.filter(district_id=district, case_id=case).order_by("-at"))


def judged_points(
    district: str, cases: Iterable[str], judge: Callable[[tuple[float, float]], str | None]
) -> dict[str, str | None]:
    """What a rule says of the pin of each case that has one, by case id: the pins themselves stay in here.

    For rules that turn a pin into an area, as taking it in did; nobody sees where it is, so nothing is revealed. A pin
    that can't be opened is as good as none.
    """
    rows = Item.objects.filter(district_id=district, case_id__in=list(cases), kind="point")
    found: dict[str, str | None] = {}
    for row in rows:
        try:
            content = unseal(str(row.id), row.key_id, bytes(row.wrapped_key), bytes(row.nonce), bytes(row.sealed))
        except VaultLocked:
            continue
        longitude, _, latitude = content.decode().partition(",")
        found[str(row.case_id)] = judge((float(longitude), float(latitude)))
    return found


def masked_by_case(district: str, cases: Iterable[str]) -> Mapping[str, list[str]]:
    """Working texts of the reporters' own words by case id (what officers wrote stays out of the search)."""
    found: dict[str, list[str]] = {}
    rows = Item.objects.filter(district_id=district, case_id__in=list(cases), field__in=["title", "detail", "place"])
    for case, text in rows.order_by("created_at", "id").values_list("case_id", "masked"):
        found.setdefault(str(case), []).append(text)
    return found


def by_lookup(district: str, lookup: str, limit: int = 50) -> list[tuple[str, str]]:
    """(case, item) of the contacts with that keyed hash, newest first; an erased contact is found no more."""
    if not lookup:
        return []
    rows = Item.objects.filter(district_id=district, lookup=lookup).order_by("-created_at", "-id")
    return [(str(case), str(item)) for case, item in rows.values_list("case_id", "id")[:limit]]
