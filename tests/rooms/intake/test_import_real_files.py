"""The real messages of 2010 to 2020 come in completely. Their words stay where they are: nothing here quotes one."""

from pathlib import Path

import pytest
from django.db import connection

from linli.intake import actions
from linli.intake.actions import ImportOptions
from linli.intake.models import Report
from linli.intake.understanding import LABELS
from linli.ledger.models import Outgoing
from tests.rooms.conftest import DISTRICT, Place

FILES = {"hot_topics": 4326, "replies": 2816, "unlabeled_intake": 2801}


@pytest.fixture
def messages(shared_data: Path) -> Path:
    folder = shared_data / "messages_zhengwu"
    if not (folder / "hot_topics.csv.gz").is_file():
        pytest.skip("the real messages are not here: set LINLI_SHARED_DATA to the folder that holds messages_zhengwu")
    return folder


def _taken(path: Path, place: Place, **options: object) -> actions.Imported:
    chosen = ImportOptions(lang="en", **{"spread_areas": True, "spread_days": 28, **options})  # type: ignore[arg-type]
    return actions.import_reports(path, district=DISTRICT, now=place.now, options=chosen)


@pytest.mark.slow
def test_every_real_message_comes_in_once_with_all_that_belongs_to_it(messages: Path, place: Place) -> None:
    for name, rows in FILES.items():
        done = _taken(messages / f"{name}.csv.gz", place, understand=False)
        assert (done.read, done.new, done.already, len(done.bad)) == (rows, rows, 0, 0), name
        again = _taken(messages / f"{name}.csv.gz", place, understand=False)
        assert (again.new, again.already, len(again.bad)) == (0, rows, 0), name
    total = sum(FILES.values())
    assert set(Report.objects.values_list("origin", flat=True)) == {"demo-borrowed"}
    with connection.cursor() as cursor:
        for table, each in (("cases_case", 1), ("ledger_entry WHERE stream_kind = 'case'", 1), ("vault_item", 2)):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (total * each,), table
    assert Outgoing.objects.filter(type="case.opened").count() == total


@pytest.mark.slow
def test_no_word_of_a_real_message_gets_into_the_ledger(messages: Path, place: Place) -> None:
    _taken(messages / "unlabeled_intake.csv.gz", place)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(payload, ' ') FROM ledger_entry WHERE stream_kind = 'case'")
        kept = str(cursor.fetchone()[0])
        cursor.execute("SELECT string_agg(state, ' ') FROM cases_case")
        kept += str(cursor.fetchone()[0])
    for label in LABELS:
        kept = kept.replace(label, "")
    assert not [char for char in kept if "\u4e00" <= char <= "\u9fff"]
