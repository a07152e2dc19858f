"""The search projection: kept up by the relay after the commit, so it may lag by seconds."""

from collections.abc import Iterable

from linli.cases import queries
from linli.cases.models import SearchEntry
from linli.catalogue import queries as catalogue
from linli.core.case.state import CaseState
from linli.core.policy import Policy
from linli.core.searching import index_terms
from linli.vault import queries as vault


def index_cases(district: str, cases: Iterable[str]) -> int:
    """Writes the search entries of cases whose terms have changed; the number written. Repeating it changes nothing."""
    loaded = queries.load(district, list(cases))
    texts = vault.masked_by_case(district, loaded)
    known = dict(
        SearchEntry.objects.filter(district_id=district, case_id__in=list(loaded)).values_list("case_id", "terms")
    )
    before = {str(case): terms for case, terms in known.items()}
    policy = catalogue.policy(district)
    entries = []
    for case, found in loaded.items():
        state, old = found.state, before.get(case, [])
        units = [term for term in old if term.startswith("u:")]
        terms = index_terms(texts.get(case, ()), dict.fromkeys([*scope_of(state, policy), *units]), state.opened_at)
        if set(terms) != set(old):
            entries.append(SearchEntry(case_id=case, district_id=district, opened_at=state.opened_at, terms=terms))
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["case_id"], update_fields=["terms", "opened_at"]
    )
    return len(entries)


def scope_of(state: CaseState, policy: Policy) -> list[str]:
    """The tokens by which a search is kept near what somebody may see: district, units, and areas unless sensitive.

    They name more units than may read: desks and centres of the place, which get the case sooner or later, are named
    from the start, and no unit is taken away, because writing the index costs far more than reading it. What a reader
    gets is decided by :func:`linli.cases.queries.lines`, never by these tokens.
    """
    units = dict.fromkeys(state.involved)
    for unit_type in (*policy.desk_types, *policy.centre_types):
        for area in policy.territory.path(state.place.area):
            units |= dict.fromkeys(unit.id for unit in policy.territory.serving(unit_type, area.code))
    scope = [f"d:{state.district}", *(f"u:{unit}" for unit in units)]
    if not state.sensitive:
        scope += [
            f"{letter}:{code}" for letter, code in (("t", state.place.town), ("c", state.place.community)) if code
        ]
    return scope
