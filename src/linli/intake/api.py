"""Reports over HTTP. Anybody may report; nobody needs an account."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from ninja import Router, Status
from ninja.params.functions import Header, Query

from linli.accounts import queries as accounts
from linli.cases import words
from linli.catalogue import queries as catalogue
from linli.core.asked import as_data
from linli.core.deadlines import explain
from linli.core.errors import Refusal
from linli.core.policy import Matter
from linli.directory import queries as directory
from linli.intake import actions
from linli.intake.report import CHANNELS, Receipt, Report
from linli.intake.schemas import MatterOut, MattersOut, QuestionOut, ReceiptOut, ReportIn, Words
from linli.vault import photos

router = Router(tags=["reports"])

OPEN_CHANNELS = ("portal", "wechat_mini", "api")
"""Channels that a report of somebody unknown may name."""

MATTERS_KEPT = 300
"""Seconds for which anybody may keep the list of matters."""


@router.post("/reports", response={201: ReceiptOut}, operation_id="report", auth=None)
def report(
    request: HttpRequest, body: ReportIn, idempotency_key: str = Header("", alias="Idempotency-Key", max_length=200)
) -> Status[ReceiptOut]:
    """Take a report in. With an ``Idempotency-Key`` a repeated request gets the first answer again."""
    _require_open_channel(request, body.channel)
    district = body.district or only_district()
    made = Report(
        district=district,
        channel=body.channel,
        detail=body.detail,
        title=body.title,
        area=body.area,
        place=body.place,
        lon=body.lon,
        lat=body.lat,
        matter=body.matter,
        contact=body.contact,
        photos=tuple(photos.decoded(photo) for photo in body.photos),
        complaint_targets=tuple(body.complaint_targets),
        answers=body.answers,
    )
    receipt = actions.submit(made, now=timezone.now(), idempotency_key=idempotency_key)
    return Status(201, shown(receipt, district))


@router.get("/{district}/matters", response=MattersOut, operation_id="matters", auth=None)
def matters(
    request: HttpRequest,
    response: HttpResponse,
    district: str,
    matter: str = Query("", max_length=16, description="Only the matter with this code."),
) -> MattersOut:
    """The matters in force, with the questions that a report of each may answer. Public; kept for five minutes."""
    del request
    response["Cache-Control"] = f"public, max-age={MATTERS_KEPT}"
    known = catalogue.policy(district).matters
    return MattersOut(matters=[_matter(known[code]) for code in sorted(known) if matter in ("", code)])


def _matter(matter: Matter) -> MatterOut:
    return MatterOut(
        code=matter.code,
        version=matter.version,
        domain=matter.domain,
        name=Words(zh=matter.name_zh, en=matter.name_en),
        questions=[QuestionOut.model_validate(question) for question in as_data(matter.questions)],
    )


def _require_open_channel(request: HttpRequest, channel: str) -> None:
    """Only who is known to the system may say that a report came by telephone, from a sensor or another system."""
    if channel in CHANNELS and channel not in OPEN_CHANNELS and not _is_known(request):
        raise Refusal("channel_needs_login", {"channel": channel, "known": OPEN_CHANNELS})


def _is_known(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and accounts.user_of_token(token.strip(), timezone.now()) is not None:
        return True
    return bool(request.user.is_authenticated)


def only_district() -> str:
    """The district of an installation that runs one.

    Raises:
        Refusal: ``district_missing`` where none or several run.
    """
    found = directory.districts()
    if len(found) != 1:
        raise Refusal("district_missing", {"known": tuple(info.code for info in found)})
    return found[0].code


def shown(receipt: Receipt, district: str) -> ReceiptOut:
    """The receipt with words in the reader's language."""
    language = "zh-hans" if (translation.get_language() or "zh").startswith("zh") else "en"
    policy = catalogue.policy(district)
    step = policy.current_procedure("standard").steps[receipt.step]
    unit = directory.units(district).get(receipt.owner)  # gone, where an old answer is given again after a reform
    return ReceiptOut(
        case=receipt.case,
        number=receipt.number,
        code=receipt.code,
        step=receipt.step,
        step_title=step.title["zh" if language == "zh-hans" else "en"],
        owner=receipt.owner,
        owner_name="" if unit is None else unit.name_zh if language == "zh-hans" else unit.name_en,
        due=receipt.due,
        why_due=list(explain(receipt.clock, policy.calendar, language, words.clock_labels(language))),
        suggested_matter=receipt.suggested_matter,
        area=receipt.area or district,
        photos=receipt.photos,
    )
