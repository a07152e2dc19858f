"""Pages for residents. Nobody needs an account; nothing here decides what the rules decide."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from linli.cases import actions as cases
from linli.cases import words
from linli.cases.actions import CaseMoved
from linli.catalogue import queries as catalogue
from linli.core.case.state import CaseState
from linli.core.deadlines import explain
from linli.core.errors import Refusal
from linli.core.numbers import normalised
from linli.directory import queries as directory
from linli.intake import actions as intake
from linli.intake.report import Receipt
from linli.site import naming
from linli.site.acting import ActionForm
from linli.site.maps import shown as maps
from linli.site.naming import Names
from linli.site.portal import following, once, places, slip
from linli.site.portal.following import Following
from linli.site.portal.forms import NUMBER_LIMIT, FollowForm, ReportForm, new_key
from linli.site.portal.frame import portal_page


@require_GET
@portal_page
def home(request: HttpRequest) -> HttpResponse:
    """Emergency numbers, then the two ways on."""
    known = [(info.code, naming.district_name(info)) for info in directory.districts()]
    return render(request, "portal/home.html", {"districts": known, "follows": following.KEY in request.session})


@require_http_methods(["GET", "POST"])
@portal_page
def report(request: HttpRequest, district: str) -> HttpResponse:
    """The report form; the answer to a sent one is its receipt, so that sending it again shows the same receipt."""
    info = next((known for known in directory.districts() if known.code == district), None)
    if info is None:
        raise Http404
    policy = catalogue.policy(district)
    names = Names(district, policy, naming.language())
    bound = (request.POST, request.FILES) if request.method == "POST" else ()
    if request.POST.get("do") == "ask":
        form = ReportForm(policy, names, district, filled=request.POST)
    else:
        form = ReportForm(policy, names, district, *bound)
    reloaded = once.again(request, district, timezone.now()) if form.is_bound else None
    if reloaded is not None:
        return _received(request, form, reloaded)
    if form.is_bound and form.is_valid():
        receipt = _submitted(request, form)
        if receipt is not None:
            return _received(request, form, receipt)
    shown = {
        "form": form,
        "questions": form.questions,
        "questions_about": form.questions_about,
        "areas": places.offered(policy, names, district),
        "map": maps.shown(district),
        "locate_url": reverse("map-place", args=[district]),
        "example": places.example(info),
        "district": naming.district_name(info),
        "district_code": district,
        "invented": naming.invented(district),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "portal/report.html", shown, status=status)


@require_http_methods(["GET", "POST"])
@portal_page
def follow(request: HttpRequest) -> HttpResponse:
    """Back to one's case by number and code."""
    form = FollowForm(request.POST or None, initial={"number": request.GET.get("number", "")[:NUMBER_LIMIT]})
    status = HTTPStatus.OK
    if form.is_bound and form.is_valid():
        number = form.cleaned_data["number"]
        district = _district_of(number)
        try:
            source = request.META.get("REMOTE_ADDR", "")
            actor = intake.follow(district, number, form.cleaned_data["code"], source=source, now=timezone.now())
        except Refusal as refusal:
            form.add_error(None, words.refusal(refusal, naming.language()))
        else:
            if actor is not None:
                following.remember(request, district, actor)
                return redirect("my-case")
            form.add_error(None, _("Number and code do not belong together. Check both on your receipt."))
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "portal/follow.html", {"form": form}, status=status)


@require_GET
@portal_page
def my_case(request: HttpRequest) -> HttpResponse:
    """Where one's case is, who has it, until when, why, and what one can do."""
    found = following.followed(request)
    if found is None:
        return redirect("follow")
    return render(request, "portal/case.html", following.shown(found))


@require_http_methods(["GET", "POST"])
@portal_page
def my_act(request: HttpRequest, action: str) -> HttpResponse:
    """The reporter acts on their own case; asked for, it is the page of the case."""
    if request.method == "GET":
        return redirect("my-case")
    found = following.followed(request)
    if found is None:
        return redirect("follow")
    definition = found.policy.procedures[found.state.procedure, found.state.procedure_version].actions.get(action)
    if definition is None:
        raise Http404
    form = ActionForm(definition, found.setting, request.POST, request.FILES)
    if form.is_valid():
        answer = _taken(found, form)
        if isinstance(answer, CaseState):
            messages.success(
                request, _("Done: %(action)s.") % {"action": words.title(definition.title, found.names.lang)}
            )
            return redirect("my-case")
        return _not_taken(request, form, answer)
    return render(request, "portal/case.html", following.shown(found, form), status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["GET", "POST"])
@portal_page
def leave(request: HttpRequest) -> HttpResponse:
    """Forgets the followed case on this device; asked for without the button, it forgets nothing."""
    if request.method == "POST":
        following.forget(request)
    return redirect("home")


def _submitted(request: HttpRequest, form: ReportForm) -> Receipt | None:
    report, now = form.report(), timezone.now()
    key = once.key_for(request, report, form.cleaned_data["key"], now)
    try:
        receipt = intake.submit(report, now=now, idempotency_key=key)
    except Refusal as refusal:
        form.refuse(refusal)
    except intake.BodyDiffers:
        again = QueryDict(mutable=True)
        again.update(form.data)
        again["key"] = new_key()
        form.data = again
        form.add_error(
            None, _("You sent this form before with other words. To send it as a second report, send it again.")
        )
    else:
        once.sent(request, report, key, now)
        return receipt
    return None


def _received(request: HttpRequest, form: ReportForm, receipt: Receipt) -> HttpResponse:
    policy, names = form.policy, form.names
    _follow_at_once(request, form.district, receipt)
    shown = {
        "receipt": receipt,
        "owner": names.unit(receipt.owner),
        "step": words.title(policy.current_procedure("standard").steps[receipt.step].title, names.lang),
        "invented": naming.invented(form.district),
        "why": explain(receipt.clock, policy.calendar, names.lang, words.clock_labels(names.lang)),
        "picture": slip.picture_code(slip.follow_address(request, receipt.number)),
        "suggested": names.matter(receipt.suggested_matter) if receipt.suggested_matter else "",
        "place": names.path(receipt.area) if receipt.area and receipt.area != form.district else "",
        "understood": form.understood,
        "photos": receipt.photos,
    }
    return render(request, "portal/receipt.html", shown, status=HTTPStatus.CREATED)


def _follow_at_once(request: HttpRequest, district: str, receipt: Receipt) -> None:
    """The code need not be typed now; if it must be, because too many wrong ones came from here, it can be later."""
    source = request.META.get("REMOTE_ADDR", "")
    try:
        actor = intake.follow(district, receipt.number, receipt.code, source=source, now=timezone.now())
    except Refusal:
        return
    if actor is not None:
        following.remember(request, district, actor)


def _taken(found: Following, form: ActionForm) -> CaseState | Refusal:
    try:
        return cases.act(
            found.actor,
            found.state.district,
            found.state.id,
            form.action.name,
            form.values(),
            now=found.now,
            expected_version=form.cleaned_data["expected"],
        )
    except CaseMoved:
        return Refusal("state_changed", {"case": found.state.id})
    except Refusal as refusal:
        said = following.said_to_reporter(refusal)
        return said if isinstance(said, Refusal) else refusal


def _not_taken(request: HttpRequest, form: ActionForm, refusal: Refusal) -> HttpResponse:
    """The page as the case is now, with the words that were typed and the reason."""
    again = following.followed(request)
    if again is None:
        return redirect("follow")
    data = request.POST.copy()
    data["expected"] = str(again.state.version)
    fresh = ActionForm(form.action, again.setting, data, request.FILES)
    fresh.full_clean()
    fresh.refuse(refusal)
    offered = {offer["name"] for offer in following.shown(again)["offers"]}
    shown = following.shown(again, fresh) | {"lost": None if form.action.name in offered else fresh}
    raced = refusal.code in ("state_changed", "not_in_this_step")
    status = HTTPStatus.CONFLICT if raced else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "portal/case.html", shown, status=status)


def _district_of(number: str) -> str:
    """The district whose number it can be; the first where none fits, so that a wrong try counts all the same."""
    known = directory.districts()
    fitting = (info.code for info in known if normalised(number, info.short_code))
    return next(fitting, known[0].code if known else "")
