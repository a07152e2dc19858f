"""``linli import units`` and ``linli import staff``: who answers, and who holds which post."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from linli.accounts.queries import named
from linli.core.actor import Actor
from linli.core.territory import Function
from linli.directory import actions, queries
from linli.directory.models import Holding, Unit
from linli.directory.tables import ImportReport

Write = Callable[..., Path]
pytestmark = pytest.mark.django_db
UNITS = "type,area,name_zh,parent,functions,phone,active\n"
STAFF = "username,name,post,from,until\n"
DESK = "500118001001.community_station.desk_clerk"
DISPATCHER = "500118001.command_centre.dispatcher"
DUTY_HEAD = "500118001.command_centre.duty_head"


@pytest.fixture(autouse=True)
def _yongchuan(write: Write, now: datetime, small_rows: list[str]) -> None:
    actions.import_areas(write(small_rows), now=now)
    actions.set_up_district("500118", now=now)


@pytest.fixture
def import_units(write: Write) -> Callable[..., ImportReport]:
    return lambda *rows, **options: actions.import_units(write(list(rows), "units.csv", UNITS), **options)


@pytest.fixture
def import_staff(write: Write, now: datetime) -> Callable[..., ImportReport]:
    return lambda *rows, **options: actions.import_staff(write(list(rows), "staff.csv", STAFF), now=now, **options)


def test_a_confirmed_unit_is_no_longer_invented_and_the_second_run_changes_nothing(
    import_units: Callable[..., ImportReport],
) -> None:
    row = "sanitation_office,500118001,中山路街道环境卫生管理所,500118001.command_centre,,023-12345,"
    assert (import_units(row).changed, import_units(row).unchanged) == (1, 1)
    unit = Unit.objects.get(id="500118001.sanitation_office")
    assert (unit.name_zh, unit.invented, unit.phone) == ("中山路街道环境卫生管理所", False, "023-12345")


def test_a_new_unit_gets_posts_and_serves_its_area(import_units: Callable[..., ImportReport]) -> None:
    assert import_units("park_office,500118001200,三星村公园管理处,500118001.command_centre,handle;intake,,").new == 1
    territory = queries.territory("500118")
    (unit,) = territory.serving("park_office", "500118001200")
    assert unit.functions == {Function.HANDLE, Function.INTAKE}
    assert [post.id for post in queries.posts("500118", unit.id)] == [f"{unit.id}.handler", f"{unit.id}.head"]


def test_a_closed_unit_leaves_routing_and_its_subordinates_keep_a_superior(
    import_units: Callable[..., ImportReport],
) -> None:
    import_units("residents_or_village_committee,500118001200,三星村村民委员会,500118001.command_centre,,,no")
    territory = queries.territory("500118")
    assert territory.serving("residents_or_village_committee", "500118001200") == ()
    assert territory.units["500118001200.community_station"].parent == "500118001.command_centre"


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        ("Sanitation,500118001,环卫所,,,,", "wrong_type", "lower-case slug"),
        ("education,500118,教委,,,,", "wrong_type", "education_commission"),
        ("park_office,500999,公园,,,,", "unknown_area", "import the divisions first"),
        ("park_office,500118001,,,,,", "wrong_name", "1 to 120"),
        ("park_office,500118001,公园,500118001.nobody,,,", "unknown_parent", "correct that row first"),
        ("park_office,500118001,公园,500118001.park_office,,,", "circle", "report to itself"),
        ("command_centre,500118001,中心,500118001.sanitation_office,,,", "circle", "report to itself"),
        ("park_office,500118001,公园,,fly,,", "unknown_function", "known are intake"),
        ("park_office,500118001,公园,,,,maybe", "wrong_flag", "yes or no"),
    ],
)
def test_it_refuses_a_bad_unit_with_line_and_reason_and_keeps_the_others(
    import_units: Callable[..., ImportReport], row: str, code: str, words: str
) -> None:
    report = import_units("pond_office,500118001,池塘办,500118001.command_centre,,,", row)
    assert [(bad.line, bad.code) for bad in report.bad] == [(3, code)]
    assert words in report.bad[0].reason
    assert report.new == 1
    assert report.error_file is not None
    assert queries.territory("500118").serving("pond_office", "500118001")


def test_a_unit_of_a_district_not_set_up_is_refused_with_the_remedy(
    import_units: Callable[..., ImportReport], write: Write, now: datetime
) -> None:
    actions.import_areas(write(["50,,1,重庆市", "5001,50,2,市辖区", "500101,5001,3,万州区"]), now=now)
    report = import_units("park_office,500101,公园,,,,")
    assert [(bad.code, "linli district new 500101" in bad.reason) for bad in report.bad] == [("unknown_district", True)]


def test_the_same_unit_twice_is_refused_and_a_second_one_of_a_type_may_have_its_own_id(write: Write) -> None:
    header = "id,type,area,name_zh\n"
    rows = [
        ",clinic,500118001,一诊所",
        ",clinic,500118001,二诊所",
        "500118001.clinic.2,clinic,500118001,三诊所",
        "x,clinic,500118001,四",
    ]
    report = actions.import_units(write(rows, "units.csv", header))
    assert [(bad.line, bad.code) for bad in report.bad] == [(3, "duplicate_id"), (5, "wrong_id")]
    assert len(queries.territory("500118").serving("clinic", "500118001")) == 2


def test_a_personal_mobile_is_pointed_out(import_units: Callable[..., ImportReport]) -> None:
    report = import_units("park_office,500118001,公园,,,139 1234 5678,")
    assert "looks like a person's mobile" in report.notes[0]


def test_units_come_from_workbooks_with_chinese_headings_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["单位类型", "区划代码", "单位名称"])
    sheet.append(["park_office", 500118001, "公园管理处"])
    book.save(tmp_path / "units.xlsx")
    assert actions.import_units(tmp_path / "units.xlsx").new == 1


def test_a_dry_run_of_units_writes_nothing(import_units: Callable[..., ImportReport]) -> None:
    assert import_units("park_office,500118001,公园,,,,", dry_run=True).new == 1
    assert not Unit.objects.filter(type="park_office").exists()


def test_staff_hold_posts_from_the_day_given_and_the_second_run_changes_nothing(
    import_staff: Callable[..., ImportReport], now: datetime
) -> None:
    rows = (f"wang,王一,{DESK},2026-11-01,", f"li,李二,{DISPATCHER},2026-12-01,", f"li,李二,{DESK},,")
    first = import_staff(*rows)
    assert (first.new, first.bad) == (3, [])
    assert (import_staff(*rows).unchanged, Holding.objects.count()) == (3, 3)
    assert [post.post for post in actor("wang", now).posts] == [DESK]
    assert [post.post for post in actor("li", now).posts] == [DESK]
    assert {post.post for post in actor("li", datetime(2026, 12, 1, tzinfo=UTC)).posts} == {DESK, DISPATCHER}
    user = named("wang")
    assert user is not None
    assert not user.has_usable_password()


def test_an_ending_in_the_file_ends_the_open_holding(import_staff: Callable[..., ImportReport], now: datetime) -> None:
    import_staff(f"wang,王一,{DESK},2026-11-01,")
    assert import_staff(f"wang,王一,{DESK},2026-11-01,2026-11-30").changed == 1
    assert actor("wang", now).posts
    assert not actor("wang", now + timedelta(days=30)).posts


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (f"w,王,{DESK},,", "wrong_username", "2 to 80"),
        (f"=cmd(),王,{DESK},,", "wrong_username", "correct it"),
        (f"wang,,{DESK},,", "wrong_name", "1 to 80"),
        ("wang,王,nowhere.clerk,,", "unknown_post", "import its unit first"),
        (f"wang,王,{DESK},31.11.2026,", "wrong_date", "2026-11-23"),
        (f"wang,王,{DESK},2026-11-31,", "wrong_date", "2026-11-23"),
        (f"wang,王,{DESK},2026-12-02,2026-12-01", "wrong_dates", "lies before"),
        (f"zhao,赵三,{DESK},,", "duplicate_row", "keep one"),
    ],
)
def test_it_refuses_a_bad_staff_row_with_line_and_reason_and_keeps_the_others(
    import_staff: Callable[..., ImportReport], row: str, code: str, words: str
) -> None:
    report = import_staff(f"zhao,赵三,{DESK},,", row)
    assert [(bad.line, bad.code) for bad in report.bad] == [(3, code)]
    assert words in report.bad[0].reason
    assert report.new == 1


def test_a_dry_run_of_staff_makes_no_account(import_staff: Callable[..., ImportReport]) -> None:
    assert import_staff(f"wang,王一,{DESK},,", dry_run=True).new == 1
    assert named("wang") is None


def test_a_vacant_post_is_acted_for_by_its_deputy_until_it_is_filled(now: datetime) -> None:
    actions.hold_posts([("u1", DUTY_HEAD)], since=now)
    assert {held.post for held in queries.actor("u1", now).posts} == {DUTY_HEAD, DISPATCHER}
    actions.hold_posts([("u2", DISPATCHER)], since=now)
    assert {held.post for held in queries.actor("u1", now).posts} == {DUTY_HEAD}
    assert actions.leave_post("u2", DISPATCHER, at=now + timedelta(hours=1))
    later = now + timedelta(hours=2)
    assert {held.post for held in queries.actor("u1", later).posts} == {DUTY_HEAD, DISPATCHER}
    assert queries.actor("u2", later).posts == ()


def test_holding_twice_is_holding_once_and_an_unknown_post_holds_nothing(now: datetime) -> None:
    assert actions.hold_posts([("u1", DESK), ("u1", DESK)], since=now) == 1
    assert actions.hold_posts([("u1", DESK)], since=now) == 0
    with pytest.raises(actions.UnknownPostError):
        actions.hold_posts([("u1", DUTY_HEAD), ("u1", "nowhere.clerk")], since=now)
    assert [h.post for h in queries.holdings("500118", now)] == [DESK]


def test_the_actor_knows_unit_area_and_functions_of_the_post(now: datetime) -> None:
    actions.hold_posts([("u1", DESK)], since=now)
    (held,) = queries.actor("u1", now).posts
    assert (held.unit, held.area) == ("500118001001.community_station", "500118001001")
    assert held.functions == {Function.INTAKE, Function.REPLY, Function.FOLLOW_UP}


def test_a_post_of_a_closed_unit_gives_no_rights(import_units: Callable[..., ImportReport], now: datetime) -> None:
    actions.hold_posts([("u1", DESK)], since=now)
    import_units("community_station,500118001001,站,500118001.command_centre,,,no")
    assert queries.actor("u1", now).posts == ()


def actor(username: str, now: datetime) -> Actor:
    user = named(username)
    assert user is not None
    return queries.actor(str(user.id), now)


def test_a_name_that_a_spreadsheet_would_run_is_refused_with_line_and_remedy(
    import_units: Callable[..., ImportReport], import_staff: Callable[..., ImportReport]
) -> None:
    unit = import_units("clinic,500118001,=1+1,,,,")
    person = import_staff(f"wang,=cmd|' /C calc'!A0,{DESK},,")

    assert [(bad.line, bad.code) for bad in (*unit.bad, *person.bad)] == [(2, "formula"), (2, "formula")]
    assert "write the name itself" in unit.bad[0].reason


def test_a_name_of_pictures_or_markup_is_refused_with_line_and_remedy(
    import_units: Callable[..., ImportReport], import_staff: Callable[..., ImportReport]
) -> None:
    unit = import_units("clinic,500118001,<b>诊所</b>,,,,")
    person = import_staff(f"wang,王😀,{DESK},,")

    assert [(bad.line, bad.code) for bad in (*unit.bad, *person.bad)] == [(2, "name_signs"), (2, "name_signs")]
    assert "without signs" in unit.bad[0].reason
