"""The verbs ``linli import``, ``linli district`` and ``linli check``: what they say and the status they end with."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linli.directory.models import Area, Boundary, Unit
from linli.site.cli import linli

Write = Callable[..., Path]
Run = Callable[..., Result]
pytestmark = pytest.mark.django_db
SQUARE = '{"type":"Polygon","coordinates":[[[105.8,29.2],[106,29.2],[106,29.4],[105.8,29.4],[105.8,29.2]]]}'
GEOJSON = f'{{"type":"Feature","properties":{{"code":"500118"}},"geometry":{SQUARE}}}'.encode()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    for module in ("importing", "district", "check"):
        # Django and its test database run already; starting the site's own would be another database.
        monkeypatch.setattr(f"linli.site.cli.{module}.with_django", lambda: None)
    return lambda *words: CliRunner().invoke(linli, [str(word) for word in words])


def test_a_good_file_ends_with_0_and_a_bad_row_with_1_naming_row_reason_and_remedy(
    run: Run, write: Write, small_rows: list[str]
) -> None:
    good = run("import", "areas", write(small_rows))
    assert good.exit_code == 0
    assert "8 are new, 0 changed, 0 unchanged, 0 refused" in good.output
    bad = run("import", "areas", write([*small_rows, "500199001,500199,4,无主"], "bad.csv"))
    assert bad.exit_code == 1
    assert "row 10:" in bad.output
    assert "add or correct the row of 500199" in bad.output
    assert "bad.errors.csv: correct them there and import that file" in bad.output
    assert "8 unchanged, 1 refused" in bad.output


def test_a_dry_run_writes_nothing(run: Run, write: Write, small_rows: list[str]) -> None:
    result = run("import", "areas", "--dry-run", write(small_rows))
    assert "8 would be new" in result.output
    assert not Area.objects.exists()


def test_progress_is_shown(run: Run, write: Write, small_rows: list[str]) -> None:
    assert "8 of 8 rows" in run("import", "areas", write(small_rows)).stderr


def test_a_file_that_cannot_be_read_is_one_line_with_the_remedy(run: Run, write: Write, tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", write(b""), write(b"PK\x03\x04broken", "x.xlsx")):
        for verb in ("areas", "units", "staff", "matters"):
            result = run("import", verb, path)
            assert (result.exit_code, result.output.count("\n")) == (1, 1), result.output
            assert result.output.startswith("Error: ")


def test_a_boundary_file_needs_its_datum(run: Run, write: Write, small_rows: list[str]) -> None:
    run("import", "areas", write(small_rows))
    path = write(GEOJSON, "b.geojson")
    asked = run("import", "areas", path)
    assert (asked.exit_code, "--datum gcj02" in asked.output) == (2, True)
    assert run("import", "areas", "--datum", "wgs84", path).exit_code == 0
    assert Boundary.objects.get().datum == "wgs84"


def test_a_district_from_nothing_to_checked(run: Run, write: Write, small_rows: list[str]) -> None:
    missing = run("district", "new", "500118")
    assert (missing.exit_code, "linli import areas" in missing.output) == (1, True)
    assert (run("check").exit_code, "linli district new" in run("check").output) == (1, True)
    run("import", "areas", write(small_rows))
    assert "2 towns, 3 communities" in run("district", "new", "500118").output
    assert "永川区  Yongchuan District" in run("district", "list").output
    unpublished = run("check")
    assert (unpublished.exit_code, "linli import matters --publish" in unpublished.output) == (1, True)
    assert "Nothing is in force" in run("import", "matters").output
    assert "is now in force" in run("import", "matters", "--publish").output
    assert "is already in force" in run("import", "matters", "--publish").output
    checked = run("check", "--district", "500118", "--all")
    assert (checked.exit_code, "0 errors" in checked.output) == (0, True), checked.output
    Unit.objects.filter(id="500118001.sanitation_office").delete()
    run("import", "units", write(["park_office,500118001,公园"], "u.csv", "type,area,name_zh\n"))
    broken = run("check")
    assert (broken.exit_code, "route_hole  CM-006" in broken.output) == (1, True), broken.output


def test_an_unknown_profile_publishes_nothing(run: Run) -> None:
    result = run("import", "matters", "--publish", "--profile", "fast")
    assert (result.exit_code, "default, sc2025" in result.output) == (1, True)


def test_outlines_are_invented_only_on_request(run: Run, write: Write, small_rows: list[str]) -> None:
    run("import", "areas", write(small_rows))
    run("district", "new", "500118")
    assert run("district", "outline", "500118").exit_code == 2
    path = write(GEOJSON, "b.geojson")
    assert run("district", "outline", "500118", "--invent", "--outline", path).exit_code == 2
    result = run("district", "outline", "500118", "--invent", "--outline", path, "--datum", "wgs84")
    assert (result.exit_code, "in the outline imported" in result.output) == (0, True)
    assert Boundary.objects.get(area_code="500118").invented is False
    assert Boundary.objects.get(area_code="500118001").invented is True


def test_a_template_of_ones_own_may_be_given(run: Run, write: Write, small_rows: list[str]) -> None:
    run("import", "areas", write(small_rows))
    result = run("district", "new", "500118", "--template", write(b"template: x", "t.yaml"))
    assert (result.exit_code, "standard.yaml" in result.output) == (1, True)


def test_the_page_for_it_officers_names_the_verbs_that_set_a_district_up(
    run: Run, write: Write, small_rows: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(small_rows)
    (tmp_path / "matters.csv").write_bytes((files("linli.catalogue") / "data" / "matters.csv").read_bytes())
    write(GEOJSON, "boundaries.geojson")
    write(["park_office,500118001,公园"], "units.csv", "type,area,name_zh\n")
    write(["wang,王芳,500118001001.community_station.desk_clerk"], "staff.csv", "username,name,post\n")
    roster = "500118001001.community_station,2099-01-05,08:30,17:30,wang"
    write([roster], "rosters.csv", "unit,date,from,until,username\n")
    page = (Path(__file__).parents[3] / "docs" / "howto" / "it-officer.md").read_text("utf-8")
    begun = [line for line in page.partition("```sh\n")[2].partition("```")[0].splitlines() if line]
    assert begun.pop(0) == "./run linli migrate"
    for line in begun:
        done = run(*line.removeprefix("./run linli ").split())
        assert done.exit_code == 0, (line, done.output)
