"""The fast, static part of the quality gate: ``./run check``. Starts no database and changes no file.

Every check runs, also when an earlier one failed, so that one look shows all there is to do. Words after the command
choose checks by name: ``./run check types imports``.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a command that ends with 0 when all is well, and what to do when it does not."""

    name: str
    command: tuple[str, ...]
    remedy: str


@dataclass(frozen=True, slots=True)
class Result:
    """How a check went."""

    check: Check
    passed: bool
    output: str
    seconds: float


def tool(name: str) -> str:
    """Path of a program of the virtual environment."""
    return str(BIN / name)


def own(script: str, *arguments: str) -> tuple[str, ...]:
    """Command line of a script of this folder."""
    return (sys.executable, str(HOME / "tools" / script), *arguments)


CHECKS = (
    Check("types", (tool("mypy"), "--no-error-summary"), "annotate; no `type: ignore` without a code and a reason"),
    Check(
        "format", (tool("ruff"), "format", "--check", "--quiet", "--diff"), "run `.venv/bin/ruff format` on your files"
    ),
    Check("lint", (tool("ruff"), "check", "--quiet", "--output-format", "concise"), "the rule's page says what to do"),
    Check(
        "imports", (tool("lint-imports"), "--no-cache"), "move the code to the room it belongs to; see pyproject.toml"
    ),
    Check("migrations", own("migrations.py"), "run `./run linli manage makemigrations`"),
    Check("system", own("system.py"), "the message and its hint say what to do"),
    Check("translations", own("messages.py", "--check"), "run `.venv/bin/python tools/messages.py`, then translate"),
    Check("lengths", own("lengths.py"), "a file of that size is more than one thought: split it by what it does"),
    Check("glossary", own("glossary.py", "--check"), "run `.venv/bin/python tools/glossary.py`"),
)


def run(check: Check, environment: dict[str, str]) -> Result:
    """Runs one check and keeps what it said."""
    began = time.monotonic()
    done = subprocess.run(
        check.command, cwd=HOME, env=environment, check=False, capture_output=True, stdin=subprocess.DEVNULL
    )
    said = (done.stdout + done.stderr).decode(errors="replace").strip()
    return Result(check, done.returncode == 0, said, time.monotonic() - began)


def main() -> int:
    """Runs the chosen checks, or all, two at a time; 1 when any failed."""
    wanted = sys.argv[1:]
    unknown = sorted(set(wanted) - {check.name for check in CHECKS})
    if unknown:
        print(f"no check named {', '.join(unknown)}; known: {', '.join(check.name for check in CHECKS)}")
        return 2
    chosen = [check for check in CHECKS if not wanted or check.name in wanted]
    # The settings make their keys in the data folder; a throw-away one keeps the checks from touching anybody's data.
    with tempfile.TemporaryDirectory(prefix="linli-check-") as data:
        environment = {**os.environ, "LINLI_DATA": data, "PYTHONPATH": str(HOME / "src"), "NO_COLOR": "1"}
        environment.pop("DATABASE_URL", None)
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda check: run(check, environment), chosen))
    for result in results:
        if not result.passed:
            print(f"\n── {result.check.name} " + "─" * 60 + f"\n{result.output}\n→ {result.check.remedy}")
    print()
    for result in results:
        print(f"{'ok  ' if result.passed else 'FAIL'}  {result.check.name:<13} {result.seconds:5.1f} s")
    return 0 if all(result.passed for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
