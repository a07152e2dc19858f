"""The rulebook and its tests run where no framework can be imported."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCKED = ("django", "ninja", "psycopg", "pydantic", "requests", "httpx")
RUN = f"""
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BLOCKED!r}:
            raise ModuleNotFoundError(f"{{name}} is not there for the rulebook", name=name)
        return None

sys.meta_path.insert(0, Refuse())
import pytest

sys.exit(pytest.main(sys.argv[1:]))
"""


def run_core_tests(tmp_path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs pytest on tests/core with the frameworks out of reach; settings of the whole suite don't apply."""
    plain = tmp_path / "plain.ini"
    plain.write_text(f"[pytest]\npythonpath = {ROOT / 'src'} {ROOT / 'tests/core'} {ROOT}\n", "utf-8")
    options = ("-c", str(plain), "--rootdir", str(ROOT), "--import-mode=importlib", "-q", "--confcutdir", "tests/core")
    plugins = ("-p", "no:django", "-p", "no:schemathesis", "-p", "no:cacheprovider", "-p", "no:randomly")
    return subprocess.run(
        [sys.executable, "-c", RUN, *options, *plugins, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_collects_every_test_of_the_rulebook(tmp_path: Path) -> None:
    done = run_core_tests(tmp_path, "--collect-only", "tests/core")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_it_runs_the_deadline_tests(tmp_path: Path) -> None:
    done = run_core_tests(tmp_path, "tests/core/test_deadlines.py")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_it_would_notice_django(tmp_path: Path) -> None:
    planted = tmp_path / "test_planted.py"
    planted.write_text("import django\n\n\ndef test_it_passes():\n    assert django\n", "utf-8")
    done = run_core_tests(tmp_path, str(planted))
    assert done.returncode != 0
    assert "not there for the rulebook" in done.stdout
