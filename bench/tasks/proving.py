"""That generated rows are what the product would have written."""

from django.db import connection, transaction

from bench.building import DISTRICT
from linli.cases import actions


def search_entries_that_differ(cases: int) -> int:
    """How many of some cases the relay would give other search terms than they were generated with."""
    with transaction.atomic():
        before = _terms(cases)
        actions.index_cases(DISTRICT, before)
        after = _terms(cases)
        transaction.set_rollback(True)
    return sum(after[case] != terms for case, terms in before.items())


def _terms(cases: int) -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id::text, terms FROM cases_searchentry ORDER BY case_id LIMIT %s", [cases])
        return {case: set(terms) for case, terms in cursor.fetchall()}
