"""What the case API takes and answers."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja.params.functions import Path
from pydantic import BaseModel, ConfigDict, Field

CODE = r"^[A-Za-z0-9][A-Za-z0-9_.:@-]*$"
"""What codes and ids in addresses and bodies look like."""

District = Annotated[str, Path(pattern=CODE, max_length=16, description="The district's code, such as 500118.")]
ActionName = Annotated[str, Path(max_length=64, description="The action's name in the procedure, such as accept.")]


class ActIn(BaseModel):
    """One act: its form, and the version that the actor saw (without it: whatever is newest)."""

    model_config = ConfigDict(extra="forbid")

    form: dict[str, Any] = Field(default_factory=dict, max_length=60)
    version: int | None = Field(None, ge=1, strict=True, description="The version that the actor saw.")


class BulkIn(BaseModel):
    """The same act on many cases."""

    model_config = ConfigDict(extra="forbid")

    cases: list[UUID] = Field(min_length=1, max_length=500)
    form: dict[str, Any] = Field(default_factory=dict, max_length=60)


class CaseOut(BaseModel):
    """A case as the asker may see it: codes and instants; texts come through the vault."""

    id: str
    number: str
    district: str
    procedure: str
    step: str
    version: int
    matter: str | None
    urgency: str
    area: str
    owner: str | None
    lead: str | None
    opened_at: datetime
    due: datetime | None
    why_due: list[str]
    promise_due: datetime | None
    next_wake: datetime | None
    ended_at: datetime | None
    parent: str | None
    parts: list[dict[str, str]]
    actions: list[str]


class LineOut(BaseModel):
    """One line of a work list."""

    id: str
    number: str
    step: str
    matter: str
    urgency: str
    owner: str
    community: str
    town: str
    due: datetime | None
    opened_at: datetime
    title: str


class PageOut(BaseModel):
    """A page of a work list; ``after`` fetches the next one."""

    lines: list[LineOut]
    after: str | None


class EntryOut(BaseModel):
    """One entry of the case's ledger, as it is hashed."""

    seq: int
    type: str
    at: datetime
    actor: str
    post: str
    policy: str
    payload: dict[str, Any]
    hash: str


class BulkOut(BaseModel):
    """How one case of a bulk act went."""

    case: str
    step: str | None
    version: int | None
    refused: str | None
    words: str | None
