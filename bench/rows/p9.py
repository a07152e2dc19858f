"""P9: every chain of a million entries checked, against hashlib over the same bytes."""

from statistics import median

from bench.plan import Figures, Plan, Row
from bench.workers import helper


def run(plan: Plan) -> Figures:
    """A share of the entries checked and a share hashed, in turns; together as many entries as the plan says."""
    share = plan.entries // plan.rounds
    checked: list[float] = []
    hashed: list[float] = []
    with helper("verifying", plan.place.environment(plan.template(plan.large))) as verifying:
        verifying.ask("begin")
        for _ in range(plan.rounds):
            checked.append(verifying.ask("verify", share))
            hashed.append(verifying.ask("hash_alone", share))
        read = verifying.ask("read_and_hash", share)
    ours, limit = median(checked), median(hashed)
    return {
        "ratio": limit / ours,
        "entries_per_s": share / ours,
        "limit_per_s": share / limit,
        "verify_1m_s": ours / share * 1_000_000,
        "ratio_with_reading": read / ours,
        "entries": share * plan.rounds,
    }


ROW = Row(
    "P9",
    "checking the chains of a million ledger entries; limit: hashlib over the same bytes, in memory",
    {"ratio": "≥ 0.50"},
    run,
)
