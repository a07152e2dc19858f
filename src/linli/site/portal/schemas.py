"""What a reporter gives and reads over HTTP."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class FollowIn(BaseModel):
    """What opens a case to its reporter: both stand on the receipt."""

    model_config = ConfigDict(extra="forbid", strict=True)

    number: str = Field(min_length=1, max_length=40, description="Blanks and missing hyphens are forgiven.")
    code: str = Field(min_length=1, max_length=40, description="The secret code.")


class FollowedActIn(FollowIn):
    """One act of the reporter: its form, and the version that they saw (without it: whatever is newest)."""

    form: dict[str, Any] = Field(default_factory=dict, max_length=60)
    version: int | None = Field(None, ge=1)


class FieldOut(BaseModel):
    """One thing that an action asks for; ``choices`` maps codes to words, empty where the answer is free."""

    name: str
    type: str
    label: str
    required: bool
    choices: dict[str, str]


class OfferOut(BaseModel):
    """An action that is open now, with its form."""

    name: str
    title: str
    form: list[FieldOut]


class DeadlineOut(BaseModel):
    """A limit that runs or was promised, and in words why it ends when it does."""

    name: str
    due: datetime
    late: bool
    paused: bool
    why: list[str]


class TextOut(BaseModel):
    """A text that the reporter wrote or that was written to them, personal data of others masked."""

    label: str
    text: str


class ToldOut(BaseModel):
    """What happened once: units and codes in words; never who within a unit, never what officers told each other."""

    at: datetime
    title: str
    who: str
    moved_to: str
    handed_to: str
    due: datetime | None
    facts: dict[str, str]
    texts: list[TextOut]
    trace: list[str]


class LookOut(BaseModel):
    """Somebody opened an original: when, in which post, what, and for which reason."""

    at: datetime
    posts: list[str]
    what: str
    reason: str


class GoesOnOut(BaseModel):
    """Where the trouble goes on after a merger, and the answers given there; nothing that its reporter wrote."""

    step: str
    owner: str
    due: datetime | None
    answers: list[ToldOut]


class FollowedOut(BaseModel):
    """The case as its reporter may see it, in their language."""

    number: str
    district: str
    step: str
    step_title: str
    version: int
    owner_name: str
    matter: str
    place: str
    photos: int
    opened_at: datetime
    ended_at: datetime | None
    deadlines: list[DeadlineOut]
    story: list[ToldOut]
    looks: list[LookOut]
    goes_on: GoesOnOut | None
    actions: list[OfferOut]
