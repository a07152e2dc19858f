"""The verb ``linli import reports``: what it says and the status it ends with."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linli.intake.models import Report
from linli.site.cli import linli
from tests.rooms.conftest import DISTRICT, Place

Run = Callable[..., Result]


@pytest.fixture
def run(place: Place, monkeypatch: pytest.MonkeyPatch) -> Run:
    # Django and its test database run already; starting the site's own would be another database.
    monkeypatch.setattr("linli.site.cli.reports.with_django", lambda: None)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return lambda *words: CliRunner().invoke(linli, ["import", "reports", *map(str, words)])


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "hotline.csv"
    path.write_text("编号,内容,社区\n1,路灯不亮,甲社区\n2,井盖丢了,月亮社区\n", "utf-8")
    return path


def test_it_tells_what_came_in_what_was_refused_and_what_to_do(run: Run, export: Path) -> None:
    done = run(export, "--district", DISTRICT)
    assert done.exit_code == 1
    assert "the headers suggest: 编号 → source_number; 内容 → detail; 社区 → area" in done.output
    assert "2 rows read from the source hotline: 1 new cases, 0 in already, 1 refused" in done.output
    assert "row 3: there is no area 月亮社区 in 500118; write its code or full name" in done.output
    assert "hotline.errors.csv: correct them there and import that file" in done.output
    assert "2 of 2 rows" in done.stderr
    again = run(export, "--district", DISTRICT)
    assert "0 new cases, 1 in already, 1 refused" in again.output


def test_a_good_file_ends_with_0(run: Run, export: Path) -> None:
    export.write_text("内容\n路灯不亮\n", "utf-8")
    assert run(export, "--district", DISTRICT).exit_code == 0


def test_reasons_come_in_the_language_of_the_system(run: Run, export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "写区划代码或全称" in run(export, "--district", DISTRICT, "--dry-run").output
    assert "write its code" in run(export, "--district", DISTRICT, "--dry-run", "--lang", "en").output


def test_a_dry_run_says_so_and_writes_nothing(run: Run, export: Path) -> None:
    assert "1 would be new cases" in run(export, "--district", DISTRICT, "--dry-run").output
    assert not Report.objects.exists()


def test_a_mapping_is_a_file_or_the_name_of_a_shipped_one(run: Run, export: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "ours.yaml"
    mapping.write_text(
        "source: ours\ncolumns: {source_number: 编号, detail: 内容}\ndefaults: {channel: mailbox}", "utf-8"
    )
    assert "the source ours: 2 new cases" in run(export, "--district", DISTRICT, "--mapping", mapping).output
    assert set(Report.objects.values_list("channel", flat=True)) == {"mailbox"}
    shipped = run(export, "--district", DISTRICT, "--mapping", "public-mailbox")
    assert (shipped.exit_code, "no column message_id" in shipped.output) == (1, True)


def test_what_stands_in_the_way_is_one_line_with_the_remedy(run: Run, export: Path, tmp_path: Path) -> None:
    cases = [
        ((tmp_path / "absent.csv", "--district", DISTRICT), "there is no file"),
        ((export, "--district", "500119"), "linli district new 500119"),
        ((export, "--district", DISTRICT, "--mapping", tmp_path / "absent.yaml"), "shipped ones: hotline-12345"),
    ]
    for words, remedy in cases:
        done = run(*words)
        assert (done.exit_code, done.output.count("\n"), remedy in done.output) == (1, 1, True), done.output


@pytest.mark.django_db
def test_before_the_rules_are_published_it_says_which_command_does(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.site.cli.reports.with_django", lambda: None)
    done = CliRunner().invoke(linli, ["import", "reports", str(export), "--district", DISTRICT])
    assert (done.exit_code, "linli import matters --publish" in done.output) == (1, True)


def test_a_demonstration_is_asked_for_in_so_many_words(run: Run, export: Path) -> None:
    export.write_text("编号,内容\n1,路灯不亮\n", "utf-8")
    assert run(export, "--district", DISTRICT, "--spread", "--spread-days", "14").exit_code == 0
    assert Report.objects.get().origin == "demo-borrowed"


def test_it_keeps_words_that_begin_like_a_formula_and_names_their_rows(run: Run, export: Path) -> None:
    export.write_text("编号,内容\n1,=cmd|' /C calc'!A0\n2,路灯不亮\n3,@张三 反映积水\n", "utf-8")
    done = run(export, "--district", DISTRICT)

    assert done.exit_code == 0, done.output
    assert "note: row 2, 4: the words begin like a spreadsheet formula" in done.output
