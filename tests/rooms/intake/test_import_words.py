"""Why rows were refused, in the reader's language."""

import re
from pathlib import Path

import pytest

import linli
from linli.directory.encoding import Note
from linli.directory.tables import BadRow
from linli.intake.import_words import column_of, reason, remark

PACKAGE = Path(linli.__file__).parent
JUDGES = (
    "directory/tables.py", "directory/divisions.py", "directory/unit_rows.py", "directory/staff_rows.py",
    "directory/outlines.py", "catalogue/matter_rows.py",
)  # fmt: skip
CODES = sorted(
    {
        code
        for file in JUDGES
        for code in re.findall(
            r'(?:RowError\(|yield \(?|lost\[unit\.id\] = \(|refuse\([^"\n]*)\s*"(\w+)"',
            (PACKAGE / file).read_text("utf-8"),
        )
    }
)


@pytest.mark.parametrize("code", [*CODES, "wrong_accept_limit", "unknown_platform", "unknown_case_kinds"])
def test_every_reason_is_said_in_chinese_without_the_english(code: str) -> None:
    said = reason("units", BadRow(2, code, f"{code} is wrong somehow; correct it", ()), "zh-hans")
    assert "somehow" not in said
    assert re.search("[一-鿿]", said)


def test_the_judges_are_read_for_their_codes() -> None:
    assert {"formula", "name_signs", "wrong_type", "circle", "unknown_post", "guard_consent", "no_code"} <= set(CODES)


def test_a_refusal_names_its_column() -> None:
    assert column_of(BadRow(2, "name_signs", "name_zh '<b>' is no name; write it without signs", ())) == "name_zh"
    assert column_of(BadRow(2, "wrong_accept_limit", "accept_limit: no limit", ())) == "accept_limit"
    assert column_of(BadRow(2, "open_quote", "a quote is not closed", ())) == ""


def test_what_is_allowed_stays_in_the_chinese_reason() -> None:
    bad = BadRow(2, "unknown_platform", "platform 'x' is unknown; use one of PL, SL", ())
    assert reason("matters", bad, "zh-hans").endswith("PL, SL")


def test_a_remark_is_english_and_is_worded_in_chinese() -> None:
    note = Note("mobile", "row {line}: {phone} looks like a mobile", line=2, phone="139")
    assert (str(note), remark(note, "en")) == ("row 2: 139 looks like a mobile", "row 2: 139 looks like a mobile")
    assert remark(note, "zh-hans") == "第 2 行：139 像是个人手机号；这里只填单位的值班电话"
    assert remark("a plain one", "zh-hans") == "a plain one"
