"""What the intake API takes and answers."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from linli.intake.report import CONTACT_LIMIT, DETAIL_LIMIT, PLACE_LIMIT, TITLE_LIMIT

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@-]*$", max_length=120)]


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
    channel: Code = Field("portal", max_length=24, description="Without a token only portal, wechat_mini or api.")


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
