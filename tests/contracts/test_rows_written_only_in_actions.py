"""One door for writes: only ``actions`` (and migrations) change rows, through the ORM or in SQL."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "linli"
ALWAYS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "aupdate_or_create", "abulk_create"}
ON_ROWS = {"create", "update", "delete", "raw", "acreate", "aupdate", "adelete"}
"""Names that dicts and sets have too: they count when the chain before them reads rows."""
READS_ROWS = {"objects", "filter", "exclude", "all", "order_by", "select_for_update", "using", "_default_manager"}
WRITING_SQL = re.compile(
    r"^\s*(?:WITH\b.*)?\b"
    r"(?:INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO|COPY\s+\S+.*\bFROM)\b",
    re.DOTALL,
)


def doors(path: Path) -> bool:
    """Whether rows may be written in a file."""
    parts = path.relative_to(PACKAGE).parts
    return "migrations" in parts or (len(parts) > 1 and parts[1].removesuffix(".py") in ("actions", "admin"))


def writes(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of every call or statement that changes rows."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in ALWAYS or (name in ON_ROWS and _reads_rows(node.func.value)) or _saves(node):
                yield node.lineno, name
        elif WRITING_SQL.search(text := _text(node)):
            yield getattr(node, "lineno", 0), text.split(maxsplit=1)[0]


def _text(node: ast.AST) -> str:
    """A text as it stands in the source, with ``x`` for what is put in when it runs."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _reads_rows(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr in READS_ROWS for part in ast.walk(node))


def _saves(call: ast.Call) -> bool:
    """``row.save()``; an image or a workbook is saved *to* something, so it has a first argument."""
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr in ("save", "asave") and not call.args


def test_it_writes_rows_only_in_actions() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if not doors(path)
        for line, name in writes(path.read_text("utf-8"))
    ]
    assert found == [], "move the write into the room's actions.py"


@pytest.mark.parametrize(
    "source",
    [
        "user.save(update_fields=['password'])",
        "User.objects.create(username='x')",
        "Item.objects.filter(case_id=case).delete()",
        "Case.objects.filter(id=1).order_by('id').update(step='closed')",
        "Item.objects.bulk_create(rows)",
        "cursor.execute('INSERT INTO vault_item VALUES (%s)', [1])",
        "cursor.execute('UPDATE cases_case SET step = %s', [1])",
        "cursor.execute('WITH gone AS (SELECT 1)\\nDELETE FROM cases_case', [1])",
        "cursor.copy('COPY cases_case (id) FROM STDIN')",
        "cursor.execute(f'UPDATE {table} SET step = %s', [1])",
        "cursor.execute(f'COPY {table} ({columns}) FROM STDIN')",
    ],
)
def test_it_notices_a_write(source: str) -> None:
    assert list(writes(source)) != []


@pytest.mark.parametrize(
    "source",
    [
        "values.update(other)",
        "names.add('x')",
        "image.save(buffer, 'JPEG')",
        "SECTIONS.setdefault('x', []).append(1)",
        "'Update the areas from a file'",
        "Case.objects.filter(id=1).exists()",
    ],
)
def test_it_lets_other_things_be(source: str) -> None:
    assert list(writes(source)) == []
