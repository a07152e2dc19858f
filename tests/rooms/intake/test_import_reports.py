"""Files of reports taken in whole: good rows become cases, refused ones come back with line, reason and remedy."""

import csv
import gzip
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from linli.cases import queries as cases
from linli.directory import actions as directory
from linli.directory.datum import Datum, point_to_wgs84
from linli.directory.encoding import UnreadableFileError
from linli.intake import actions, mapping, queries
from linli.intake.actions import Imported, ImportOptions
from linli.intake.mapping import ColumnMap, MappingError
from linli.ledger import queries as ledger
from linli.vault import queries as vault
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, TOWN, Place

HEADER = "工单编号,标题,诉求内容,诉求渠道,区域,经度,纬度,来电时间,被投诉单位"
GOOD = "W1,路灯不亮,路口的路灯三天不亮,电话,甲社区,,,2026-11-13 20:15,"
SQUARE = [[105.8, 29.2], [106.0, 29.2], [106.0, 29.4], [105.8, 29.4], [105.8, 29.2]]
Write = Callable[..., Path]
Take = Callable[..., Imported]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(rows: Sequence[str] | bytes, name: str = "hotline.csv", header: str = HEADER) -> Path:
        path = tmp_path / name
        path.write_bytes(rows if isinstance(rows, bytes) else "\n".join([header, *rows, ""]).encode())
        return path

    return written


@pytest.fixture
def take(place: Place) -> Take:
    def taken(path: Path, **options: Any) -> Imported:
        options = {"lang": "en", **options}
        return actions.import_reports(path, district=DISTRICT, now=place.now, options=ImportOptions(**options))

    return taken


@pytest.fixture
def boundaries(place: Place, tmp_path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [SQUARE]}
    path = tmp_path / "outline.geojson"
    path.write_text(json.dumps({"type": "Feature", "properties": {"code": DISTRICT}, "geometry": shape}), "utf-8")
    directory.import_boundaries(path, datum=Datum.WGS84, now=place.now, source="test")


def case_of(number: str, source: str = "hotline") -> str:
    """The case that a record of a source became."""
    found = cases.visible_to(everybody(), DISTRICT).values_list("id", flat=True)
    reports = [report for case in found for report in queries.reports_of(DISTRICT, str(case))]
    return next(str(r.case_id) for r in reports if (r.source, r.source_number) == (source, number))


def everybody() -> Any:
    from linli.core.actor import Actor, ActorKind, PostHeld
    from linli.core.territory import Function

    post = PostHeld("p", f"{DISTRICT}.district_centre", DISTRICT, frozenset(Function))
    return Actor(ActorKind.PERSON, "somebody", (post,))


def words_of(number: str, source: str = "hotline") -> list[str]:
    """Title and text of a record as they are kept to work with."""
    case = case_of(number, source)
    return vault.masked_by_case(DISTRICT, [case])[case]


def lines_of(path: Path | None) -> list[dict[str, str]]:
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- what a good file becomes


def test_a_row_becomes_a_case_with_its_place_time_words_ledger_and_report(
    take: Take, write: Write, place: Place
) -> None:
    done = take(write([GOOD]))
    assert (done.read, done.new, done.already, done.bad, done.error_file) == (1, 1, 0, [], None)
    case = case_of("W1")
    state = place.state(case)
    assert (state.place.area, state.place.town, state.channel, state.step) == (COMMUNITY, TOWN, "hotline", "reported")
    assert (state.source, state.source_number, state.opened_at) == ("hotline", "W1", place.now)
    assert state.owner == f"{COMMUNITY}.community_station"
    assert words_of("W1") == ["路灯不亮", "路口的路灯三天不亮"]
    report = queries.reports_of(DISTRICT, case)[0]
    assert (report.said_at, report.received_at) == (datetime(2026, 11, 13, 12, 15, tzinfo=UTC), place.now)
    entries = ledger.stream(DISTRICT, "case", case)
    assert [entry.type for entry in entries] == ["case.opened"]
    assert "路灯" not in entries[0].payload


def test_an_imported_case_can_be_acted_on_and_its_chain_proves(take: Take, write: Write, place: Place) -> None:
    take(write([GOOD]))
    case = case_of("W1")
    assert place.bring_to(case, "handling").step == "handling"
    assert [entry.seq for entry in ledger.stream(DISTRICT, "case", case)] == [1, 2, 3, 4]
    assert not [found for found in ledger.verify(DISTRICT) if isinstance(found, ledger.Fault)]


def test_a_case_from_a_file_is_the_same_as_one_from_the_portal(take: Take, write: Write, place: Place) -> None:
    take(write(["W1,路灯不亮,路口的路灯三天不亮,电话,甲社区,,,,"]))
    receipt = place.report("路口的路灯三天不亮", title="路灯不亮", channel="hotline", source="x", source_number="W1")
    alike = ("id", "number", "source", "source_number")
    from_file, single = (
        {n: getattr(place.state(case), n) for n in place.state(case).__struct_fields__ if n not in alike}
        for case in (case_of("W1"), receipt.case)
    )
    assert from_file == single
    one, other = (ledger.stream(DISTRICT, "case", case)[0] for case in (case_of("W1"), receipt.case))
    first, second = json.loads(one.payload), json.loads(other.payload)
    assert (first["suggestion"], first.get("trace")) == (second["suggestion"], second.get("trace"))


def test_without_understanding_nothing_is_suggested(take: Take, write: Write) -> None:
    take(write([GOOD]), understand=False)
    payload = json.loads(ledger.stream(DISTRICT, "case", case_of("W1"))[0].payload)
    assert "suggestion" not in payload


def test_understanding_suggests_and_the_person_decides(take: Take, write: Write, place: Place) -> None:
    take(write([GOOD]))
    payload = json.loads(ledger.stream(DISTRICT, "case", case_of("W1"))[0].payload)
    assert payload["suggestion"]["label"]
    assert place.state(case_of("W1")).matter is None


def test_a_second_run_finds_everything_in_already(take: Take, write: Write) -> None:
    path = write([GOOD, GOOD.replace("W1", "W2")])
    assert take(path).new == 2
    again = take(path)
    assert (again.read, again.new, again.already, again.bad) == (2, 0, 2, [])


def test_the_same_number_of_another_source_is_another_report(take: Take, write: Write) -> None:
    path = write([GOOD])
    assert take(path, source="hotline-a").new == 1
    assert take(path, source="hotline-b").new == 1


def test_a_dry_run_says_the_same_and_writes_nothing(take: Take, write: Write, place: Place, tmp_path: Path) -> None:
    path = write([GOOD, "W2,,,电话,,,,,"])
    done = take(path, dry_run=True)
    assert (done.new, [bad.line for bad in done.bad], done.error_file) == (1, [3], None)
    assert not cases.visible_to(everybody(), DISTRICT).exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["divisions.csv", "hotline.csv"]
    assert take(path).new == 1


def test_a_guessed_mapping_is_said(take: Take, write: Write) -> None:
    notes = take(write([GOOD + ",5"], header=HEADER + ",满意度")).notes
    assert "工单编号 → source_number; 标题 → title; 诉求内容 → detail" in notes[0]
    assert notes[1] == "not used: 满意度"


def test_a_given_mapping_is_used_and_its_source_too(take: Take, write: Write) -> None:
    columns = mapping.read(
        {
            "source": "ours", "columns": {"source_number": "a", "detail": ["b", "c"], "area": "d"},
            "values": {"area": {"第一片": COMMUNITY}}, "defaults": {"channel": "walk_in"},
        },
        "test",
    )  # fmt: skip
    done = take(write(["1,上半句,下半句,第一片"], header="a,b,c,d"), columns=columns)
    assert (done.source, done.new) == ("ours", 1)
    assert words_of("1", "ours") == ["上半句", "上半句\n下半句"]


def test_rows_without_a_number_are_known_by_their_content(take: Take, write: Write) -> None:
    path = write(["路灯不亮", "井盖丢了", "路灯不亮"], header="内容")
    done = take(path)
    assert (done.new, done.bad[0].code, done.bad[0].line) == (2, "duplicate_row", 4)
    assert any("recognised by their whole content" in note for note in done.notes)
    assert take(path).new == 0


def test_a_title_too_long_to_be_one_goes_into_the_text_in_full(take: Take, write: Write) -> None:
    title = "标" * 150
    take(write([f"W1,{title},正文,电话,,,,,"]))
    assert words_of("W1") == ["标" * 40 + "…", f"{title}\n正文"]


def test_a_complaint_keeps_the_unit_complained_about_away(take: Take, write: Write, place: Place) -> None:
    take(write(["W1,投诉,社区工作人员推诿,电话,甲社区,,,,community_station"]))
    state = place.state(case_of("W1"))
    assert state.complaint_targets == (f"{COMMUNITY}.community_station",)
    assert state.owner != f"{COMMUNITY}.community_station"


# --- files of every form


def test_ndjson_xlsx_and_gz_say_the_same_as_csv(take: Take, write: Write, tmp_path: Path) -> None:
    cells = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(cells))
    sheet.append([*list(cells.values())[:-2], datetime(2026, 11, 13, 20, 15), ""])  # noqa: DTZ001 - as Excel has it
    book.save(tmp_path / "c.xlsx")
    files = [
        write(json.dumps(cells, ensure_ascii=False).encode(), "a.ndjson"),
        write(gzip.compress("\n".join([HEADER, GOOD]).encode()), "b.csv.gz"),
        tmp_path / "c.xlsx",
    ]
    for path, source in zip(files, "abc", strict=True):
        assert take(path).new == 1, path
        assert words_of("W1", source) == ["路灯不亮", "路口的路灯三天不亮"]
        assert queries.reports_of(DISTRICT, case_of("W1", source))[0].said_at == datetime(
            2026, 11, 13, 12, 15, tzinfo=UTC
        )


def test_nothing_unpacked_is_left_behind(take: Take, write: Write, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    take(write(gzip.compress("\n".join([HEADER, GOOD]).encode()), "b.csv.gz"))
    assert not list(tmp_path.glob("unpacked-*"))


def test_a_gbk_file_is_detected_and_said(take: Take, write: Write) -> None:
    done = take(write("\n".join([HEADER, GOOD]).encode("gb18030")))
    assert (done.new, words_of("W1")[0]) == (1, "路灯不亮")
    assert "hotline.csv is not UTF-8 but GBK/GB18030; read as such" in done.notes


@pytest.mark.parametrize("encoded", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_does_no_harm(take: Take, write: Write, encoded: str) -> None:
    assert take(write("\n".join([HEADER, GOOD]).encode(encoded))).new == 1


def test_mixed_line_ends_do_no_harm(take: Take, write: Write) -> None:
    rows = [HEADER, GOOD, GOOD.replace("W1", "W2"), GOOD.replace("W1", "W3")]
    assert take(write("{}\r\n{}\n{}\r{}\r\n".format(*rows).encode())).new == 3


@pytest.mark.parametrize(
    ("content", "name", "code", "remedy"),
    [
        (b"", "hotline.csv", "empty_file", "export it again, with a header row"),
        ("編號,內容\n1,路燈壞了三天沒人修理\n".encode("big5"), "x.csv", "wrong_encoding", "save as 'CSV UTF-8'"),
        ("番号,内容\n1,街灯がこわれている\n".encode("shift-jis"), "x.csv", "wrong_encoding", "save as 'CSV UTF-8'"),
        (b"PK\x03\x04 and nothing else", "hotline.xlsx", "broken_workbook", "save it again as XLSX or CSV"),
        (gzip.compress(b"a,b\n1,2\n" * 999)[:40], "hotline.csv.gz", "broken_gzip", "fetch it again"),
        ("a,b\n1,2\n".encode("utf-16-le"), "hotline.csv", "nul_bytes", "CSV UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole_with_the_remedy(
    take: Take, write: Write, content: bytes, name: str, code: str, remedy: str
) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        take(write(content, name))
    assert refused.value.code == code
    assert remedy in str(refused.value)
    assert take(write([GOOD])).new == 1


def test_a_missing_file_is_said(take: Take, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="there is no file"):
        take(tmp_path / "absent.csv")


def test_a_file_with_nothing_but_a_header_is_no_success(take: Take, write: Write) -> None:
    done = take(write([]))
    assert (done.read, done.ok) == (0, False)


def test_missing_columns_are_named(take: Take, write: Write) -> None:
    with pytest.raises(MappingError, match="names 姓名, 年龄"):
        take(write(["某,33"], header="姓名,年龄"))
    with pytest.raises(MappingError, match="the file has no column 诉求; its first row names"):
        take(write([GOOD]), columns=ColumnMap({"detail": ("诉求",)}))


def test_a_source_name_too_long_for_the_record_is_refused(take: Take, write: Write) -> None:
    with pytest.raises(MappingError, match="--source"):
        take(write([GOOD], name="a" * 41 + ".csv"))


# --- bad rows: each is named with its remedy, and the row beside it is kept

BAD_ROWS = [
    (",x,x,,,,,,", "number_missing", "fill it in", "补上编号"),
    (f"{'9' * 81},x,x,,,,,,", "number_too_long", "at most 80", "最多 80"),
    ("W1,另一件,事,,,,,,", "duplicate_number", "stands in line 2 already", "在第 2 行已出现"),
    ("#,,,,,,,,", "detail_missing", "fill in what was reported", "补上反映的内容"),
    (f"#,x,{'长' * 400_000},,,,,,", "text_too_long", "has 400000 characters, at most 20000", "最多 20000"),
    ("#,x,NUL\0在此,,,,,,", "nul_byte", "NUL byte", "NUL byte"),
    ("#,x,x,信鸽,,,,,", "channel_unknown", "write one of portal, hotline", "改成 portal, hotline"),
    ("#,x,x,,月亮镇,,,,", "area_unknown", "write its code or full name", "写区划代码或全称"),
    ("#,x,x,,500118999,,,,", "area_unknown", "there is no area 500118999 in 500118", "500118 没有区域"),
    ("#,x,x,,500119001,,,,", "area_outside_district", "import the row into its own district", "--district"),
    ("#,x,x,,,121.47,31.23,,", "point_outside_municipality", "check it and its datum", "检查坐标和坐标系"),
    ("#,x,x,,,2.35,48.85,,", "point_out_of_range", "does not lie in China", "不在中国境内"),
    ("#,x,x,,,29.3,105.9,,", "point_swapped", "exchange the two cells", "对调两格"),
    ("#,x,x,,,105.9,,,", "point_incomplete", "add the other", "补上另一个"),
    ("#,x,x,,,东经,北纬,,", "point_unreadable", "write decimal degrees", "写十进制度数"),
    ("#,x,x,,,nan,inf,,", "point_unreadable", "write decimal degrees", "写十进制度数"),
    ("#,x,x,,,,,2062-11-16 10:00,", "date_in_future", "check the year and the time zone", "检查年份和时区"),
    ("#,x,x,,,,,2026-02-30 10:00,", "date_impossible", "correct the day", "改正日期"),
    ("#,x,x,,,,,上周,", "date_unreadable", "write it as 2026-11-23", "写成 2026-11-23"),
    ("#,x,x,,,,,,某单位", "complaint_target_unknown", "a unit's id, full name or type", "写单位编号"),
    ("#,x,x,,,", "wrong_cell_count", "6 cells, but the first row names 9", "6 cells"),
    ("#,x,x,,,,,,,,,", "wrong_cell_count", "12 cells, but the first row names 9", "12 cells"),
]
"""Row (``#`` stands for a number of its own), code, remedy in English and in Chinese."""


def test_every_bad_row_is_named_with_its_remedy_in_both_languages_and_nothing_else_is_lost(
    take: Take, write: Write, boundaries: None
) -> None:
    rows = [row.replace("#", f"B{n}") for n, (row, *_) in enumerate(BAD_ROWS)]
    path = write([GOOD, *rows, GOOD.replace("W1", "W3")])
    done, chinese = take(path), take(path, lang="zh-hans")
    assert (done.read, done.new, chinese.new, chinese.already) == (len(rows) + 2, 2, 0, 2)
    assert words_of("W3") == ["路灯不亮", "路口的路灯三天不亮"]
    given_back = lines_of(chinese.error_file)
    for n, (row, (_, code, remedy, in_chinese)) in enumerate(zip(rows, BAD_ROWS, strict=True)):
        assert (done.bad[n].line, done.bad[n].code) == (n + 3, code)
        assert remedy in done.bad[n].reason
        assert in_chinese in chinese.bad[n].reason
        assert given_back[n]["linli_line"] == str(n + 3)
        assert given_back[n]["linli_reason"] == chinese.bad[n].reason
        cells = [text for name, text in given_back[n].items() if name and not name.startswith("linli")]
        assert cells[:3] == row.replace("\0", "").split(",")[:3]


def test_reasons_repeat_no_long_cell_since_it_may_be_what_somebody_wrote(take: Take, write: Write) -> None:
    secret = "我家住在某某小区三栋二单元一零一号我的隐私我的隐私我的隐私我的隐私"
    done = take(write([f"W1,x,x,,{secret},,,,", f"W2,x,x,{secret},,,,,", f"W3,x,x,,,,,{secret},"]))
    assert len(done.bad) == 3
    assert not [bad for bad in done.bad if secret in bad.reason]


def test_a_name_that_two_areas_have_asks_which(take: Take, write: Write, place: Place, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text(
        f"code,parent_code,level,name\n{TOWN}009,{TOWN},5,和平社区\n500118002009,500118002,5,和平社区\n", "utf-8"
    )
    directory.import_areas(more, now=place.now)
    directory.set_up_district(DISTRICT, now=place.now)
    header = "编号,内容,镇街,社区"
    done = take(write(["1,x,,和平社区", "2,x,中山路街道,和平社区", "3,x,胜利路街道,乙社区"], header=header))
    assert [(bad.line, bad.code) for bad in done.bad] == [(2, "area_ambiguous"), (4, "area_contradicts")]
    assert f"{TOWN}009 (中山路街道和平社区), 500118002009 (胜利路街道和平社区)" in done.bad[0].reason
    assert "乙社区 does not lie in 胜利路街道" in done.bad[1].reason
    assert place.state(case_of("2")).place.area == f"{TOWN}009"


@pytest.mark.parametrize(
    ("words", "area"),
    [
        (COMMUNITY, COMMUNITY), ("甲社区", COMMUNITY), ("中山路", TOWN), ("中山路街道", TOWN), ("永川区", DISTRICT),
        ("重庆市", DISTRICT), ("重庆市永川区胜利路街道丙社区三组", FAR), ("", DISTRICT),
    ],
)  # fmt: skip
def test_areas_are_found_by_code_name_short_name_or_address(
    take: Take, write: Write, place: Place, words: str, area: str
) -> None:
    take(write([f"W1,x,x,,{words},,,,"]))
    assert place.state(case_of("W1")).place.area == area


def test_emoji_and_rare_characters_are_kept(take: Take, write: Write) -> None:
    take(write(["W1,😀𠮷,井盖丢了👷🏽‍♀️,,,,,,"]))
    assert words_of("W1") == ["😀𠮷", "井盖丢了👷🏽‍♀️"]


def test_formulas_are_texts_and_the_file_of_refused_rows_runs_none(take: Take, write: Write) -> None:
    cells = ['=HYPERLINK("http://x")', "+86 打不通", "-1 楼", "@某人", "'=1+1"]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    good = [f"G{n},题,{cell},,,,,," for n, cell in enumerate(quoted)]
    bad = [f"B{n},题,{cell},信鸽,,,,," for n, cell in enumerate(quoted)]
    done = take(write([*good, *bad]))
    assert [words_of(f"G{n}")[1] for n in range(len(cells))] == cells
    assert done.error_file is not None
    with done.error_file.open(encoding="utf-8-sig", newline="") as file:
        raw = list(csv.reader(file))
    assert not [cell for row in raw for cell in row if cell[:1] in ("=", "+", "-", "@")]
    corrected = done.error_file.read_text("utf-8-sig").replace("信鸽", "电话")
    done.error_file.write_text(corrected, "utf-8-sig")
    assert take(done.error_file).new == len(cells)
    assert [words_of(f"B{n}")[1] for n in range(len(cells))] == cells


def test_refused_rows_can_be_corrected_and_fed_again_and_nothing_is_doubled(take: Take, write: Write) -> None:
    path = write([GOOD, "W2,井盖,井盖丢了,,月亮镇,,,,", 'W3,"多行\n标题","他说：""急""，\n快来",,,,,2026-02-30,'])
    first = take(path)
    assert (first.new, [bad.line for bad in first.bad]) == (1, [3, 4])
    errors = first.error_file
    assert errors is not None
    assert errors.name == "hotline.errors.csv"
    text = errors.read_text("utf-8-sig").replace("月亮镇,", "乙社区,").replace("2026-02-30", "2026-02-28")
    errors.write_text(text, "utf-8-sig")
    second = take(errors)
    assert (second.source, second.new, second.bad) == ("hotline", 2, [])
    assert words_of("W3") == ["多行\n标题", '他说："急"，\n快来']
    whole = take(path)
    assert (whole.new, whole.already, len(whole.bad)) == (0, 1, 2)
    assert whole.error_file == errors
    assert errors.with_name("hotline.errors-1.csv").read_text("utf-8-sig") == text


def test_refused_ndjson_rows_can_be_corrected_and_fed_again(take: Take, write: Write) -> None:
    rows = [{"编号": "1", "内容": "好"}, {"编号": "2", "内容": "x", "时间": "2026-02-30"}]
    done = take(write("\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode(), "h.ndjson"))
    assert (done.new, done.bad[0].line, done.error_file and done.error_file.name) == (1, 2, "h.errors.ndjson")
    assert done.error_file is not None
    done.error_file.write_text(done.error_file.read_text("utf-8").replace("02-30", "02-28"), "utf-8")
    assert take(done.error_file).new == 1


def test_refused_rows_go_where_they_are_wanted(take: Take, write: Write, tmp_path: Path) -> None:
    wanted = tmp_path / "back.csv"
    wanted.write_text("keep me", "utf-8")
    done = take(write(["W2,,,,,,,,"]), errors=wanted)
    assert done.error_file == wanted
    assert len(lines_of(wanted)) == 1
    assert (tmp_path / "back-1.csv").read_text("utf-8") == "keep me"


def test_a_very_long_line_is_refused_alone(take: Take, write: Write) -> None:
    done = take(write([GOOD, "W2,x," + "长" * (9 * 1024 * 1024) + ",,,,,,", GOOD.replace("W1", "W3")]))
    assert (done.new, [(bad.line, bad.code) for bad in done.bad]) == (2, [(3, "bad_csv")])


def test_a_point_in_another_datum_is_converted_and_judged(take: Take, write: Write, boundaries: None) -> None:
    columns = ColumnMap({"detail": ("内容",), "lon": ("x",), "lat": ("y",)}, datum=Datum.BD09)
    inside = point_to_wgs84(105.9, 29.3, Datum.BD09)
    assert inside != (105.9, 29.3)
    assert take(write(["路灯,105.9,29.3"], header="内容,x,y"), columns=columns).new == 1


def test_nought_nought_means_that_nobody_knows_the_place(take: Take, write: Write, boundaries: None) -> None:
    assert take(write(["W1,x,x,,,0,0.000,,"])).new == 1


# --- demonstrations


def test_a_demonstration_borrows_places_and_times_the_same_every_time_and_says_so(
    take: Take, write: Write, place: Place
) -> None:
    rows = [f"W{n},题,事情{n},,,,,2015-01-01," for n in range(60)]
    done = take(write(rows), spread_areas=True, spread_days=10)
    assert done.new == 60
    found = {n: place.state(case_of(f"W{n}")) for n in range(60)}
    assert len({state.place.area for state in found.values()}) == 3
    assert all(place.now > state.opened_at for state in found.values())
    assert len({state.opened_at.date() for state in found.values()}) >= 8
    report = queries.reports_of(DISTRICT, found[0].id)[0]
    assert (report.origin, report.said_at) == ("demo-borrowed", datetime(2014, 12, 31, 16, tzinfo=UTC))
    take(write(rows, "again.csv"), source="hotline", spread_areas=True, spread_days=10)
    take(write(rows), source="other", spread_areas=True, spread_days=10)
    assert place.state(case_of("W7", "other")).opened_at != found[7].opened_at


def test_a_demonstration_lets_a_share_come_in_the_last_hours(take: Take, write: Write, place: Place) -> None:
    take(write([f"W{n},题,事情{n},,,,,2015-01-01," for n in range(60)]), spread_days=10, spread_fresh=0.8)
    ages = [place.now - place.state(case_of(f"W{n}")).opened_at for n in range(60)]
    assert 40 <= sum(age < timedelta(hours=3) for age in ages) <= 55
    assert max(ages) > timedelta(days=2)


def test_a_demonstration_keeps_a_place_that_the_row_names(take: Take, write: Write, place: Place) -> None:
    take(write(["W1,题,事情,,丙社区,,,,"]), spread_areas=True)
    case = case_of("W1")
    assert (place.state(case).place.area, queries.reports_of(DISTRICT, case)[0].origin) == (FAR, "")
