"""Writes docs/glossary.md (中文 ↔ English ↔ identifier in the code) from the shared glossary.

    python tools/glossary.py            write the page
    python tools/glossary.py --check    only say whether it is up to date, and whether its identifiers exist

Without the shared file the page stays as it is, and only the identifiers are checked.
"""

import csv
import os
import re
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
PAGE = HOME / "docs" / "glossary.md"
SHARED = Path(os.environ.get("LINLI_SHARED_DATA") or HOME.parent / "shared" / "data")
IDENTIFIERS = {
    "岗位": "post",
    "镇街": "town",
    "村(社区)": "community",
    "区县": "district",
    "事项 / 事项清单": "matter",
    "联席会议": "convene",
    "事件 / 案件": "Case",
    "受理": "accept",
    "派遣 / 派单": "dispatch",
    "主办单位": "lead",
    "协办单位": "co_handlers",
    "核查": "verify",
    "回访": "follow_up",
    "重办": "rework",
    "延期": "extension",
    "督办": "expedite",
    "网格": "grid",
    "微网格": "micro_grid",
    "回避": "recused",
}
"""What a term is called in the code, for terms that the code has."""
HEAD = """# Glossary

One word for one thing, in speech and in code. This page is made by `tools/glossary.py`; change the table there, not
here.

| 中文 | English | in the code | meaning |
| --- | --- | --- | --- |
"""


def page(source: Path) -> str:
    """The page for a glossary file with the columns term_zh, term_en and definition."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return HEAD + "".join(_line(row) for row in rows)


def _line(row: dict[str, str]) -> str:
    identifier = IDENTIFIERS.get(row["term_zh"], "")
    cells = (row["term_zh"], row["term_en"], f"`{identifier}`" if identifier else "", row["definition"])
    return "| " + " | ".join(cell.replace("|", "\\|").strip() for cell in cells) + " |\n"


def unknown_identifiers() -> list[str]:
    """Identifiers of the table that stand nowhere in the source."""
    folder = HOME / "src" / "linli"
    files = [*folder.rglob("*.py"), *folder.rglob("*.yaml")]
    text = "\n".join(path.read_text("utf-8") for path in files)
    return [name for name in IDENTIFIERS.values() if not re.search(rf"\b{name}\b", text)]


def main() -> int:
    """Writes or checks; 1 when the page is stale or names something that does not exist."""
    source = SHARED / "glossary.csv"
    made = page(source) if source.exists() else None
    if "--check" not in sys.argv[1:]:
        if made is None:
            print(f"{source.name} is not there: set LINLI_SHARED_DATA to the folder of shared data")
            return 1
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(made, "utf-8")
        return 0
    faults = [f"no such identifier in the source: {name}" for name in unknown_identifiers()]
    if made is not None and (not PAGE.exists() or PAGE.read_text("utf-8") != made):
        faults.append("docs/glossary.md is not what the shared glossary says")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
