"""P3: a hotline's file brought in without and with understanding, against COPY of the rows that come of it."""

import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from bench.plan import Figures, Plan, Row
from bench.workers import helper


def run(plan: Plan) -> Figures:
    """The same number of fresh rows three times a round: imported, imported with understanding, copied bare."""
    rates: dict[str, list[float]] = {}
    database = plan.copy(plan.small)
    size = 0
    with (
        tempfile.TemporaryDirectory(prefix="linli-bench-") as folder,
        helper("importing", plan.place.environment(database)) as importing,
        plan.place.copy(plan.template(plan.small), "second") as other,
    ):
        file = str(Path(folder) / "hotline-12345.csv")
        for number in range(plan.rounds):
            for what, understand in (("plain", False), ("understood", True)):
                source = f"bench-{number}-{what}"
                importing.ask("write_file", file, plan.rows, 10 * number + understand)
                done: dict[str, Any] = importing.ask("bring_in", file, source, understand)
                if done["bad"] or done["new"] != plan.rows:
                    raise RuntimeError(f"the import did not take every row: {done}")
                rates.setdefault(what, []).append(plan.rows / done["seconds"])
            size = importing.ask("hand_out", f"bench-{number}-plain", folder)
            seconds = importing.ask("copy_bare", plan.place.owner(other), folder)
            rates.setdefault("limit", []).append(plan.rows / seconds)
    middle = {name: median(values) for name, values in rates.items()}
    return {
        "ratio": middle["plain"] / middle["limit"],
        "ratio_understood": middle["understood"] / middle["limit"],
        "rows_per_s": middle["plain"],
        "rows_per_s_understood": middle["understood"],
        "limit_per_s": middle["limit"],
        "rows": plan.rows,
        "bytes_a_row": size // plan.rows,
    }


ROW = Row(
    "P3",
    "bulk import of a hotline's file, without and with understanding; limit: COPY of the rows that come of it",
    {"ratio": "≥ 0.30", "ratio_understood": "≥ 0.12"},
    run,
)
