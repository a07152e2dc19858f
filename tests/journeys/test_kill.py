"""Two hundred blows: whatever is killed, whenever, nothing acknowledged is lost and nothing is half done."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
KILLS = 200


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes, which this system does not have")
def test_it_loses_nothing_acknowledged_when_killed_at_random_two_hundred_times(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    done = subprocess.run(
        [sys.executable, str(HOME / "tests/journeys/killing.py"), str(tmp_path), str(KILLS), "20261123"],
        capture_output=True, text=True, timeout=1200, check=False, cwd=HOME,
        env={**os.environ, "PYTHONPATH": f"{HOME / 'src'}{os.pathsep}{HOME}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.strip().splitlines()[-1])
    assert sum(result["struck"].values()) >= KILLS
    assert all(result["struck"].values())
    assert result["acknowledged"] > KILLS
    for fault in ("lost", "different", "unproven", "doubled", "orphans"):
        assert result[fault] == 0, result
    assert result["imported"] == 12_000
