"""Uploaded files whose processes are killed at any moment, and worked off by several at once: each row exactly once."""

import random
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest

from tests.rooms.conftest import DISTRICT
from tests.rooms.intake.test_import_killed import BAD, KILLS, ROWS, _command, _counts, _kill, export, world

__all__ = ["export", "world"]

PERSON = f"""
import sys
from linli.site.cli import with_django
with_django()
from django.utils import timezone
from linli.catalogue import queries as catalogue
from linli.core.actor import Actor, ActorKind, PostHeld
from linli.core.territory import Function
from linli.intake import actions, queries_imports
post = PostHeld("p", "u", "{DISTRICT}", frozenset({{Function.ADMINISTER}}))
actor = Actor(ActorKind.PERSON, "7", (post,))
policy = catalogue.policy("{DISTRICT}").version
by = actions.Uploader(actor, "{DISTRICT}", policy, "zh-hans", timezone.now())
"""
UPLOAD = PERSON + "print(actions.begin_import(by, 'reports', sys.argv[2], open(sys.argv[1], 'rb').read()))"
RUN = PERSON + "actions.run_import(by, sys.argv[1], queries_imports.job(actor, by.district, sys.argv[1]).version)"
JOB = "SELECT state, read, new, changed, unchanged, refused FROM intake_importjob WHERE id = %s"


def person(world: Mapping[str, str], script: str, *words: str) -> str:
    """Does something in a process of its own, as a page would."""
    done = subprocess.run([sys.executable, "-c", script, *words], env=world, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def worker(world: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(_command("uploads"), env=world, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def job(world: Mapping[str, str], job_id: str) -> tuple[object, ...]:
    with psycopg.connect(world["DATABASE_URL"]) as server:
        row = server.execute(JOB, [job_id]).fetchone()
    assert row is not None
    return tuple(row)


def uploaded(world: Mapping[str, str], export: Path, name: str) -> str:
    """A file that is checked and asked to be imported; nobody has begun."""
    job_id = person(world, UPLOAD, str(export), name)
    process = worker(world)
    process.communicate(timeout=120)
    assert job(world, job_id) == ("checked", ROWS, ROWS - BAD, 0, 0, BAD)
    person(world, RUN, job_id)
    return job_id


@pytest.mark.slow
def test_an_upload_whose_process_is_killed_goes_on_and_counts_each_row_once(
    world: Mapping[str, str], export: Path
) -> None:
    chance = random.Random(20261125)
    before = max(_counts(world))
    job_id = uploaded(world, export, "killed.csv")
    made = before
    for _ in range(KILLS):
        process = worker(world)
        try:
            process.communicate(timeout=chance.uniform(1.5, 5.0))
        except subprocess.TimeoutExpired:
            _kill(process)
        counts = _counts(world)
        assert len(counts) == 1, counts
        assert max(counts) >= made
        made = max(counts)
        assert job(world, job_id)[2] == made - before
    for _ in range(20):  # the database may still be busy with the last words of the one that was killed
        process = worker(world)
        process.communicate(timeout=120)
        if job(world, job_id)[0] == "done":
            break
        time.sleep(0.5)
    assert job(world, job_id) == ("done", ROWS, ROWS - BAD, 0, 0, BAD)
    assert _counts(world) == {before + ROWS - BAD}
    with psycopg.connect(world["DATABASE_URL"]) as server:
        parts = server.execute("SELECT part FROM intake_importpart WHERE job_id = %s ORDER BY 1", [job_id]).fetchall()
    assert parts == [("errors",), ("mapping",)]
    verified = subprocess.run(_command("ledger", "verify"), env=world, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.slow
def test_two_workers_share_the_uploads_and_double_nothing(world: Mapping[str, str], export: Path) -> None:
    before = max(_counts(world))
    jobs = [uploaded(world, export, name) for name in ("one.csv", "two.csv")]
    both = [worker(world) for _ in range(2)]
    for process in both:
        process.communicate(timeout=240)
    assert [job(world, job_id) for job_id in jobs] == [("done", ROWS, ROWS - BAD, 0, 0, BAD)] * 2
    assert _counts(world) == {before + 2 * (ROWS - BAD)}
