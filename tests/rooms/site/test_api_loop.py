"""The closed loop over HTTP alone: each person with a token of their own, the reporter with number and code."""

import base64
import io
import json

from PIL import Image

from linli.cases import replay
from linli.ledger import queries as ledger
from tests.rooms.conftest import COMMUNITY, DISTRICT, FAR, Place
from tests.rooms.site.calling import (
    API,
    CENTRE,
    DISTRICT_CENTRE,
    ENFORCEMENT,
    HERE,
    NOBODYS,
    SANITATION,
    STATION,
    Answer,
    Caller,
    Hire,
)

WORDS = "楼下的垃圾堆了三天没有人清运，味道很大。"
INSIDE = "现场照片已留存，内部备注：请勿外传。"


def reported(caller: Caller, **changes: object) -> dict[str, str]:
    """The receipt of a fresh report."""
    answer = caller.post(f"{API}/reports", {"detail": WORDS, "area": COMMUNITY, **changes})
    assert answer.status == 201, answer.body
    receipt: dict[str, str] = answer.body
    return receipt


def follow(caller: Caller, receipt: dict[str, str]) -> Answer:
    return caller.post(f"{HERE}/followed", {"number": receipt["number"], "code": receipt["code"]})


def act_as_reporter(caller: Caller, receipt: dict[str, str], action: str, **body: object) -> Answer:
    sent = {"number": receipt["number"], "code": receipt["code"], **body}
    return caller.post(f"{HERE}/followed/actions/{action}", sent)


def names(answer: Answer) -> list[str]:
    return [action["name"] for action in answer.body["actions"]]


def test_it_carries_a_case_from_the_report_to_the_resident_who_is_satisfied(hired: Hire, stranger: Caller) -> None:
    clerk, dispatcher = hired(STATION, "desk_clerk"), hired(CENTRE, "dispatcher")
    worker, verifier = hired(SANITATION, "handler"), hired(CENTRE, "verifier")

    receipt = reported(stranger, contact="13812345678")
    case = receipt["case"]
    assert receipt["why_due"]
    assert receipt["owner"] == STATION
    told = follow(stranger, receipt)
    assert told.status == 200
    assert (told.body["step"], told.body["step_title"]) == ("reported", "Reported")
    assert names(told) == ["escalate", "withdraw"]

    listed = clerk.get(f"{HERE}/cases").body["lines"]
    assert [line["id"] for line in listed] == [case]
    seen = clerk.get(f"{HERE}/cases/{case}").body
    assert "accept" in seen["actions"]
    form = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
    state = clerk.act(case, "accept", seen["version"], **form)
    assert (state.status, state.body["step"], state.body["version"]) == (200, "registered", 2)

    state = dispatcher.act(case, "dispatch", 2, lead=SANITATION, words=INSIDE)
    assert (state.status, state.body["owner"]) == (200, SANITATION)
    assert state.body["promise_due"]
    assert state.body["why_due"]

    assert worker.act(case, "acknowledge", 3).body["step"] == "handling"
    picture = io.BytesIO()
    Image.new("RGB", (30, 20), "green").save(picture, "JPEG")
    evidence = base64.b64encode(picture.getvalue()).decode()
    done = {"result": "solved", "what_was_done": INSIDE, "reporter_contacted": "yes", "evidence": evidence}
    assert worker.act(case, "report_back", 4, **done).body["step"] == "done"

    assert worker.act(case, "verify", finding="confirmed_on_site").status in (403, 404)
    assert verifier.act(case, "verify", 5, finding="confirmed_on_site", words=INSIDE).body["step"] == "verified"

    answer = {"decision": "supported", "reason": "垃圾已于今早清运，并加装了垃圾桶。", "remedy": "done"}
    assert clerk.act(case, "reply", 6, **answer).body["step"] == "replied"

    told = follow(stranger, receipt)
    assert "已于今早清运" in json.dumps(told.body, ensure_ascii=False)
    assert names(told)[:2] == ["satisfied", "not_solved"]
    closed = act_as_reporter(stranger, receipt, "satisfied", version=7, form={"rating": 5, "words": "谢谢"})
    assert (closed.status, closed.body["step"]) == (200, "closed")
    assert closed.body["ended_at"]

    entries = clerk.get(f"{HERE}/cases/{case}/ledger").body
    assert [entry["type"].removeprefix("case.") for entry in entries] == [
        "opened", "accept", "dispatch", "acknowledge", "report_back", "verify", "reply", "satisfied",
    ]  # fmt: skip
    assert [entry["actor"] for entry in entries[1:7]] == [
        clerk.user, dispatcher.user, worker.user, worker.user, verifier.user, clerk.user,
    ]  # fmt: skip
    assert not any(isinstance(found, ledger.Fault) for found in ledger.verify(DISTRICT))
    assert [found for found in replay.compare(DISTRICT) if found] == []


def test_it_tells_the_reporter_nothing_that_stays_inside(hired: Hire, stranger: Caller) -> None:
    clerk, dispatcher = hired(STATION, "desk_clerk"), hired(CENTRE, "dispatcher")
    receipt = reported(stranger, contact="13812345678")
    case = receipt["case"]
    clerk.act(case, "accept", matter="CM-006", urgency="standard", area=COMMUNITY)
    dispatcher.act(case, "dispatch", lead=SANITATION, words=INSIDE)
    for language in ("zh-CN", "en"):
        said = json.dumps(follow(Caller(language=language), receipt).body, ensure_ascii=False)
        for kept in (INSIDE, clerk.user, dispatcher.user, "13812345678", case):
            assert kept not in said
        assert WORDS in said


def test_it_speaks_to_the_reporter_in_their_language(hired: Hire, stranger: Caller) -> None:
    receipt = reported(stranger)
    chinese = follow(Caller(language="zh-CN"), receipt).body
    english = follow(Caller(language="en"), receipt).body
    assert chinese["step_title"] == "已收到"
    assert english["step_title"] == "Reported"
    assert [offer["title"] for offer in chinese["actions"]] == ["提级办理", "撤回"]
    assert [offer["title"] for offer in english["actions"]] == ["Escalate", "Withdraw"]
    assert english["deadlines"][0]["why"] != chinese["deadlines"][0]["why"]


def test_it_offers_the_reporter_each_action_with_its_form(district: Place, stranger: Caller) -> None:
    receipt = reported(stranger)
    district.bring_to(receipt["case"], "replied")
    offers = {offer["name"]: offer for offer in follow(stranger, receipt).body["actions"]}
    rating, words = offers["satisfied"]["form"]
    assert (rating["name"], rating["type"], rating["required"]) == ("rating", "number", False)
    assert words["type"] == "text"
    assert offers["withdraw"]["form"] == []


def test_it_lets_the_reporter_say_that_it_is_not_solved_without_proof(district: Place, stranger: Caller) -> None:
    receipt = reported(stranger)
    district.bring_to(receipt["case"], "replied")
    again = act_as_reporter(stranger, receipt, "not_solved", form={})
    assert (again.status, again.body["step"]) == (200, "handling")


def test_it_takes_number_and_code_as_people_type_them(district: Place, stranger: Caller) -> None:
    receipt = reported(stranger)
    typed = {"number": receipt["number"].replace("-", " "), "code": receipt["code"].lower().replace("-", " ")}
    assert stranger.post(f"{HERE}/followed", typed).status == 200


def test_it_answers_an_unknown_number_and_a_wrong_code_alike(district: Place, stranger: Caller) -> None:
    receipt, other = reported(stranger), reported(stranger)
    wrong = [
        receipt | {"code": "AAAA-AAAA-AAAA"},
        receipt | {"code": other["code"]},
        receipt | {"number": "118-0000000-0"},
        receipt | {"number": "not a number"},
        receipt | {"number": "\x00", "code": "\x00"},
        receipt | {"number": "118-9999999-" + "1" * 20},
    ]
    answers = [follow(stranger, each) for each in wrong]
    answers += [act_as_reporter(stranger, each, "withdraw") for each in wrong]
    assert {(answer.status, answer.code, answer.body["detail"]) for answer in answers} == {
        (404, "number_and_code_differ", "Number and code do not belong together. Check both on the receipt.")
    }
    assert {answer.body["facts"] == {} for answer in answers} == {True}


def test_it_stops_answering_after_too_many_wrong_codes(district: Place, stranger: Caller) -> None:
    receipt = reported(stranger)
    for _ in range(10):
        assert follow(stranger, receipt | {"code": "AAAA-AAAA-AAAA"}).status == 404
    for answer in (follow(stranger, receipt), act_as_reporter(stranger, receipt, "withdraw")):
        assert (answer.status, answer.code) == (429, "too_many_tries")
    assert "60 minutes" in follow(stranger, receipt).body["detail"]


def test_it_refuses_what_only_officers_may_do(stranger: Caller, district: Place) -> None:
    receipt = reported(stranger)
    for action, form in (("accept", {}), ("decline", {}), ("remind", {}), ("join", {"from_case": NOBODYS})):
        answer = act_as_reporter(stranger, receipt, action, form=form)
        assert answer.is_problem
        assert answer.status in (403, 422)
    assert district.state(receipt["case"]).version == 1


def test_it_shows_the_reporter_the_case_as_it_is_when_they_were_too_late(district: Place, stranger: Caller) -> None:
    receipt = reported(stranger)
    district.bring_to(receipt["case"], "replied")
    late = act_as_reporter(stranger, receipt, "withdraw", version=1)
    assert (late.status, late.code) == (409, "state_changed")
    assert (late.body["state"]["step"], late.body["state"]["version"]) == ("replied", 7)
    assert names(Answer(200, late.body["state"], {})) == names(follow(stranger, receipt))
    ended = act_as_reporter(stranger, receipt, "satisfied", form={"rating": 9})
    assert (ended.status, ended.code) == (422, "out_of_range")


def test_it_says_where_a_merged_case_goes_on(district: Place, stranger: Caller, hired: Hire) -> None:
    first, second = reported(stranger), reported(stranger, detail="又是那堆垃圾。")
    merged = hired(STATION, "desk_clerk").act(second["case"], "merge", into=first["case"])
    assert (merged.status, merged.body["step"]) == (200, "merged")
    told = follow(stranger, second).body
    assert told["goes_on"] == {
        "step": "Reported", "owner": told["goes_on"]["owner"], "due": told["goes_on"]["due"], "answers": [],
    }  # fmt: skip
    assert told["goes_on"]["owner"]
    assert WORDS not in json.dumps(told, ensure_ascii=False)
    assert [offer["name"] for offer in told["actions"]] == ["contest"]


def test_it_answers_everybody_who_reported_the_same(district: Place, stranger: Caller, hired: Hire) -> None:
    first, second = reported(stranger), reported(stranger, detail="又是那堆垃圾。")
    hired(STATION, "desk_clerk").act(second["case"], "merge", into=first["case"])
    district.bring_to(first["case"], "replied")

    told = follow(stranger, second).body["goes_on"]

    assert [answer["texts"][0]["text"] for answer in told["answers"]] == ["已清运完毕。"]
    assert told["answers"][0]["facts"]["Decision"] == "Supported"
    assert WORDS not in json.dumps(told, ensure_ascii=False)


def test_it_answers_a_late_officer_with_the_case_as_it_is(district: Place, stranger: Caller, hired: Hire) -> None:
    case = reported(stranger)["case"]
    clerk = hired(STATION, "desk_clerk")
    form = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
    assert clerk.act(case, "accept", 1, **form).status == 200
    late, again = clerk.act(case, "accept", 1, **form), clerk.act(case, "accept", **form)
    assert (late.status, late.code) == (409, "state_changed")
    assert (again.status, again.code) == (409, "not_in_this_step")
    for answer in (late, again):
        assert answer.body["state"] == clerk.get(f"{HERE}/cases/{case}").body
        assert (answer.body["state"]["step"], answer.body["state"]["version"]) == ("registered", 2)


def test_it_says_names_not_ids_where_it_refuses(district: Place, hired: Hire) -> None:
    case = district.report().case
    district.accept(case, "EE-009")
    district.dispatch(case, ("500118.market_regulation",))
    district.act(case, "acknowledge")
    lead = hired(district.state(case).owner or "")
    lead.language = "zh-CN"
    answer = lead.act(case, "report_back", result="solved", what_was_done="好了。", reporter_contacted="yes")
    assert (answer.status, answer.code) == (422, "parts_open")
    assert "市场监督管理局" in answer.body["detail"]
    assert answer.body["facts"]["units"] == ["500118.market_regulation"]


def test_it_tells_a_desk_that_names_itself_that_it_must_keep_out(district: Place, hired: Hire) -> None:
    case = district.report().case
    form = {"matter": "SL-022", "urgency": "standard", "area": COMMUNITY}
    answer = hired(STATION).act(case, "accept", complaint_about="unit_named", complaint_targets=[STATION], **form)
    assert (answer.status, answer.code) == (403, "recused")
    assert answer.body["detail"] != ""


def test_it_hides_a_case_from_the_unit_it_is_about(district: Place, hired: Hire) -> None:
    case = district.report(complaint_targets=(ENFORCEMENT,)).case
    team, far = hired(ENFORCEMENT), hired(f"{FAR}.community_station")
    paths = (f"/cases/{case}", f"/cases/{NOBODYS}", f"/cases/{case}/ledger", f"/cases/{NOBODYS}/ledger")
    answers = [caller.get(f"{HERE}{path}") for caller in (team, far) for path in paths]
    answers += [caller.act(each, "accept") for caller in (team, far) for each in (case, NOBODYS)]
    assert {(answer.status, json.dumps(answer.body)) for answer in answers} == {(404, json.dumps(answers[0].body))}


def test_it_finds_a_case_by_its_number_within_ones_scope(district: Place, hired: Hire) -> None:
    receipt = district.report()
    clerk, far = hired(STATION), hired(f"{FAR}.community_station")
    for typed in (receipt.number, receipt.number.replace("-", "")):
        assert [line["id"] for line in clerk.get(f"{HERE}/search?q={typed}").body["lines"]] == [receipt.case]
        assert far.get(f"{HERE}/search?q={typed}").body["lines"] == []


def test_it_pages_through_a_work_list(district: Place, hired: Hire) -> None:
    cases = {district.report(f"第{number}处垃圾").case for number in range(5)}
    head = hired(DISTRICT_CENTRE)
    found, after = [], ""
    for _ in range(5):
        page = head.get(f"{HERE}/cases?scope=community&key={COMMUNITY}&size=2&after={after}").body
        found += [line["id"] for line in page["lines"]]
        after = page["after"]
        if after is None:
            break
    assert len(found) == 5
    assert set(found) == cases


def test_it_acts_on_many_cases_with_a_result_for_each(district: Place, hired: Hire) -> None:
    good, done = district.report().case, district.report().case
    district.accept(done)
    form = {"matter": "CM-006", "urgency": "standard", "area": COMMUNITY}
    clerk = hired(STATION, "desk_clerk")
    answer = clerk.post(f"{HERE}/actions/accept", {"cases": [good, done, NOBODYS, good], "form": form})
    assert [(line["step"], line["refused"]) for line in answer.body] == [
        ("registered", None), (None, "not_in_this_step"), (None, "case_unknown"), (None, "not_in_this_step"),
    ]  # fmt: skip
