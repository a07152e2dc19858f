"""``linli import matters``: one lead per matter, limits of the law kept, guards respected."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from io import StringIO
from pathlib import Path

import pytest

from linli.catalogue import actions, asked_files, queries
from linli.catalogue.models import CatalogueVersion
from linli.core.calendar import Limit
from linli.core.policy import Guard, Urgency
from linli.core.territory import AreaKind
from linli.directory.encoding import UnreadableFileError

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SHIPPED = (files("linli.catalogue") / "data" / "matters.csv").read_text("utf-8")
Change = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> Change:
    """The package's file with one row changed: ``file("SL-001", handle_limit="1d")``; ``keep`` leaves out others."""

    def written(code: str = "", keep: tuple[str, ...] = (), /, **changes: str) -> Path:
        rows = list(csv.DictReader(StringIO(SHIPPED)))
        if keep:
            rows = [row for row in rows if row["code"] in keep]
        for row in rows:
            if row["code"] == code:
                row.update(changes)
        path = tmp_path / "matters.csv"
        with path.open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    return written


def test_every_matter_of_the_package_is_sound_and_the_second_run_changes_nothing() -> None:
    first = actions.import_matters(None, now=NOW)
    assert (first.read, first.new, first.bad) == (83, 83, [])
    second = actions.import_matters(None, now=NOW)
    assert (second.new, second.changed, second.unchanged) == (0, 0, 83)


def test_the_package_ships_the_file_that_was_agreed(shared_data: Path) -> None:
    assert (shared_data / "matters.csv").read_text("utf-8") == SHIPPED


def test_a_matter_keeps_every_column() -> None:
    actions.import_matters(None, now=NOW)
    number = queries.draft_number()
    assert number is not None
    matter = queries.matters(number)["SL-012"]
    assert (matter.lead_unit_type, matter.co_unit_types) == (
        "natural_resources",
        ("town_emergency_office", "grid_team"),
    )
    assert (matter.urgency, matter.normal_level) == (Urgency.EMERGENCY, AreaKind.COMMUNITY)
    assert (matter.accept_limit, matter.handle_limit) == (Limit.parse("0.5h"), Limit.parse("24h"))
    assert queries.matters(number)["PL-002"].guards == {
        Guard.TRANSFER_ONLY, Guard.COMPLAINT, Guard.CONFIDENTIAL_REPORTER,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "changes", "problem", "words"),
    [
        ("SL-001", {"lead_unit_type": "grid_team;community_station"}, "one_lead", "exactly one lead"),
        ("SL-001", {"lead_unit_type": ""}, "one_lead", "exactly one lead"),
        ("SL-001", {"co_unit_types": "peoples_mediation_committee"}, "lead_is_co_handler", "take it out"),
        ("SV-011", {"co_unit_types": "education"}, "lead_is_co_handler", "take it out"),
        ("SL-001", {"co_unit_types": "grid_team;grid_team"}, "co_handler_twice", "keep one"),
        ("CM-006", {"lead_unit_type": "sanitation_offise"}, "unknown_unit_type", "did you mean sanitation_office"),
        ("CM-006", {"lead_unit_type": "responsible_unit"}, "lead_is_open", "nobody answers"),
        ("SL-021", {"lead_unit_type": "community_station"}, "lead_below_level", "routing goes upwards"),
        ("CM-006", {"guard": "be_kind"}, "unknown_guard", "complaint_guard"),
        ("CM-006", {"urgency_default": "soon"}, "unknown_urgency_default", "extended, standard"),
        ("CM-006", {"handle_limit": "4 days"}, "wrong_handle_limit", "for example 5wd"),
        ("CM-006", {"accept_limit": "0h"}, "wrong_accept_limit", "above zero"),
        ("CM-006", {"normal_level": "street"}, "unknown_normal_level", "district, town"),
        ("CM-006", {"platform": "XX"}, "unknown_platform", "PL, EE, SL, SV"),
        ("CM-006", {"case_kinds": "rumour"}, "unknown_case_kinds", "consult, help"),
        ("CM-006", {"limit_source": "guess"}, "unknown_limit_source", "statute"),
        ("CM-006", {"sensitivity": "very"}, "unknown_sensitivity", "none, basic"),
        ("CM-006", {"code": "CM6"}, "wrong_code", "SL-001"),
        ("CM-006", {"name_en": ""}, "wrong_name", "name_en"),
        ("CM-006", {"code": "CM-005"}, "duplicate_code", "keep one row"),
        ("SL-021", {"handle_limit": "5d"}, "statute_changed", "put them back"),
        ("SL-021", {"handle_limit": "10d"}, "statute_changed", "put them back"),
        ("SL-021", {"limit_source": "project_default"}, "statute_changed", "put them back"),
        ("CM-006", {"limit_source": "statute", "legal_basis": ""}, "no_legal_basis", "law and paragraph"),
        ("SL-002", {"guard": "victim_safety"}, "guard_consent", "consent_required"),
        ("SL-007", {"sensitivity": "basic"}, "guard_sensitivity", "sensitive"),
        ("SL-014", {"accept_limit": "1wd"}, "emergency_hours", "clock hours"),
        ("CM-006", {"accept_limit": "5wh"}, "accept_after_handle", "longer than"),
        ("SL-011", {"sensitivity": "sensitive"}, "company_sensitive", "name a public unit"),
        ("SV-014", {"guard": "complaint_guard"}, "company_sensitive", "name a public unit"),
        ("CM-006", {"name_zh": "重点人员排查"}, "rights_limit", "R1"),
        ("CM-006", {"name_en": "Suspicious person seen"}, "rights_limit", "R8"),
    ],
)
def test_it_refuses_a_bad_matter_with_line_and_reason_and_keeps_the_others(
    file: Change, code: str, changes: dict[str, str], problem: str, words: str
) -> None:
    report = actions.import_matters(file(code, **changes), now=NOW)
    assert [bad.code for bad in report.bad] == [problem]
    assert words in report.bad[0].reason
    assert report.new == 82
    assert report.error_file is not None


def test_a_limit_of_the_law_follows_the_law_that_changed_it(file: Change) -> None:
    report = actions.import_matters(file("SL-021", handle_limit="5d", legal_basis="法律援助法(2027修订)§43"), now=NOW)
    assert report.bad == []


def test_a_published_limit_of_the_law_is_kept_too(file: Change) -> None:
    actions.import_matters(file("CM-006", limit_source="statute", legal_basis="某条例§1"), now=NOW)
    actions.publish(by="operator", at=NOW)
    report = actions.import_matters(
        file("CM-006", limit_source="statute", legal_basis="某条例§1", handle_limit="8wh"), now=NOW
    )
    assert [bad.code for bad in report.bad] == ["statute_changed"]


def test_refused_matters_corrected_in_their_own_file_complete_the_draft(file: Change) -> None:
    report = actions.import_matters(file("CM-006", handle_limit="soon"), now=NOW)
    assert report.error_file is not None
    text = report.error_file.read_text(encoding="utf-8-sig")
    report.error_file.write_text(text.replace(",soon,", ",4wh,"), encoding="utf-8-sig")
    assert actions.import_matters(report.error_file, now=NOW).new == 1
    with_questions = len(asked_files.shipped())
    last = actions.import_matters(None, now=NOW)
    assert (last.changed, last.unchanged) == (with_questions, 83 - with_questions), (
        "a table of matters has no questions"
    )


def test_a_file_of_some_matters_leaves_the_others_and_says_so(file: Change) -> None:
    actions.import_matters(None, now=NOW)
    report = actions.import_matters(file("", ("CM-005", "CM-006")), now=NOW)
    assert report.unchanged == 2
    assert "81 matters are not in the file" in report.notes[0]


def test_a_dry_run_makes_no_draft(file: Change) -> None:
    report = actions.import_matters(file("CM-006", handle_limit="soon"), now=NOW, dry_run=True)
    assert (report.new, len(report.bad), report.error_file) == (82, 1, None)
    assert not CatalogueVersion.objects.exists()


def test_a_file_without_the_columns_is_refused_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("code,name\nCM-006,x\n")
    with pytest.raises(UnreadableFileError, match="lead_unit_type"):
        actions.import_matters(tmp_path / "m.csv", now=NOW)


def test_a_gbk_export_is_read_and_named(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_bytes(SHIPPED.encode("gb18030"))
    report = actions.import_matters(tmp_path / "m.csv", now=NOW)
    assert report.new == 83
    assert "GBK" in report.notes[0]


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "-2+3", "+7"])
def test_a_name_that_a_spreadsheet_would_run_is_refused(file: Change, name: str) -> None:
    report = actions.import_matters(file("SL-001", name_zh=name), now=NOW)

    assert [bad.code for bad in report.bad] == ["formula"]
