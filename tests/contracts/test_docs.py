"""The documentation is complete where it can be counted, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

from linli.core.case.effects import EFFECTS
from linli.core.case.guards import GUARDS
from linli.core.procedure import FieldType, Role
from linli.site.cli import VERBS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("README*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def read(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_it_links_only_to_what_is_there(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text("utf-8")) if "://" not in link]
    assert [link for link in targets if not (page.parent / link).exists()] == []


def test_it_leads_from_the_index_to_every_page() -> None:
    linked = {(DOCS / link).resolve() for link in LINK.findall(read("index.md"))}
    assert {page for page in DOCS.rglob("*.md") if page.name != "index.md"} - linked == set()


def test_it_describes_every_setting() -> None:
    source = (ROOT / "src/linli/site/settings.py").read_text("utf-8")
    used = set(re.findall(r'_(?:text|flag|key|number|list|map_style|live_url)\("([A-Z_]+)"', source))
    assert len(used) > 10
    assert used == set(re.findall(r"^\| `([A-Z_]+)`", read("reference/settings.md"), flags=re.MULTILINE))


def test_it_describes_every_verb() -> None:
    described = set(re.findall(r"^\| `([a-z]+)`", read("reference/command-line.md"), flags=re.MULTILINE))
    assert described == set(VERBS)


def test_it_describes_every_system_check() -> None:
    numbers = {
        n for path in (ROOT / "src").rglob("*.py") for n in re.findall(r'id="(linli\.[EW]\d+)"', path.read_text())
    }
    assert numbers == set(re.findall(r"`(linli\.[EW]\d+)`", read("reference/system-checks.md")))


@pytest.mark.parametrize(
    "names", [GUARDS, EFFECTS, list(Role), list(FieldType)], ids=["guards", "effects", "roles", "types"]
)
def test_it_describes_every_word_of_a_procedure(names: list[str]) -> None:
    page = read("reference/procedures.md")
    assert [str(name) for name in names if f"`{name}`" not in page] == []
