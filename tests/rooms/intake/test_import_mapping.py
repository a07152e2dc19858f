"""Which column is which part of a report: guessed from headers, or said in a small YAML file."""

from pathlib import Path

import pytest

from linli.directory.datum import Datum
from linli.intake import mapping
from linli.intake.mapping import ColumnMap, MappingError


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "ours.yaml"


def told(header: str) -> dict[str, tuple[str, ...]]:
    return dict(mapping.guess(header.split(",")).columns)


def test_common_chinese_headers_are_understood() -> None:
    assert told("工单编号,标题,诉求内容,诉求渠道,镇街,村社区,诉求地址,经度,纬度,来电时间,联系电话") == {
        "source_number": ("工单编号",),
        "title": ("标题",),
        "detail": ("诉求内容",),
        "channel": ("诉求渠道",),
        "area": ("镇街", "村社区"),
        "place": ("诉求地址",),
        "lon": ("经度",),
        "lat": ("纬度",),
        "said_at": ("来电时间",),
        "contact": ("联系电话",),
    }


def test_common_english_headers_are_understood_however_they_are_written() -> None:
    found = told("Message-ID,TITLE,Description,Posted At,Area Code")
    assert found["source_number"] == ("Message-ID",)
    assert found["detail"] == ("Description",)
    assert found["said_at"] == ("Posted At",)
    assert found["area"] == ("Area Code",)


def test_one_coordinate_alone_is_not_guessed_to_be_a_point() -> None:
    assert "lon" not in told("内容,经度")


def test_a_file_without_any_text_column_is_refused_with_the_way_out() -> None:
    with pytest.raises(MappingError, match=r"names 姓名, 年龄.*detail: COLUMN.*--mapping"):
        mapping.guess(["姓名", "年龄"])


@pytest.mark.parametrize("name", mapping.samples())
def test_every_shipped_mapping_can_be_used(name: str) -> None:
    assert "detail" in mapping.sample(name).columns


def test_the_shipped_hotline_mapping_says_what_words_mean() -> None:
    columns = mapping.sample("hotline-12345")
    cells = {"工单编号": "W1", "诉求渠道": "来访", "诉求人": "某某", "联系电话": "1", "镇街": "甲镇", "村社区": ""}
    assert columns.parts(cells) == {"channel": "walk_in", "source_number": "W1", "contact": "某某 1"}
    assert columns.area_words(cells) == ("甲镇",)
    assert columns.datum is Datum.GCJ02


def test_a_mapping_file_in_gbk_is_read(written: Path) -> None:
    written.write_bytes("columns:\n  detail: 诉求内容\n  title: 标题\n".encode("gb18030"))
    assert mapping.load(written).columns["detail"] == ("诉求内容",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("columns: [detail]", "must have 'columns:'"),
        ("just words", "must have 'columns:'"),
        ("columns: {detail: 内容}\ncolour: red", "unknown key: colour; known: columns, datum"),
        ("columns: {body: 内容}", "unknown part of a report under columns: body; known: area, channel"),
        ("columns: {detail: ''}", "'detail' is empty; name a column"),
        ("columns: {detail: 内容}\ndatum: wgs72", "unknown datum wgs72; known: wgs84, gcj02, bd09"),
        ("columns: {detail: 内容}\nsaid_at: {zone: Mars/Base}", "no time zone Mars/Base; write one such as"),
        ("columns: {detail: 内容}\nsaid_at: {format: '%Q'}", "'%Q' is no format of a time"),
        ("columns: {detail: 内容}\nvalues: {channel: 电话}", "'values: channel' must hold lines"),
        ("columns: {detail: 内容}\ndefaults: {contact: 某}", "unknown part under defaults: contact"),
        ("columns: {detail: [", "is no YAML"),
    ],
)
def test_a_wrong_mapping_file_is_refused_naming_the_place(written: Path, text: str, words: str) -> None:
    written.write_text(text, "utf-8")
    with pytest.raises(MappingError, match=r"ours\.yaml") as refused:
        mapping.load(written)
    assert words in str(refused.value)


def test_a_missing_mapping_file_names_the_shipped_ones(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="hotline-12345"):
        mapping.load(tmp_path / "absent.yaml")


def test_a_mapping_that_names_a_column_the_file_has_not_is_refused() -> None:
    columns = ColumnMap({"detail": ("内容",), "place": ("地址",)})
    with pytest.raises(MappingError, match=r"no column 地址; its first row names: 内容, 时间"):
        mapping.fit(columns, ["内容", "时间"], "x.csv")


def test_columns_that_fill_nothing_are_named() -> None:
    assert mapping.unused(ColumnMap({"detail": ("内容",)}), ["内容", "满意度", ""]) == ["满意度"]
