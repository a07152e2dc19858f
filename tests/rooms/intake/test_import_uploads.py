"""Uploaded files: checked, shown, imported in the background exactly once, sealed meanwhile, and gone afterwards."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from linli.accounts import queries as accounts
from linli.catalogue import actions as catalogue_actions
from linli.catalogue import queries_drafts as drafts
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.errors import Refusal
from linli.core.territory import Function
from linli.directory import queries as directory
from linli.directory.encoding import UnreadableFileError
from linli.intake import actions, looking, mapping, queries_imports
from linli.intake.actions import Uploader, working_off
from linli.intake.models import ImportJob, ImportPart, Report
from linli.ledger import queries as ledger
from tests.rooms.conftest import COMMUNITY, DISTRICT, OTHER_TOWN, TOWN, Place

CENTRE = f"{DISTRICT}.district_centre"
HEAD = "工单编号,诉求内容,镇街,村社区,来电时间,联系电话"
GOOD = [f"W{n},第{n}盏路灯不亮了,中山路街道,甲社区,2026-11-1{n} 10:00,1380000000{n}" for n in range(1, 4)]
BAD = "W9,井盖不见了,中山路街道,甲社区,2026-02-30 10:00,"


def admin(*areas: str) -> Actor:
    posts = tuple(
        PostHeld(f"{area}.centre.administrator", f"{area}.centre", area, frozenset({Function.ADMINISTER}))
        for area in areas or (DISTRICT,)
    )
    return Actor(ActorKind.PERSON, f"of-{areas[0]}" if areas else "7", posts)


def by(place: Place, *areas: str, lang: str = "zh-hans") -> Uploader:
    return Uploader(admin(*areas), DISTRICT, place.policy.version, lang, place.now)


def job(place: Place, job_id: str) -> ImportJob:
    found = queries_imports.job(admin(), DISTRICT, job_id)
    assert found is not None
    return found


def work(place: Place) -> None:
    assert actions.work_next(lambda: place.now)


def lines(*rows: str) -> bytes:
    return "\n".join([*rows, ""]).encode("gbk")


def upload(place: Place, kind: str, content: bytes, name: str = "表.csv", **more: Any) -> ImportJob:
    job_id = actions.begin_import(by(place), kind, name, content, **more)
    work(place)
    return job(place, job_id)


def imported(place: Place, kind: str, content: bytes, name: str = "表.csv", **more: Any) -> ImportJob:
    found = upload(place, kind, content, name, **more)
    actions.run_import(by(place), str(found.id), found.version)
    work(place)
    return job(place, str(found.id))


def counts(found: ImportJob) -> tuple[int, int, int, int, int]:
    return found.read, found.new, found.changed, found.unchanged, found.refused


def workbook(*rows: tuple[Any, ...]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


# --- every kind


def test_a_gbk_export_of_the_hotline_is_checked_then_imported(place: Place) -> None:
    found = upload(place, "reports", lines(HEAD, *GOOD, BAD), "十一月.csv")
    assert (found.state, counts(found)) == ("checked", (4, 3, 0, 0, 1))
    assert Report.objects.count() == 0
    seen = queries_imports.preview(found)
    assert seen["look"]["encoding"] == "gb18030"
    assert seen["look"]["samples"]["诉求内容"] == [f"第{n}盏路灯不亮了" for n in range(1, 4)]
    assert seen["look"]["samples"]["联系电话"] == ["[电话]"] * 3
    [bad] = seen["bad"]
    assert (bad["line"], bad["column"]) == (5, "said_at")
    assert "2026-02-30" in bad["reason"]["zh-hans"]
    columns = queries_imports.columns_of(found)
    assert columns is not None
    assert columns.columns["area"] == ("镇街", "村社区")
    actions.run_import(by(place), str(found.id), found.version)
    work(place)
    found = job(place, str(found.id))
    assert (found.state, counts(found)) == ("done", (4, 3, 0, 0, 1))
    assert {r.source for r in Report.objects.all()} == {"十一月"}
    assert not queries_imports.has_part(found, "file")
    assert not queries_imports.has_part(found, "preview")


def test_refused_rows_come_back_and_go_in_once_corrected(place: Place) -> None:
    found = imported(place, "reports", lines(HEAD, *GOOD, BAD), "十一月.csv")
    errors = queries_imports.part(found, "errors")
    assert errors is not None
    again = imported(place, "reports", errors.replace(b"2026-02-30", b"2026-02-28"), "十一月.errors.csv")
    assert (again.state, counts(again)) == ("done", (1, 1, 0, 0, 0))
    whole = imported(place, "reports", lines(HEAD, *GOOD, BAD), "十一月.csv")
    assert counts(whole) == (4, 0, 0, 3, 1)
    assert Report.objects.count() == 4


def test_a_workbook_of_units_is_checked_then_imported(place: Place) -> None:
    content = workbook(
        ("单位类型", "区划代码", "单位名称"),
        ("sanitation_office", COMMUNITY, "甲社区环卫站"),
        ("sanitation_office", "999999", "没有的地方"),
    )
    found = upload(place, "units", content, "单位.xlsx")
    assert (found.state, counts(found)) == ("checked", (2, 1, 0, 0, 1))
    assert f"{COMMUNITY}.sanitation_office" not in directory.units(DISTRICT)
    actions.run_import(by(place), str(found.id), found.version)
    work(place)
    found = job(place, str(found.id))
    assert (found.state, counts(found)) == ("done", (2, 1, 0, 0, 1))
    assert f"{COMMUNITY}.sanitation_office" in directory.units(DISTRICT)
    errors = queries_imports.part(found, "errors")
    assert errors is not None
    [head, row] = csv.reader(io.StringIO(errors.decode("utf-8-sig")))
    assert head[:2] == ["linli_line", "linli_reason"]
    assert row[:2] == ["3", "不在您管理的区域之内；删去这一行，或改正区划代码"]


def test_staff_areas_and_matters_go_in_the_same_way(place: Place) -> None:
    staff = lines("用户名,姓名,岗位", f"li.ming,李明,{CENTRE}.dispatcher", "x,太短,nowhere.post")
    assert counts(imported(place, "staff", staff)) == (2, 1, 0, 0, 1)
    assert accounts.named("li.ming") is not None
    areas = lines("code,parent_code,level,name", f"{TOWN}003,{TOWN},5,丁社区", f"{COMMUNITY},{TOWN},5,甲社区")
    assert counts(imported(place, "areas", areas)) == (2, 1, 0, 1, 0)
    with catalogue_actions.matters.as_file(
        catalogue_actions.matters.files("linli.catalogue") / "data" / "matters.csv"
    ) as shipped:
        matters = shipped.read_bytes().replace(b"CM-006", b"CM-906")
    found = imported(place, "matters", matters, "matters.csv")
    assert (found.state, found.new, found.refused) == ("done", 1, 0)
    assert "CM-906" not in place.policy.matters, "only in the draft"
    draft = drafts.draft()
    assert draft is not None
    assert draft.source == "matters.csv"
    assert [(change.what, change.by) for change in drafts.changes(draft.number)] == [("imported", found.actor)]


def test_boundaries_go_in_by_their_datum(place: Place) -> None:
    square = [[105.9, 29.3], [105.95, 29.3], [105.95, 29.35], [105.9, 29.35], [105.9, 29.3]]
    feature = {
        "type": "Feature",
        "properties": {"code": TOWN},
        "geometry": {"type": "Polygon", "coordinates": [square]},
    }
    strange = feature | {"properties": {"code": "none"}}
    content = json.dumps({"type": "FeatureCollection", "features": [feature, strange]}).encode()
    found = imported(place, "boundaries", content, "边界.geojson", datum="gcj02")
    assert (found.state, counts(found)) == ("done", (2, 1, 0, 0, 1))
    errors = json.loads(queries_imports.part(found, "errors") or b"")
    assert errors["features"][0]["properties"]["linli_reason"] == "系统中没有这个区划代码；改正，或先导入区划"


# --- who may


def test_who_administers_a_town_imports_its_units_and_staff_only(place: Place) -> None:
    town = by(place, TOWN)
    with pytest.raises(Refusal):
        actions.begin_import(town, "reports", "x.csv", lines(HEAD, *GOOD))
    content = lines("type,area,name_zh", f"sanitation_office,{COMMUNITY},甲", f"sanitation_office,{OTHER_TOWN}001,丙")
    job_id = actions.begin_import(town, "units", "x.csv", content)
    work(place)
    found = queries_imports.job(town.actor, DISTRICT, job_id)
    assert found is not None
    assert (found.new, found.refused) == (1, 1)
    other = by(place, OTHER_TOWN)
    assert queries_imports.job(other.actor, DISTRICT, job_id) is None
    with pytest.raises(Refusal):
        actions.cancel_import(other, job_id)


def test_rows_of_another_district_are_refused(place: Place) -> None:
    areas = lines("code,parent_code,level,name", "500119,5001,3,南川区", f"{TOWN}003,{TOWN},5,丁社区")
    found = imported(place, "areas", areas)
    assert (found.new, found.refused) == (1, 1)


# --- files that cannot be read


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("a", "b"):
            packed.writestr(name, bytes(2 << 20))
    return target.getvalue()


@pytest.mark.parametrize(
    ("kind", "content", "code"),
    [
        ("reports", b"", "empty_file"),
        ("reports", b"\x1f\x8b\x08\x00rest", "packed"),
        ("reports", b"PK\x03\x04 and no more", "broken_workbook"),
        ("units", workbook(("nothing", "known")), "bad_header"),
        ("units", b'{"type": "FeatureCollection", "features": []}', "wrong_kind"),
        ("boundaries", lines(HEAD, *GOOD), "wrong_kind"),
        ("reports", bytes(4096), "nul_bytes"),
        ("reports", "編號,內容\n1,路燈壞了請派人來修理謝謝".encode("big5") * 30, "wrong_encoding"),
    ],
)
def test_it_says_at_once_why_a_file_cannot_be_read(place: Place, kind: str, content: bytes, code: str) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        actions.begin_import(by(place), kind, "x", content)
    assert refused.value.code == code
    assert ImportJob.objects.count() == 0


@pytest.mark.parametrize("name", ["长" * 200 + ".csv", "..", "../../etc/x.csv", "a\x00b.csv", "📄" * 90, ".csv"])
def test_any_name_of_a_file_will_do(place: Place, name: str) -> None:
    found = upload(place, "reports", lines(HEAD, *GOOD), name)
    assert (found.state, found.new, found.problem) == ("checked", 3, "")
    assert "/" not in found.file_name
    columns = queries_imports.columns_of(found)
    assert columns is not None
    assert 0 < len(columns.source) <= 40


def test_a_workbook_that_unpacks_to_too_much_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST_UNPACKED", 3 << 20)
    with pytest.raises(UnreadableFileError) as refused:
        actions.begin_import(by(place), "reports", "x.xlsx", bomb())
    assert refused.value.code == "too_large"


# --- mapping


def test_without_known_headers_the_person_chooses_and_the_file_is_checked_again(place: Place) -> None:
    content = lines("甲,乙,丙", "1,路灯不亮,甲社区", "2,井盖不见了,乙社区")
    found = job(place, actions.begin_import(by(place), "reports", "x.csv", content))
    assert found.state == "checked"
    assert queries_imports.columns_of(found) is None
    with pytest.raises(Refusal):
        actions.run_import(by(place), str(found.id), found.version)
    chosen = mapping.ColumnMap({"source_number": ("甲",), "detail": ("乙",), "area": ("丙",)}, source="信箱")
    with pytest.raises(mapping.MappingError):
        actions.remap_import(by(place), str(found.id), found.version, mapping.ColumnMap({"detail": ("丁",)}))
    actions.remap_import(by(place), str(found.id), found.version, chosen)
    with pytest.raises(Refusal):
        actions.remap_import(by(place), str(found.id), found.version, chosen)
    work(place)
    found = job(place, str(found.id))
    assert (found.state, counts(found)) == ("checked", (2, 2, 0, 0, 0))


def test_a_named_mapping_is_used_again_and_reads_as_a_mapping_file(place: Place) -> None:
    columns = mapping.sample("hotline-12345")
    saved = actions.save_mapping(by(place), "热线", columns)
    assert actions.save_mapping(by(place), "热线", columns) == saved
    [kept] = queries_imports.mappings(DISTRICT)
    assert kept.columns == columns
    assert mapping.read(mapping.document(columns), "x") == columns
    head = "工单编号,工单标题,诉求内容,诉求渠道,镇街,村社区,诉求地址,经度,纬度,来电时间,诉求人,联系电话"
    content = lines(head, "1,路灯,路灯不亮,电话,中山路街道,甲社区,,,,2026/11/10 10:00,,")
    found = upload(place, "reports", content, saved=saved)
    assert queries_imports.columns_of(found) == columns
    assert found.new == 1
    actions.drop_mapping(by(place), saved)
    assert queries_imports.mappings(DISTRICT) == []


# --- interrupted, cancelled, twice at once


class _Killed(BaseException):
    """What ends a process at once, for a test within one."""


def test_an_import_interrupted_after_any_chunk_goes_on_and_counts_each_row_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.intake.actions.bulk_taking.CHUNK", 1)
    monkeypatch.setattr(working_off, "_TOLD_EVERY", 1)
    found = upload(place, "reports", lines(HEAD, *GOOD, BAD))
    actions.run_import(by(place), str(found.id), found.version)
    whole = ImportJob.objects.filter
    for after in (1, 2, 3):
        ticks = iter(range(10))

        def dying(job: ImportJob, ticks: Any = ticks, after: int = after) -> Any:
            def tell(done: int, _expected: int | None) -> None:
                if next(ticks) + 1 >= after:
                    raise _Killed

            return tell

        with monkeypatch.context() as patched:
            patched.setattr(working_off, "_teller", dying)
            with pytest.raises(_Killed):
                actions.work_next(lambda: place.now)
        assert whole(id=found.id, state="running").exists()
        assert job(place, str(found.id)).new == Report.objects.count() == after
    work(place)
    done = job(place, str(found.id))
    assert (done.state, counts(done)) == ("done", (4, 3, 0, 0, 1))
    assert Report.objects.count() == 3


def test_a_job_that_ends_its_process_each_time_is_given_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = actions.begin_import(by(place), "reports", "x.csv", lines(HEAD, *GOOD))

    def killed(*_: Any, **__: Any) -> Any:
        raise _Killed

    monkeypatch.setattr(working_off, "import_reports", killed)
    for _ in range(working_off.MOST_TRIES):
        with pytest.raises(_Killed):
            actions.work_next(lambda: place.now)
    work(place)
    found = job(place, job_id)
    assert (found.state, found.problem) == ("failed", "interrupted")


def test_a_fault_ends_the_job_and_says_nothing_of_the_rows(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = actions.begin_import(by(place), "reports", "x.csv", lines(HEAD, *GOOD))
    monkeypatch.setattr(working_off, "import_reports", lambda *_, **__: 1 / 0)
    work(place)
    found = job(place, job_id)
    assert (found.state, found.problem) == ("failed", "fault")
    assert not queries_imports.has_part(found, "file")


def test_a_running_import_is_cancelled_after_its_chunk(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.intake.actions.bulk_taking.CHUNK", 1)
    monkeypatch.setattr(working_off, "_TOLD_EVERY", 1)
    found = upload(place, "reports", lines(HEAD, *GOOD))
    actions.run_import(by(place), str(found.id), found.version)
    usual = working_off._teller

    def told(job: ImportJob) -> Any:
        tell = usual(job)

        def cancelling(done: int, expected: int | None) -> None:
            if done == 2:
                actions.cancel_import(by(place), str(found.id))
            tell(done, expected)

        return cancelling

    monkeypatch.setattr(working_off, "_teller", told)
    work(place)
    done = job(place, str(found.id))
    assert (done.state, done.read, done.new) == ("cancelled", 2, 2)
    assert Report.objects.count() == 2
    assert not queries_imports.has_part(done, "file")
    assert not actions.work_next(lambda: place.now)


def test_a_waiting_import_is_cancelled_at_once(place: Place) -> None:
    job_id = actions.begin_import(by(place), "reports", "x.csv", lines(HEAD, *GOOD))
    actions.cancel_import(by(place), job_id)
    assert job(place, job_id).state == "cancelled"
    assert not actions.work_next(lambda: place.now)
    assert not actions.waits()


# --- sealed and gone


def test_what_is_kept_meanwhile_is_sealed_and_goes_after_a_day(place: Place) -> None:
    waiting = upload(place, "reports", lines(HEAD, *GOOD))
    done = imported(place, "reports", lines(HEAD, *GOOD, BAD))
    stored = b"".join(bytes(part.sealed) for part in ImportPart.objects.all())
    assert len(stored) > 1000
    for words in ("路灯", "13800000001", "工单编号"):
        assert words.encode() not in stored
        assert words.encode("gbk") not in stored
    assert actions.expire(place.now + timedelta(hours=23)) == 0
    assert actions.expire(place.now + timedelta(hours=24)) == 2
    assert not ImportPart.objects.exists()
    assert {str(j.id): j.state for j in queries_imports.jobs(admin(), DISTRICT)} == {
        str(waiting.id): "expired",
        str(done.id): "done",
    }


def test_a_file_that_waits_to_be_imported_goes_after_a_day_too(place: Place) -> None:
    found = upload(place, "reports", lines(HEAD, *GOOD))
    actions.run_import(by(place), str(found.id), found.version)
    assert actions.expire(place.now + timedelta(hours=24)) == 1
    assert job(place, str(found.id)).state == "expired"
    assert not actions.work_next(lambda: place.now)


def test_what_a_killed_process_laid_out_goes_when_its_job_is_taken_up(
    place: Place, settings: Any, tmp_path: Path
) -> None:
    settings.DATA = tmp_path
    job_id = actions.begin_import(by(place), "reports", "x.csv", lines(HEAD, *GOOD))
    left = tmp_path / f"unpacked-{job_id}-killed"
    left.mkdir()
    (left / "x.csv").write_bytes(lines(HEAD, *GOOD))
    work(place)
    assert job(place, job_id).state == "checked"
    assert list(tmp_path.glob("unpacked-*")) == []


def test_the_ledger_says_who_imported_what_without_a_word_of_it(place: Place) -> None:
    found = imported(place, "reports", lines(HEAD, *GOOD, BAD))
    entries = [e for e in ledger.entries(DISTRICT, "import") if e.stream == str(found.id)]
    assert [e.type for e in entries] == ["import.uploaded", "import.begun", "import.finished"]
    said = json.loads(entries[-1].payload)
    assert said == {
        "kind": "reports", "sha256": found.digest, "read": 4, "new": 3, "changed": 0, "unchanged": 0, "refused": 1,
    }  # fmt: skip
    assert {e.actor for e in entries} == {"7"}
    assert b"2026-02-30" in (actions.take_refused(by(place), str(found.id)) or b"")
    assert [e.type for e in ledger.entries(DISTRICT, "import")][-1] == "import.refused_taken"
