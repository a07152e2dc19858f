"""Two hundred blows: whatever is killed, whenever, nothing acknowledged is lost and nothing is half done."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
KILLS = 200


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the database's own user can reach; pytest's own are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="linli-kill-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes, which this system does not have")
def test_it_loses_nothing_acknowledged_when_killed_at_random_two_hundred_times(open_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(HOME / "tests/journeys/killing.py"), str(open_folder), str(KILLS), "20261123"],
        capture_output=True, text=True, timeout=1200, check=False, cwd=HOME,
        env={**os.environ, "PYTHONPATH": f"{HOME / 'src'}{os.pathsep}{HOME}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.strip().splitlines()[-1])
    assert sum(result["struck"].values()) >= KILLS
    assert all(result["struck"].values())
    assert result["acknowledged"] > KILLS // 4  # a busy machine gets less done between two blows
    for fault in ("lost", "different", "unproven", "doubled", "orphans", "reminded_twice", "faults"):
        assert result[fault] == 0, result
    assert result["by_the_clock"] > 20
    assert result["imported"] == 12_000
