"""What the intake API takes and answers."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from linli.intake.report import CONTACT_LIMIT, DETAIL_LIMIT, PLACE_LIMIT, TITLE_LIMIT

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@-]*$", max_length=120)]
QuestionKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=30)]
Answer = bool | int | Annotated[str, StringConstraints(max_length=500)] | list[Code]


class ReportIn(BaseModel):
    """A report. Only ``detail`` is needed; coordinates are WGS 84 degrees; photos are base64 JPEG, PNG or WebP."""

    model_config = ConfigDict(extra="forbid", strict=True)

    detail: Text = Field(min_length=1, max_length=DETAIL_LIMIT)
    title: Text = Field("", max_length=TITLE_LIMIT)
    district: Code | None = Field(None, max_length=16, description="Code; not needed where only one district runs.")
    area: Code | None = Field(None, max_length=24, description="Code of the deepest known area.")
    place: Text = Field("", max_length=PLACE_LIMIT, description="The place in the reporter's words.")
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False, description="WGS 84; swapped ones are told.")
    matter: Code | None = Field(None, max_length=16, description="The reporter's own choice of matter: a suggestion.")
    contact: Text = Field("", max_length=CONTACT_LIMIT)
    complaint_targets: list[Code] = Field(default_factory=list, max_length=10)
    photos: list[str] = Field(default_factory=list, max_length=6)
    answers: dict[QuestionKey, Answer] = Field(
        default_factory=dict,
        max_length=30,
        description="Answers by key to the questions of ``matter`` (see the list of matters): a code, true or false, "
        "a list of codes, a whole number, a date (YYYY-MM-DD) or a text; ``unknown`` for “I do not know”.",
    )
    channel: Code = Field("portal", max_length=24, description="Without a token only portal, wechat_mini or api.")


class Words(BaseModel):
    """One text in both languages."""

    zh: str
    en: str


class OptionOut(BaseModel):
    """An answer to choose; ``raises`` is the least urgency of a report with it."""

    code: str
    title: Words
    raises: str | None = None


class QuestionOut(BaseModel):
    """A question of a matter. ``shown_when``: an earlier question's key, and the answers that bring this one up.

    ``required`` wants an answer, ``unknown`` is one; ``essential`` wants a real one.
    """

    key: str
    type: str = Field(description="yes_no, one, several, number, date or text.")
    title: Words
    help: Words | None = None
    unit: Words | None = None
    required: bool = False
    essential: bool = False
    most: int | None = Field(None, description="The largest number that is taken.")
    options: list[OptionOut] = Field(default_factory=list)
    shown_when: dict[str, list[str]] | None = None


class MatterOut(BaseModel):
    """One matter that can be reported, with what it asks."""

    code: str
    version: int = Field(description="The version of the catalogue that it stands in.")
    domain: str
    name: Words
    questions: list[QuestionOut]


class MattersOut(BaseModel):
    """The matters in force."""

    matters: list[MatterOut]


class ReceiptOut(BaseModel):
    """Number, secret code, and what happens next by when, with the deadline in words."""

    case: str
    number: str
    code: str
    step: str
    step_title: str
    owner: str
    owner_name: str
    due: datetime
    why_due: list[str]
    suggested_matter: str | None = None
    area: str = Field(description="Code of the deepest area that was recognised; the district's where none was.")
    photos: int = Field(description="Photos that arrived.")
