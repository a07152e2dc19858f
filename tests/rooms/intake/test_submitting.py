"""A report comes in: what its reporter gets, what is kept, and what is refused with a way to mend it."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from linli.cases import queries
from linli.core.errors import Refusal
from linli.core.numbers import check_digit
from linli.intake import actions as intake
from linli.intake.actions import AlreadyReported, BodyDiffers
from linli.intake.report import Report
from linli.vault import actions as vault
from linli.vault import queries as vaulted
from linli.vault.photos import re_encoded
from tests.rooms.conftest import COMMUNITY, DISTRICT, TOWN, Place


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_it_gives_a_number_with_check_digit_a_code_and_what_happens_next(place: Place) -> None:
    receipt = place.report()
    short, running, check = receipt.number.split("-")
    assert check_digit(short + running) == int(check)
    assert len(receipt.code.replace("-", "")) == 12
    assert receipt.owner == f"{COMMUNITY}.community_station"
    assert receipt.due > place.now


def test_it_keeps_every_personal_text_encrypted_and_masks_the_working_text(place: Place) -> None:
    case = place.report("路灯坏了，我的电话是13812345678。", contact="13812345678", place="东门路口").case
    with connection.cursor() as cursor:
        cursor.execute("SELECT field, masked, sealed FROM vault_item WHERE case_id = %s ORDER BY field", [case])
        rows = {field: (masked, bytes(sealed)) for field, masked, sealed in cursor.fetchall()}
    assert set(rows) == {"contact", "detail", "place", "title"}
    assert "13812345678" not in rows["detail"][0]
    assert "[电话]" in rows["detail"][0]
    assert rows["contact"][0] == ""
    assert all(b"13812345678" not in sealed for _, sealed in rows.values())


def test_it_opens_an_original_for_a_reason_only_and_records_who_looked(place: Place) -> None:
    case = place.report(contact="13812345678").case
    item = next(item for item, _, field in vaulted.kinds(DISTRICT, case) if field == "contact")
    clerk = place.person(f"{TOWN}.command_centre")
    with pytest.raises(Refusal, match="reason_missing"):
        vault.reveal(clerk, district=DISTRICT, case=case, item=item, reason=" ", now=place.now)
    opened = vault.reveal(clerk, district=DISTRICT, case=case, item=item, reason="回电核实地点", now=place.now)
    assert opened == b"13812345678"
    assert [(seen.actor, seen.reason) for seen in vaulted.reveals(DISTRICT, case)] == [(clerk.id, "回电核实地点")]


def test_it_shows_a_contact_to_nobody_without_the_identity_function(place: Place) -> None:
    case = place.report(contact="13812345678").case
    item = next(item for item, _, field in vaulted.kinds(DISTRICT, case) if field == "contact")
    worker = place.person(f"{TOWN}.sanitation_office")
    with pytest.raises(Refusal, match="not_yours"):
        vault.reveal(worker, district=DISTRICT, case=case, item=item, reason="想看", now=place.now)
    assert vaulted.reveals(DISTRICT, case) == []


def test_it_gives_the_same_answer_to_the_same_key_and_makes_one_case(place: Place) -> None:
    report = Report(DISTRICT, "portal", "路灯坏了", area=COMMUNITY)
    first = intake.submit(report, now=place.now, idempotency_key="key-1")
    again = intake.submit(report, now=place.later(hours=1), idempotency_key="key-1")
    assert again == first
    assert count("cases_case") == 1


def test_it_refuses_the_same_key_with_another_body(place: Place) -> None:
    intake.submit(Report(DISTRICT, "portal", "路灯坏了", area=COMMUNITY), now=place.now, idempotency_key="key-1")
    with pytest.raises(BodyDiffers):
        intake.submit(Report(DISTRICT, "portal", "井盖坏了", area=COMMUNITY), now=place.now, idempotency_key="key-1")
    assert count("cases_case") == 1


def test_it_keeps_the_answer_of_a_key_encrypted(place: Place) -> None:
    receipt = intake.submit(Report(DISTRICT, "portal", "路灯坏了"), now=place.now, idempotency_key="key-1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM intake_answered")
        assert receipt.code.encode() not in bytes(cursor.fetchone()[0])


def test_it_takes_a_record_of_a_source_once(place: Place) -> None:
    place.report(source="12345", source_number="A-1")
    with pytest.raises(AlreadyReported):
        place.report("别的内容", source="12345", source_number="A-1")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"detail": "  "}, "detail_missing"),
        ({"detail": "坏\x00了"}, "text_unreadable"),
        ({"detail": "长" * 1_000_000}, "text_too_long"),
        ({"area": "500118999"}, "area_unknown"),
        ({"area": "50"}, "area_outside_district"),
        ({"lon": 29.35, "lat": 105.92}, "point_swapped"),
        ({"lon": 2.35, "lat": 48.85}, "point_outside_district"),
        ({"lon": 105.92}, "point_incomplete"),
        ({"matter": "XX-999"}, "matter_unknown"),
        ({"channel": "pigeon"}, "channel_unknown"),
        ({"photos": (b"not a picture",)}, "photo_unreadable"),
        ({"complaint_targets": ("nobody",)}, "unit_unknown"),
    ],
)
def test_it_refuses_what_cannot_be_taken_in_and_writes_nothing(
    place: Place, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        place.report(**changes)
    assert refused.value.code == code
    assert [count(table) for table in ("cases_case", "intake_report", "vault_item")] == [0, 0, 0]


def test_it_takes_emoji_and_a_report_without_a_place(place: Place) -> None:
    receipt = place.report("楼道灯不亮😡😡，摸黑上楼。", area=None)
    assert receipt.owner == f"{DISTRICT}.district_centre"


def test_it_strips_everything_but_the_picture_from_a_photo() -> None:
    exif = Image.Exif()
    exif[0x9286] = "secret comment"
    source = io.BytesIO()
    Image.new("RGB", (3000, 2000), "red").save(source, "JPEG", exif=exif)
    assert b"secret comment" in source.getvalue()
    clean = re_encoded(source.getvalue())
    with Image.open(io.BytesIO(clean)) as picture:
        assert picture.size == (2048, 1365)
        assert not picture.getexif()
    assert b"secret" not in clean


def test_it_lets_danger_in_the_words_raise_the_urgency(place: Place) -> None:
    calm, danger = place.report("想问一下图书馆几点开门").case, place.report("屋里闻到很浓的煤气味，怕要爆炸").case
    assert place.state(calm).urgency == "standard"
    assert place.state(danger).urgency in ("urgent", "emergency")


def test_it_lets_the_reporter_back_in_by_number_and_code_as_people_type_them(place: Place) -> None:
    receipt = place.report()
    sloppy = receipt.number.replace("-", " "), receipt.code.lower().replace("-", "").replace("0", "o")
    found = intake.follow(DISTRICT, *sloppy, source="test", now=place.now)
    assert found is not None
    assert found.case == receipt.case
    assert queries.case_for(found, DISTRICT, receipt.case) is not None


def test_it_answers_a_wrong_code_and_an_unknown_number_alike_and_limits_the_tries(place: Place) -> None:
    receipt = place.report()
    for _ in range(5):
        assert intake.follow(DISTRICT, receipt.number, "AAAA-AAAA-AAAA", source="a", now=place.now) is None
        assert intake.follow(DISTRICT, "118-0000000-0", "AAAA-AAAA-AAAA", source="b", now=place.now) is None
    for _ in range(5):
        assert intake.follow(DISTRICT, receipt.number, "AAAA-AAAA-AAAB", source="c", now=place.now) is None
    with pytest.raises(Refusal, match="too_many_tries"):
        intake.follow(DISTRICT, receipt.number, receipt.code, source="d", now=place.now)
    assert intake.follow(DISTRICT, receipt.number, receipt.code, source="d", now=place.now + timedelta(hours=2))


def test_it_erases_what_was_said_and_leaves_the_proofs_valid(place: Place) -> None:
    from linli.ledger import queries as ledger

    case = place.report().case
    place.bring_to(case, "closed")
    assert vault.erase(district=DISTRICT, case=case) > 2
    assert count("vault_item") == 0
    assert not any(isinstance(found, ledger.Fault) for found in ledger.verify(DISTRICT))


def test_it_chains_every_look_at_an_original_into_the_ledger_without_its_words(place: Place) -> None:
    from linli.ledger import queries as ledger

    case = place.report(contact="13812345678").case
    item = next(item for item, _, field in vaulted.kinds(DISTRICT, case) if field == "contact")
    clerk = place.person(f"{TOWN}.command_centre")
    for reason in ("回电核实地点", "再次回电"):
        vault.reveal(clerk, district=DISTRICT, case=case, item=item, reason=reason, now=place.later())
    entries = ledger.stream(DISTRICT, "reveal", case)
    assert [(entry.type, entry.actor) for entry in entries] == [("vault.revealed", clerk.id)] * 2
    assert "回电" not in "".join(entry.payload for entry in entries)


def test_it_forgets_answers_after_a_day_and_takes_the_key_anew(place: Place) -> None:
    report = Report(DISTRICT, "portal", "路灯坏了", area=COMMUNITY)
    first = intake.submit(report, now=place.now, idempotency_key="key-1")
    second = intake.submit(report, now=place.later(hours=25), idempotency_key="key-1")
    assert second.number != first.number
    assert intake.forget(place.later(hours=25)) == 1
    assert count("intake_answered") == 0
