"""The import contracts hold, and each of them would notice: one planted violation breaks exactly the one intended."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
NAMES = {contract["name"]: contract["id"] for contract in SETTINGS["contracts"]}


def broken_contracts(home: Path) -> set[str]:
    """Ids of the contracts that import-linter finds broken in a checkout."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(home / "src"), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    verdicts = re.findall(r"^(\d\. .+) (KEPT|BROKEN)", done.stdout, flags=re.MULTILINE)
    assert {name for name, _ in verdicts} == set(NAMES), done.stdout + done.stderr
    assert done.returncode == (1 if any(verdict == "BROKEN" for _, verdict in verdicts) else 0)
    return {NAMES[name] for name, verdict in verdicts if verdict == "BROKEN"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package's Python files and the contracts, in a folder where a test may plant."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src" / "linli", tmp_path / "src" / "linli", ignore=_only_python)
    return tmp_path


def _only_python(folder: str, names: list[str]) -> list[str]:
    return [n for n in names if n == "__pycache__" or not (n.endswith(".py") or Path(folder, n).is_dir())]


def test_it_keeps_every_contract() -> None:
    assert broken_contracts(ROOT) == set()


HIDDEN = "def later() -> object:\n    from linli.site import grants\n\n    return grants\n"
CHANCE = "def draw() -> float:\n    import random\n\n    return random.random()\n"
CYCLE = {
    "core/planted_one.py": "import linli.core.planted_two\n",
    "core/planted_two.py": "import linli.core.planted_one\n",
}
PLANTS = {
    "an upward import": ({"ledger/planted.py": "import linli.cases.rows\n"}, "rooms"),
    "an upward import hidden in a function": ({"vault/planted.py": HIDDEN}, "rooms"),
    "a room that nobody placed": ({"utils/__init__.py": "", "utils/text.py": "import linli.core\n"}, "rooms"),
    "core on django": ({"core/planted.py": "import django.db\n"}, "pure"),
    "core on chance": ({"core/planted.py": CHANCE}, "pure"),
    "core on the clock": ({"core/planted.py": "from time import monotonic\n"}, "pure"),
    "a cycle in core": (CYCLE, "core-acyclic"),
    "queries that write": ({"vault/queries.py": "import linli.vault.actions\n"}, "furniture"),
    "an API on its own tables": ({"cases/api.py": "import linli.cases.models\n"}, "thin"),
    "a page on its own tables": ({"ledger/views.py": "from linli.ledger.models import Entry\n"}, "thin"),
    "foreign tables: cases": ({"intake/planted.py": "import linli.cases.models\n"}, "tables-cases"),
    "foreign tables: ledger": ({"cases/planted.py": "import linli.ledger.models\n"}, "tables-ledger"),
    "foreign tables: vault": ({"cases/planted.py": "import linli.vault.models\n"}, "tables-vault"),
    "foreign tables: directory": ({"cases/planted.py": "import linli.directory.models\n"}, "tables-directory"),
    "foreign tables: catalogue": ({"cases/planted.py": "import linli.catalogue.models\n"}, "tables-catalogue"),
    "foreign tables: accounts": ({"directory/planted.py": "import linli.accounts.models\n"}, "tables-accounts"),
    "a foreign form": ({"directory/planted.py": "import linli.accounts.forms\n"}, "doors-accounts"),
    "a foreign schema": ({"intake/planted.py": "import linli.cases.schemas\n"}, "doors-cases"),
    "actions on a form": ({"accounts/actions.py": "import linli.accounts.forms\n"}, "furniture"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTS)
def test_it_breaks_exactly_the_contract_meant_for(name: str, copy: Path) -> None:
    files, contract = PLANTS[name]
    for path, source in files.items():
        target = copy / "src" / "linli" / path
        target.parent.mkdir(exist_ok=True)
        with target.open("a", encoding="utf-8") as file:
            file.write(source)
    assert broken_contracts(copy) == {contract}


DOORS = ("admin", "api", "forms", "jobs", "schemas", "urls", "views")


def test_it_has_a_contract_for_everything_private_in_every_room() -> None:
    """A room that opens needs its own lines, which nobody would miss without this."""
    rooms = [path.parent for path in (ROOT / "src" / "linli").glob("*/models.py")]
    private = {f"linli.{room.name}.{name}" for room in rooms for name in (*DOORS, "models") if _has(room, name)}
    named = {
        module
        for contract in SETTINGS["contracts"]
        for module in contract.get("protected_modules", ())
        if contract["allowed_importers"][0] == module.rpartition(".")[0]
    }
    assert named == private
    containers = next(contract["containers"] for contract in SETTINGS["contracts"] if contract["id"] == "furniture")
    assert set(containers) == {f"linli.{room.name}" for room in rooms}


def _has(room: Path, name: str) -> bool:
    return (room / f"{name}.py").exists() or (room / name / "__init__.py").exists()


def test_it_allows_an_import_for_types_only(copy: Path) -> None:
    source = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from linli.cases import rows\n"
    (copy / "src/linli/ledger/planted.py").write_text(source, "utf-8")
    assert broken_contracts(copy) == set()
