"""Reading tables people send, and giving back the rows that are refused."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.directory.encoding import UnreadableFileError
from linli.directory.tables import BadRow, ErrorFile, Row, Table, defuse, read, restore

Write = Callable[..., Path]


def rows(table: Table) -> list[Row]:
    return [row for row in table if isinstance(row, Row)]


def bad(table: Table) -> list[BadRow]:
    return [row for row in table if isinstance(row, BadRow)]


def give_back(table: Table) -> Path:
    with ErrorFile(table) as errors:
        for row in table:
            errors.add(row if isinstance(row, BadRow) else table.refuse(row, "x", "because"))
    assert errors.path is not None
    return errors.path


def test_it_reads_utf8_with_and_without_a_mark_alike(write: Write) -> None:
    text = "code,name\n500118,永川区 😀\n"
    plain = rows(read(write(text.encode(), "a.csv")))
    marked = rows(read(write(b"\xef\xbb\xbf" + text.encode(), "b.csv")))
    assert plain == marked == [Row(2, {"code": "500118", "name": "永川区 😀"})]


def test_it_reads_gbk_and_says_so(write: Write) -> None:
    table = read(write("code,name\n500118,永川区中山路街道办事处\n".encode("gbk")))
    assert rows(table)[0].cells["name"] == "永川区中山路街道办事处"
    assert "GBK" in table.notes[0]


def test_it_reads_utf16_of_spreadsheet_programs(write: Write) -> None:
    table = read(write("code\tname\n500118\t永川区\n".encode("utf-16")))
    assert rows(table)[0].cells == {"code": "500118", "name": "永川区"}


@pytest.mark.parametrize(
    ("content", "code", "remedy"),
    [
        (b"", "empty_file", "export it again"),
        (b"\xef\xbb\xbf \r\n", "empty_file", "export it again"),
        ("名稱,地址\n永川區,中山路街道辦事處便民服務中心\n".encode("big5"), "wrong_encoding", "CSV UTF-8"),
        ("nom,lieu\nécole,forêt à côté\n".encode("latin-1"), "wrong_encoding", "CSV UTF-8"),
        ("code,name\n500118,永川区\n".encode("utf-16-le"), "nul_bytes", "CSV UTF-8"),
        (b"PK\x03\x04 this is no workbook", "broken_workbook", "save it again"),
        (b"\xd0\xcf\x11\xe0 neither is this", "broken_workbook", "save it again"),
        (b"code,code\n1,2\n", "bad_header", "rename one"),
        (b"nothing,useful\n1,2\n", "bad_header", "Name the columns"),
        (b" , ,\n1,2,3\n", "bad_header", "name the columns"),
    ],
)
def test_it_refuses_a_file_it_cannot_read_and_says_what_to_do(
    write: Write, content: bytes, code: str, remedy: str
) -> None:
    with pytest.raises(UnreadableFileError, match=remedy) as caught:
        read(write(content), required=("code",))
    assert caught.value.code == code


def test_it_says_when_there_is_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="no file"):
        read(tmp_path / "absent.csv")


def test_it_refuses_only_the_row_that_holds_a_nul_byte_and_gives_it_back_without(write: Write) -> None:
    table = read(write(b"code,name\n1,a\n2,b\x00c\n3,d\n"))
    assert [row.line for row in rows(table)] == [2, 4]
    assert [(row.line, row.code) for row in bad(table)] == [(3, "nul_byte")]
    with ErrorFile(table) as errors:
        errors.add(bad(table)[0])
    assert errors.path is not None
    assert rows(read(errors.path))[0].cells == {"code": "2", "name": "bc"}


def test_it_refuses_only_the_row_whose_bytes_are_broken(write: Write) -> None:
    good = "".join(f"{n},永川区中山路街道第{n}号\n" for n in range(200)).encode()
    table = read(write(b"code,name\n" + good + b"x,\xe6\xb0\n"))
    assert len(rows(table)) == 200
    assert [(row.line, row.code) for row in bad(table)] == [(202, "broken_text")]
    assert "broken bytes" in table.notes[0]


def test_it_refuses_only_the_row_with_too_many_or_too_few_cells(write: Write) -> None:
    table = read(write(b"code,name\n1,a\n2,b,c\n3\n4,d\n"))
    assert [row.line for row in rows(table)] == [2, 5]
    assert [(row.line, row.code) for row in bad(table)] == [(3, "wrong_cell_count"), (4, "wrong_cell_count")]


def test_it_reads_a_cell_of_one_megabyte_and_line_breaks_inside_cells(write: Write) -> None:
    long = "长" * 350_000
    table = read(write(f'code,text\n1,"first\nsecond"\n2,{long}\n3,c\n'.encode()))
    assert [(row.line, len(row.cells["text"])) for row in rows(table)] == [(2, 12), (4, 350_000), (5, 1)]


def test_it_reads_semicolons_and_tabs(write: Write) -> None:
    assert rows(read(write(b"code;name\n1;a\n")))[0].cells == {"code": "1", "name": "a"}
    assert rows(read(write(b"code\tname\n1\ta\n")))[0].cells == {"code": "1", "name": "a"}


def test_it_knows_a_column_by_its_other_names(write: Write) -> None:
    table = read(write("区划代码,name\n1,a\n".encode()), required=("code",), aliases={"区划代码": "code"})
    assert rows(table)[0].cells["code"] == "1"


def test_it_reads_a_workbook_by_content_with_codes_as_codes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [
        ["code", "name", "flag"],
        [500118001, "中山路街道", True],
        [None, None, None],
        ["500118", "永川区", ""],
    ]:
        sheet.append(line)
    book.create_sheet("second")
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.xlsx").rename(tmp_path / "misnamed.csv")
    table = read(tmp_path / "misnamed.csv")
    assert [(row.line, row.cells["code"]) for row in rows(table)] == [(2, "500118001"), (4, "500118")]
    assert rows(table)[0].cells["flag"] == "true"
    assert "only the first sheet" in table.notes[0]


def test_it_refuses_a_workbook_without_rows(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableFileError, match="empty"):
        read(tmp_path / "a.xlsx")


def test_it_reads_json_lines_and_refuses_broken_ones(write: Write) -> None:
    lines = ['{"code": 1, "name": "a"}', '{"code": 2,', "[1]", '{"code": 4, "name": "half \\ud83d"}', '{"code": 5}']
    table = read(write("\n".join(lines).encode(), "a.ndjson"))
    assert [(row.line, row.cells["code"]) for row in rows(table)] == [(1, "1"), (5, "5")]
    assert [(row.line, row.code) for row in bad(table)] == [(2, "bad_json"), (3, "bad_json"), (4, "broken_text")]


def test_refused_json_lines_are_given_back_as_json_lines(write: Write) -> None:
    path = give_back(read(write(b'{"code": 1, "deep": {"a": [1]}}\n{broken\n', "a.ndjson")))
    first, second = path.read_text().splitlines()
    assert json.loads(first) == {"linli_line": 1, "linli_reason": "because", "code": 1, "deep": {"a": [1]}}
    assert second == "{broken"


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1"])
def test_what_a_spreadsheet_would_run_is_quoted_and_comes_back_as_it_was(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"
    assert restore(defuse(cell)) == cell


@given(st.text())
def test_any_text_survives_defusing(text: str) -> None:
    assert restore(defuse(text)) == text
    assert not defuse(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_file_of_refused_rows_can_be_fed_again_and_runs_no_formula(write: Write) -> None:
    table = read(write(b'code,text\n1,=HYPERLINK("x")\n2,"a, ""b"""\n'))
    path = give_back(table)
    assert path.name == "divisions.errors.csv"
    assert "'=HYPERLINK" in path.read_text(encoding="utf-8-sig")
    again = read(path)
    assert again.header == ("code", "text")
    assert [row.cells for row in rows(again)] == [row.cells for row in rows(table)]


def test_an_apostrophe_of_the_sender_stays_outside_files_of_refused_rows(write: Write) -> None:
    assert rows(read(write(b"code,text\n1,'=x\n")))[0].cells["text"] == "'=x"


def test_an_older_file_of_refused_rows_is_kept(write: Write) -> None:
    path = write(b"code\n1\n")
    first = give_back(read(path))
    first.write_text("corrected by hand")
    assert give_back(read(path)) == first
    assert first.with_name("divisions.errors-1.csv").read_text() == "corrected by hand"


def test_without_refused_rows_no_file_is_made(write: Write) -> None:
    with ErrorFile(read(write(b"code\n1\n"))) as errors:
        pass
    assert errors.path is None


def test_beside_a_read_only_file_refused_rows_go_to_the_present_folder(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr("linli.directory.tables.os.access", lambda *_: False)  # root may write everywhere
    assert give_back(read(write(b"code\n1\n"))) == here / "divisions.errors.csv"


def test_a_quotation_mark_left_open_is_named_by_the_line_where_it_opened(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('code,name\n1,"a\nb"\n2,"x\n3,y\n4,z\n', "utf-8")
    good, bad = list(read(path))

    assert isinstance(good, Row)
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.code) == (4, "open_quote")
    assert "opens on line 4 and never closes" in bad.reason


def test_a_quotation_mark_within_a_cell_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('code,name\n1,5" pipe\n2,6" pipe', "utf-8")

    assert [row.cells["name"] for row in read(path) if isinstance(row, Row)] == ['5" pipe', '6" pipe']


def test_rows_refused_of_a_corrected_file_go_to_the_next_number(tmp_path: Path) -> None:
    written = []
    path = tmp_path / "r.csv"
    for _ in range(3):
        path.write_text("code,name\n1,a\n", "utf-8")
        table = read(path)
        with ErrorFile(table) as refused:
            refused.add(BadRow(2, "x", "wrong", ("1", "a")))
        assert refused.path is not None
        path = refused.path
        written.append(path.name)

    assert written == ["r.errors.csv", "r.errors-1.csv", "r.errors-2.csv"]
