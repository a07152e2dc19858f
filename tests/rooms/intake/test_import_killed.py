"""Imports that are killed, raced or run side by side: nothing lost, nothing doubled, nothing orphaned."""

import os
import random
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from linli.core.numbers import case_number
from linli.intake import actions as intake
from linli.intake.actions import bulk_writing
from linli.intake.actions.bulk_forming import Asked, Ready, form
from linli.intake.models import ImportRun
from linli.intake.report import Report
from linli.site import embedded
from tests.rooms.conftest import COMMUNITY, DISTRICT, DIVISIONS, Place

ROWS = 5200
KILLS = int(os.environ.get("LINLI_KILLS", "6"))
"""How many times the import is killed; more for a long night's run."""
ORPHANS = """
    SELECT (SELECT count(*) FROM intake_report),
           (SELECT count(*) FROM cases_case),
           (SELECT count(*) FROM ledger_entry WHERE stream_kind = 'case'),
           (SELECT count(*) FROM ledger_outgoing WHERE stream_kind = 'case'),
           (SELECT count(*) / 2 FROM vault_item),
           (SELECT count(*) FROM intake_report r
              JOIN cases_case c ON c.id = r.case_id AND c.district_id = r.district_id
              JOIN ledger_entry e ON e.stream_id = c.id AND e.seq = 1
              JOIN vault_item v ON v.id = c.title_item AND v.case_id = c.id)
"""
"""Reports, cases, entries, outgoing rows, pairs of vault items, reports that have all of them: six equal numbers."""


def test_a_number_that_somebody_else_took_meanwhile_leaves_no_orphan(place: Place) -> None:
    reports = [
        Report(DISTRICT, "hotline", "路灯不亮", area=COMMUNITY, source="hotline", source_number=n) for n in ("1", "2")
    ]
    asked = [Asked(r, case_number("118", n), place.now) for n, r in enumerate(reports, 9_000_000)]
    chunk = [made for made in form(asked, place.policy, understand=False) if isinstance(made, Ready)]
    intake.submit(reports[0], now=place.now)
    run = ImportRun.objects.create(digest="d", district_id=DISTRICT, source="hotline", started_at=place.now)
    with transaction.atomic():
        assert bulk_writing.write(chunk, run=run, rows_done=2) == 1
    with connection.cursor() as cursor:
        cursor.execute(ORPHANS)
        assert set(cursor.fetchone()) == {2}
    run.refresh_from_db()
    assert (run.rows_done, run.cases_made) == (2, 1)


# --- real processes


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of a database of its own, with the small district in it, on the server that the tests run on."""
    if settings.EMBEDDED:
        embedded.ensure(settings.DATA)
    name = f"linli_import_{secrets.token_hex(4)}"
    owner = settings.DATABASE_OWNER_URL
    _on(owner, "CREATE DATABASE {}", name)
    keys = ("LINLI_SECRET_KEY", "LINLI_VAULT_KEY", "LINLI_CODE_KEY")
    url = make_conninfo(**(conninfo_to_dict(owner) | {"dbname": name}))
    environment = (
        os.environ | {key: secrets.token_hex(32) for key in keys} | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url}
    )
    environment["LINLI_DATA"] = str(tmp_path_factory.mktemp("data"))
    divisions = tmp_path_factory.mktemp("files") / "divisions.csv"
    divisions.write_text(DIVISIONS, "utf-8")
    try:
        for words in (
            ("migrate", "--quiet"), ("import", "areas", str(divisions)), ("district", "new", DISTRICT),
            ("import", "matters", "--publish"),
        ):  # fmt: skip
            subprocess.run(_command(*words), env=environment, check=True, capture_output=True)
        yield environment
    finally:
        _on(owner, "DROP DATABASE IF EXISTS {}", name)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "hotline.csv"
    lines = (f"W{n},路灯不亮,第{n}盏路灯不亮了,甲社区,{'2026-02-30' if n % 1000 == 7 else ''}" for n in range(ROWS))
    path.write_text("\n".join(["编号,标题,内容,社区,时间", *lines, ""]), "utf-8")
    return path


BAD = len(range(7, ROWS, 1000))


def _on(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "linli", *words]


def _import(export: Path, source: str, *, helped: bool = False) -> list[str]:
    how = ("--helpers", "2") if helped else ("--no-understanding",)
    return _command("import", "reports", str(export), "--district", DISTRICT, "--source", source, "--lang", "en", *how)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kills it and waits until its helpers have ended too: they hold the other ends of its pipes."""
    process.kill()
    process.communicate(timeout=60)


def _counts(world: Mapping[str, str]) -> set[int]:
    with psycopg.connect(world["DATABASE_URL"]) as server:
        row = server.execute(ORPHANS).fetchone()
    assert row is not None
    return set(row)


@pytest.mark.slow
def test_an_import_killed_at_any_moment_goes_on_and_loses_and_doubles_nothing(
    world: Mapping[str, str], export: Path
) -> None:
    chance = random.Random(20261123)
    before = max(_counts(world))
    made = before
    for turn in range(KILLS):
        words = _import(export, "killed", helped=turn % 2 == 1)
        process = subprocess.Popen(words, env=world, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            process.communicate(timeout=chance.uniform(0.5, 3.0) * (1 + turn % 2))
        except subprocess.TimeoutExpired:
            _kill(process)
        counts = _counts(world)
        assert len(counts) == 1, counts
        assert max(counts) >= made
        made = max(counts)
    last = subprocess.run(_import(export, "killed"), env=world, capture_output=True, text=True, check=False)
    assert f"{ROWS:,} rows read" in last.stdout, last.stderr
    assert f"{BAD} refused" in last.stdout
    assert _counts(world) == {before + ROWS - BAD}
    errors = export.with_name("hotline.errors.csv").read_text("utf-8-sig").splitlines()
    assert len(errors) == BAD + 1
    again = subprocess.run(_import(export, "killed"), env=world, capture_output=True, text=True, check=False)
    assert f"0 new cases, {ROWS - BAD:,} in already, {BAD} refused" in again.stdout
    for words in (("replay", "--check"), ("ledger", "verify")):
        done = subprocess.run(_command(*words), env=world, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_helpers_form_the_same_cases(world: Mapping[str, str], export: Path) -> None:
    before = max(_counts(world))
    done = subprocess.run(
        _import(export, "helped", helped=True), env=world, capture_output=True, text=True, check=False
    )
    assert f"{ROWS - BAD:,} new cases, 0 in already, {BAD} refused" in done.stdout, done.stderr
    assert _counts(world) == {before + ROWS - BAD}
    with psycopg.connect(world["DATABASE_URL"]) as server:
        alike = server.execute(
            "SELECT count(DISTINCT (step, owner, urgency, town_id, community_id)), count(*) FROM cases_case c "
            "JOIN intake_report r ON r.case_id = c.id WHERE r.source = 'helped'"
        ).fetchone()
    assert alike == (1, ROWS - BAD)


@pytest.mark.slow
def test_two_imports_of_one_file_at_the_same_time_double_nothing(world: Mapping[str, str], export: Path) -> None:
    before = max(_counts(world))
    both = [
        subprocess.Popen(_import(export, "twice"), env=world, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    assert all(f"{ROWS:,} rows read" in out for out, _ in said), said
    assert _counts(world) == {before + ROWS - BAD}
