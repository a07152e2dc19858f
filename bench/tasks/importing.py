"""A hotline's file brought in through the product's own importer, and its rows handed out again for bare COPY."""

import csv
import os
import time
from pathlib import Path
from random import Random

import psycopg
from django.utils import timezone

from bench.building import DISTRICT, messages
from linli.directory import queries as directory
from linli.intake import actions

TABLES = {
    "intake_report": "source = %s",
    "cases_case": "id IN (SELECT case_id FROM intake_report WHERE source = %s)",
    "vault_item": "case_id IN (SELECT case_id FROM intake_report WHERE source = %s)",
    "ledger_entry": "stream_id IN (SELECT case_id FROM intake_report WHERE source = %s)",
    "ledger_outgoing": "stream_id IN (SELECT case_id FROM intake_report WHERE source = %s)",
}


def write_file(path: str, rows: int, seed: int) -> int:
    """A hotline's export with the columns of the shipped mapping; gives its bytes."""
    random, told = Random(seed), messages()
    areas = [area for area in directory.areas(DISTRICT).values() if area.kind.value == "community"]
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["工单编号", "工单标题", "诉求内容", "诉求渠道", "村社区", "诉求地址", "来电时间", "联系电话"])
        for number in range(rows):
            message, area = random.choice(told), random.choice(areas)
            day, hour = 1 + number % 27, 8 + number % 12
            detail = f"{message['detail']}（编号{seed}-{number}）"
            said = f"2026-10-{day:02d} {hour:02d}:{number % 60:02d}"
            place = message["place_words"]
            out.writerow([f"W{seed}-{number}", message["title"], detail, "电话", area.code, place, said, "13800000000"])
    return Path(path).stat().st_size


def bring_in(path: str, source: str, understand: bool) -> dict[str, float]:
    """Seconds of one import, and how many rows became cases."""
    options = actions.ImportOptions(source=source, understand=understand, helpers=actions.usual_helpers())
    began = time.perf_counter()
    done = actions.import_reports(Path(path), district=DISTRICT, now=timezone.now(), options=options)
    return {"seconds": time.perf_counter() - began, "new": done.new, "bad": len(done.bad)}


def hand_out(source: str, folder: str) -> int:
    """Writes the rows that an import made to files that COPY reads; gives their bytes."""
    size = 0
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
        for table, condition in TABLES.items():
            columns = _columns(connection, table)
            path = Path(folder) / f"{table}.copy"
            query = f"COPY (SELECT {columns} FROM {table} WHERE {condition.replace('%s', _literal(source))}) TO STDOUT"
            with path.open("wb") as file, connection.cursor().copy(query.encode()) as copy:
                for block in copy:
                    file.write(block)
            size += path.stat().st_size
    return size


def copy_bare(address: str, folder: str) -> float:
    """Seconds in which bare COPY puts those rows into the same tables of another database, in one transaction."""
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        plans = [(table, _columns(connection, table), Path(folder) / f"{table}.copy") for table in TABLES]
        began = time.perf_counter()
        for table, columns, path in plans:
            with path.open("rb") as file, cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
        connection.commit()
        return time.perf_counter() - began


def _columns(connection: psycopg.Connection, table: str) -> str:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
        "AND attidentity = '' ORDER BY attnum",
        [table],
    )
    return ",".join(name for (name,) in found)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
