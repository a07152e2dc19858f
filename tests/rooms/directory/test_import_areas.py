"""``linli import areas`` on division files."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from linli.core.territory import AreaKind
from linli.directory import actions, queries
from linli.directory.encoding import UnreadableFileError
from linli.directory.models import Area, District

Write = Callable[..., Path]
pytestmark = pytest.mark.django_db


def test_it_keeps_every_row_of_the_municipality_and_changes_nothing_the_second_time(
    shared_data: Path, now: datetime
) -> None:
    path = shared_data / "admin_divisions_chongqing" / "divisions.csv"
    first = actions.import_areas(path, now=now)
    assert (first.read, first.new, first.bad, first.ok) == (12_342, 12_342, [], True)
    second = actions.import_areas(path, now=now)
    assert (second.new, second.changed, second.unchanged) == (0, 0, 12_342)
    kinds = {kind: Area.objects.filter(kind=kind).count() for kind in AreaKind}
    assert (kinds[AreaKind.DISTRICT], kinds[AreaKind.TOWN], kinds[AreaKind.COMMUNITY]) == (38, 1_031, 11_270)
    assert list(Area.objects.filter(placeholder=True).values_list("code", flat=True)) == ["5001", "5002"]


def test_the_stored_level_columns_follow_the_code(write: Write, now: datetime, small_rows: list[str]) -> None:
    actions.import_areas(write(small_rows), now=now)
    area = Area.objects.get(code="500118001200")
    assert (area.district_code, area.town_code, area.community_code) == ("500118", "500118001", "500118001200")
    levels = queries.level_codes("500118001200001")
    assert levels == queries.LevelCodes("500118", "500118001", "500118001200", "500118001200001")


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ('500118002,500118,4,"=HYPERLINK(""x"")"', "formula", "write the name itself"),
        ("500118002,500118,4,@镇", "formula", "begins like a spreadsheet formula"),
        ("500118002,500118,4,<b>街道</b>", "name_signs", "usual punctuation"),
        ("500199001,500199,4,无主街道", "unknown_parent", "add or correct the row of 500199"),
        ("500118001,500118,4,重复街道", "duplicate_code", "stands on line 5 already"),
        ("500118002,500118,5,错级街道", "wrong_level", "a code of 9 digits is level 4"),
        ("50011800,500118,4,短码街道", "wrong_code", "must have 2, 4, 6, 9, 12"),
        ("５００１１８００２,500118,4,全角街道", "wrong_code", "ASCII"),
        ("500118002,500118118,4,错位街道", "wrong_parent", "lies in 500118"),
        ("500118002,500118,4,", "wrong_name", "must have 1 to 120"),
        ("500118002,500118,4,多了,一格", "wrong_cell_count", "5 cells"),
        ("=1+1,500118,4,公式街道", "wrong_code", "correct it"),
    ],
)
def test_it_refuses_a_bad_row_with_line_and_reason_and_keeps_the_others(
    write: Write, now: datetime, row: str, code: str, words: str, small_rows: list[str]
) -> None:
    report = actions.import_areas(write([*small_rows, row]), now=now)
    assert [(bad.line, bad.code) for bad in report.bad] == [(10, code)]
    assert words in report.bad[0].reason
    assert (report.new, report.ok) == (len(small_rows), False)
    assert Area.objects.count() == len(small_rows)


def test_refused_rows_corrected_in_their_own_file_complete_the_import(
    write: Write, now: datetime, small_rows: list[str]
) -> None:
    path = write([*small_rows[:3], small_rows[3].replace(",4,", ",5,"), *small_rows[4:]])
    report = actions.import_areas(path, now=now)
    assert [bad.code for bad in report.bad] == ["wrong_level", "unknown_parent", "unknown_parent"]
    assert report.error_file is not None
    text = report.error_file.read_text(encoding="utf-8-sig")
    report.error_file.write_text(text.replace(",500118,5,", ",500118,4,"), encoding="utf-8-sig")
    assert actions.import_areas(report.error_file, now=now).ok
    assert actions.import_areas(write(small_rows, "whole.csv"), now=now).unchanged == len(small_rows)


def test_a_dry_run_says_the_same_and_writes_nothing(write: Write, now: datetime, small_rows: list[str]) -> None:
    path = write([*small_rows, "500199001,500199,4,无主街道"])
    report = actions.import_areas(path, now=now, dry_run=True)
    assert (report.new, len(report.bad), report.error_file) == (len(small_rows), 1, None)
    assert Area.objects.count() == 0
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_new_name_is_a_change_and_gives_the_district_a_new_version(
    write: Write, now: datetime, small_rows: list[str]
) -> None:
    actions.import_areas(write(small_rows), now=now)
    District.objects.create(code="500118", short_code="118", name_zh="永川区", name_en="Yongchuan", version=0)
    before = queries.territory("500118")
    report = actions.import_areas(write([row.replace("朱沱镇", "朱沱新镇") for row in small_rows]), now=now)
    assert (report.new, report.changed) == (0, 1)
    after = queries.territory("500118")
    assert after.version > before.version
    assert (before.areas["500118118"].name, after.areas["500118118"].name) == ("朱沱镇", "朱沱新镇")


def test_an_unchanged_import_keeps_the_frozen_territory(write: Write, now: datetime, small_rows: list[str]) -> None:
    actions.import_areas(write(small_rows), now=now)
    District.objects.create(code="500118", short_code="118", name_zh="永川区", name_en="Yongchuan", version=0)
    before = queries.territory("500118")
    actions.import_areas(write(small_rows), now=now)
    assert queries.territory("500118") is before


def test_level_above_skips_the_placeholder(write: Write, now: datetime, small_rows: list[str]) -> None:
    actions.import_areas(write(small_rows), now=now)
    District.objects.create(code="500118", short_code="118", name_zh="永川区", name_en="Yongchuan", version=0)
    path = queries.territory("500118").path("500118001001")
    assert [area.code for area in path] == ["500118001001", "500118001", "500118", "50"]


def test_children_may_stand_before_their_parents(write: Write, now: datetime, small_rows: list[str]) -> None:
    assert actions.import_areas(write(small_rows[::-1]), now=now).new == len(small_rows)


def test_it_reads_a_gbk_export_and_says_so(write: Write, now: datetime, small_rows: list[str]) -> None:
    content = ("code,parent_code,level,name\n" + "\n".join(small_rows)).encode("gb18030")
    report = actions.import_areas(write(content), now=now)
    assert report.ok
    assert "GBK" in report.notes[0]
    assert Area.objects.get(code="500118").name == "永川区"


def test_a_file_without_the_columns_changes_nothing(write: Write, now: datetime) -> None:
    with pytest.raises(UnreadableFileError, match="parent_code, level"):
        actions.import_areas(write(b"code,name\n50,x\n"), now=now)


def test_a_header_without_rows_is_no_success(write: Write, now: datetime) -> None:
    assert not actions.import_areas(write([]), now=now).ok


def test_progress_ends_at_the_whole(write: Write, now: datetime, small_rows: list[str]) -> None:
    seen: list[tuple[int, int | None]] = []
    actions.import_areas(write(small_rows), now=now, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(small_rows), len(small_rows))
