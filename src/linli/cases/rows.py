"""Between a case's state and its row: which column shows which part of the state."""

from typing import Any

import msgspec

from linli.core.case.state import CaseState

_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(CaseState)

COLUMNS = (
    "id", "district_id", "number", "parent_id", "procedure", "kind", "channel", "step", "version", "state", "matter",
    "urgency", "sensitive", "owner", "lead", "town_id", "community_id", "grid_id", "involved", "recused",
    "opened_at", "due", "next_wake", "ended_at",
)  # fmt: skip
"""Columns that are taken from the state; ``hash`` comes from the ledger and ``title_item`` from the report."""

CHANGING = tuple(c for c in COLUMNS if c not in {"id", "district_id", "number", "parent_id", "procedure", "opened_at"})
"""Columns that an act may change."""


def encode(state: CaseState) -> str:
    """The state as canonical JSON text."""
    return _ENCODER.encode(state).decode()


def decode(text: str) -> CaseState:
    """The state of a stored text."""
    return _DECODER.decode(text)


def columns(state: CaseState) -> dict[str, Any]:
    """Every column of the row that the state determines."""
    return {
        "id": state.id,
        "district_id": state.district,
        "number": state.number,
        "parent_id": state.parent,
        "procedure": state.procedure,
        "kind": state.kind,
        "channel": state.channel,
        "step": state.step,
        "version": state.version,
        "state": encode(state),
        "matter": state.matter or "",
        "urgency": state.urgency,
        "sensitive": state.sensitive,
        "owner": state.owner or "",
        "lead": state.roles.unit or "",
        "town_id": state.place.town or "",
        "community_id": state.place.community or "",
        "grid_id": state.place.grid or "",
        "involved": list(state.involved),
        "recused": list(state.recused),
        "opened_at": state.opened_at,
        "due": state.clock.due if state.clock else None,
        "next_wake": state.next_wake,
        "ended_at": state.ended_at,
    }
