"""The search projection: kept up by the relay after the commit, so it may lag by seconds."""

from collections.abc import Iterable

from linli.cases import queries
from linli.cases.models import SearchEntry
from linli.core.case.state import CaseState
from linli.core.searching import index_terms
from linli.vault import queries as vault


def index_cases(district: str, cases: Iterable[str]) -> int:
    """Writes the search entries of cases from their working texts; repeating it changes nothing.

    A case complained about a unit is indexed without that unit's tokens, because ``involved`` leaves it out.
    """
    entries = []
    loaded = queries.load(district, list(cases))
    texts = vault.masked_by_case(district, loaded)
    for case, found in loaded.items():
        state = found.state
        terms = index_terms(texts.get(case, ()), scope_of(state), state.opened_at)
        entries.append(SearchEntry(case_id=case, district_id=district, opened_at=state.opened_at, terms=terms))
    SearchEntry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["case_id"], update_fields=["terms", "opened_at"]
    )
    return len(entries)


def scope_of(state: CaseState) -> list[str]:
    """The tokens by which a search is kept to what somebody may see: district, units, and areas unless sensitive."""
    scope = [f"d:{state.district}", *(f"u:{unit}" for unit in state.involved)]
    if not state.sensitive:
        scope += [
            f"{letter}:{code}" for letter, code in (("t", state.place.town), ("c", state.place.community)) if code
        ]
    return scope
