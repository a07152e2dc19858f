"""``./run bench [P1 …] [--json FILE] [--full]``: measures the named rows (all without a name) and prints the table."""

import argparse
import importlib
import json
import time
from pathlib import Path
from typing import Any

from bench.databases import ROOT, Place
from bench.machine import load, machine
from bench.plan import Plan, Row, meets

ROWS = ("P1", "P2", "P3", "P4", "P5", "pages", "P6", "P9", "P10")
ASKED_FOR = ("prove",)
"""Rows that run only when they are named."""


def row(name: str) -> Row:
    """The row of that name."""
    found: Row = importlib.import_module(f"bench.rows.{name.lower()}").ROW
    return found


def measured(names: list[str], plan: Plan) -> dict[str, dict[str, Any]]:
    """Runs rows one after the other; each gets the machine's load and the seconds it took beside its figures."""
    found: dict[str, dict[str, Any]] = {}
    with plan.until:
        for name in names:
            this = row(name)
            print(f"{name}: {this.what}", flush=True)
            began, before = time.monotonic(), load()
            figures = dict(this.run(plan))
            figures |= {"load_before": before, "took_s": round(time.monotonic() - began, 1)}
            found[name] = figures
            for line in lines(this, figures):
                print(line, flush=True)
    return found


def lines(this: Row, figures: dict[str, Any]) -> list[str]:
    """The table's lines of one row: each figure with its goal and whether it is met."""
    shown = []
    for key, value in figures.items():
        goal = this.goals.get(key)
        verdict = (
            "" if goal is None else f"{goal:>10}  {'met' if value is not None and meets(value, goal) else 'MISSED'}"
        )
        shown.append(f"  {key:<28}{_number(value):>14}{verdict}")
    return shown


def _number(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"


def main() -> None:
    """Reads the arguments, measures, writes."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument(
        "rows", nargs="*", metavar="P1", help=f"any of {', '.join((*ROWS, *ASKED_FOR))}; all without a name"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument(
        "--full", action="store_true", help="measure at 10 million cases as well (needs 200 GB and hours)"
    )
    given = parser.parse_args()
    names = [name.upper() if name.upper() in ROWS else name for name in given.rows] or list(ROWS)
    unknown = [name for name in names if name not in (*ROWS, *ASKED_FOR)]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join((*ROWS, *ASKED_FOR))}")
    print(f"{machine()}; load before: {load()}")
    figures = measured(names, Plan(Place(ROOT / "var" / "bench"), huge=10_000_000 if given.full else None))
    if given.json:
        about = {"machine": str(machine()), "load": load()}
        given.json.write_text(json.dumps({**figures, "about": about}, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
