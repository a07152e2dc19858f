"""Imports in the administration: from an Excel file with Chinese headers to cases, and back for what was refused."""

import re
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from linli.directory import queries as directory
from linli.intake import actions, mapping
from linli.site.administration import uploading
from tests.journeys.browsing import DESKTOP, PHONE, serving
from tests.journeys.conftest import COMMUNITY, DISTRICT, DISTRICT_CENTRE, PASSWORD, STATION, Enter, Hire
from tests.journeys.pages import assert_sound, text
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import Place
from tests.rooms.intake.test_import_uploads import BAD, GOOD, HEAD, lines, workbook

IMPORTS = "/desk/admin/imports/"
MEANT = ("name_zh", "name_en", "parent_code", "linli_line")


def administrator(enter: Enter, language: str = "zh-hans") -> Client:
    return enter(DISTRICT_CENTRE, "administrator", language=language)


def file(content: bytes, name: str = "十一月.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def upload(client: Client, kind: str, content: bytes, name: str = "十一月.csv", **more: Any) -> str:
    answer = client.post(f"{IMPORTS}new/{kind}/", {"file": file(content, name), **more})
    assert answer.status_code == 302, text(answer)
    return str(answer["Location"])


def press(client: Client, page: HttpResponse, act: str, **more: Any) -> HttpResponse:
    """Sends the form of the page for that act as a browser would, with what is selected in it."""
    body = page.content.decode()
    found = re.search(rf'<form method="post" action="([^"]+/{act}/)"[^>]*>(.*?)</form>', body, re.DOTALL)
    assert found, act
    values: dict[str, Any] = dict(re.findall(r'type="(?:hidden|text)" name="(\w+)" value="([^"]*)"', found[2]))
    values.pop("csrfmiddlewaretoken", None)
    for name, options in re.findall(r'<select name="([\w-]+)"[^>]*>(.*?)</select>', found[2], re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return client.post(found[1], values | more)


def work() -> None:
    assert actions.work_next()


def test_a_hotline_export_goes_from_upload_to_cases_and_the_rest_comes_back(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    assert_sound(client.get(f"{IMPORTS}new/reports/"), MEANT)
    address = upload(client, "reports", lines(HEAD, *GOOD, BAD))
    waiting = client.get(address)
    assert_sound(waiting, MEANT)
    assert f'data-follow="{address}"' in waiting.content.decode()
    work()
    page = client.get(address)
    assert_sound(page, MEANT)
    said = text(page)
    for expected in ("GB18030", "工单编号", "第1盏路灯不亮了", "[电话]", "2026-02-30"):
        assert expected in said
    assert "13800000001" not in said
    assert (page.context["job"].new, page.context["job"].refused) == (3, 1)
    assert press(client, page, "run").status_code == 302
    stale = client.post(f"{address}run/", {"version": page.context["job"].version})
    assert stale.status_code == 409
    work()
    page = client.get(address)
    assert_sound(page, MEANT)
    assert {"zh-hans": "已导入", "en": "imported"}[language] in text(page)
    errors = client.get(f"{address}errors/")
    assert errors["Content-Disposition"].endswith("%E5%8D%81%E4%B8%80%E6%9C%88.errors.csv")
    corrected = errors.content.replace(b"2026-02-30", b"2026-02-28")
    again = upload(client, "reports", corrected, "十一月.errors.csv")
    work()
    press(client, client.get(again), "run")
    work()
    assert client.get(again).context["job"].new == 1
    listed = client.get(IMPORTS)
    assert_sound(listed, MEANT)
    assert [(row.file, row.new, row.refused) for row in listed.context["lines"]] == [
        ("十一月.errors.csv", 1, 0),
        ("十一月.csv", 3, 1),
    ]
    assert "Officer" in text(listed)


def test_the_columns_are_chosen_in_the_page_and_kept_for_the_next_time(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    content = lines("甲,乙,丙", "1,路灯不亮,甲社区", "2,井盖不见了,乙社区")
    address = upload(client, "reports", content)
    page = client.get(address)
    assert_sound(page, MEANT)
    nothing = press(client, page, "columns")
    assert nothing.status_code == 422
    assert_sound(nothing, MEANT)
    wrong = press(client, page, "columns", **{"detail-0": "丁"})
    assert wrong.status_code == 422
    half = press(client, page, "columns", **{"detail-0": "乙", "lon-0": "丙"})
    assert half.status_code == 422
    chosen = {"source_number-0": "甲", "detail-0": "乙", "area-0": "丙", "source": "信箱", "name": "信箱表"}
    assert press(client, page, "columns", **chosen).status_code == 302
    work()
    page = client.get(address)
    assert page.context["job"].new == 2
    assert "路灯不亮" in text(page)
    document = yaml.safe_load(client.get(f"{address}mapping/").content)
    assert document["columns"] == {"source_number": "甲", "detail": "乙", "area": "丙"}
    assert mapping.read(document, "x").source == "信箱"
    [kept] = client.get(IMPORTS).context["mappings"]
    assert kept.name == "信箱表"
    second = upload(client, "reports", content, saved=kept.id)
    work()
    assert client.get(second).context["job"].new == 2
    saved = client.get(f"{IMPORTS}mappings/{kept.id}/")
    assert yaml.safe_load(saved.content) == document
    back = client.post(f"{IMPORTS}mappings/", {"name": "再来", "file": file(saved.content, "m.yaml")})
    assert back.status_code == 302
    refused = client.post(f"{IMPORTS}mappings/", {"name": "坏", "file": file(b"columns: [", "m.yaml")})
    assert refused.status_code == 422
    assert_sound(refused, MEANT)
    client.post(f"{IMPORTS}mappings/{kept.id}/remove/")
    assert [each.name for each in client.get(IMPORTS).context["mappings"]] == ["再来"]


def test_what_should_be_looked_at_in_a_file_is_said(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    units = lines("type,area,name_zh,phone", f"sanitation_office,{COMMUNITY},甲社区环卫站,13800000001")
    address = upload(client, "units", units)
    work()
    page = client.get(address)
    assert_sound(page, MEANT)
    mobile = {"zh-hans": "像是个人手机号", "en": "looks like a person's mobile"}
    assert mobile[language] in text(page)
    address = upload(client, "reports", lines("内容", "路灯不亮"))
    work()
    page = client.get(address)
    assert_sound(page, MEANT)
    assert {"zh-hans": "没有编号列", "en": "No column holds a number"}[language] in text(page)


@pytest.mark.parametrize("kind", ["units", "staff"])
def test_refused_rows_are_read_in_the_readers_language_whoever_uploaded_them(enter: Enter, kind: str) -> None:
    rows = {
        "units": lines("type,area,name_zh,functions", f"clinic,{COMMUNITY},甲诊所,fly"),
        "staff": lines("username,name,post", f"wang.yi,王一,{COMMUNITY}.nowhere.handler"),
    }
    client = administrator(enter, "zh-hans")
    address = upload(client, kind, rows[kind])
    work()
    for language, said in (
        ("zh-hans", {"units": "职能编码不认识", "staff": "没有这个岗位"}),
        ("en", {"units": "known are", "staff": "is not known"}),
        ("zh-hans", {"units": "职能编码不认识", "staff": "没有这个岗位"}),
    ):
        client.cookies["django_language"] = language
        assert said[kind] in text(client.get(address))


def test_units_and_boundaries_go_in_by_their_pages(enter: Enter, language: str) -> None:
    client = administrator(enter, language)
    units = workbook(("单位类型", "区划代码", "单位名称"), ("sanitation_office", COMMUNITY, "甲社区环卫站"))
    address = upload(client, "units", units, "单位.xlsx")
    work()
    page = client.get(address)
    assert_sound(page, MEANT)
    press(client, page, "run")
    work()
    assert f"{COMMUNITY}.sanitation_office" in directory.units(DISTRICT)
    no_datum = client.post(f"{IMPORTS}new/boundaries/", {"file": file(b"{}", "b.geojson")})
    assert no_datum.status_code == 422
    assert client.get(f"{IMPORTS}new/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04 broken", "无法读取"),
        (b"\x1f\x8b rest", "解压"),
        (bytes(5000), "既不是文本文件"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(enter: Enter, content: bytes, said: str) -> None:
    answer = administrator(enter).post(f"{IMPORTS}new/reports/", {"file": file(content)})
    assert answer.status_code == 422
    assert_sound(answer, MEANT)
    assert said in text(answer)


def test_a_file_that_is_too_large_is_refused_and_a_missing_one_too(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "MOST_BYTES", 1000)
    client = administrator(enter)
    answer = client.post(f"{IMPORTS}new/reports/", {"file": file(b"a" * 1001)})
    assert answer.status_code == 422
    assert "32 MB" in text(answer)
    assert client.post(f"{IMPORTS}new/reports/", {}).status_code == 422


def test_an_upload_needs_the_token_of_its_page(enter: Enter) -> None:
    client = administrator(enter)
    client.handler.enforce_csrf_checks = True
    assert client.post(f"{IMPORTS}new/reports/", {"file": file(lines(HEAD, *GOOD))}).status_code == 403


def test_a_discarded_or_forgotten_file_is_gone(enter: Enter) -> None:
    client = administrator(enter)
    address = upload(client, "reports", lines(HEAD, *GOOD))
    work()
    assert press(client, client.get(address), "cancel").status_code == 302
    assert "第1盏路灯" not in text(client.get(address))
    second = upload(client, "reports", lines(HEAD, *GOOD))
    work()
    actions.expire(timezone.now() + timedelta(hours=25))
    page = client.get(second)
    assert_sound(page, MEANT)
    assert "第1盏路灯" not in text(page)
    assert client.post(f"{second}run/", {"version": page.context["job"].version}).status_code == 409


def test_nobody_else_finds_imports(enter: Enter) -> None:
    address = upload(administrator(enter), "reports", lines(HEAD, *GOOD))
    clerk = enter(STATION, "desk_clerk")
    for path in (IMPORTS, address, f"{IMPORTS}new/reports/"):
        assert clerk.get(path).status_code == 404


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_it_is_done_in_a_browser_and_the_page_follows_the_work(
    browser: Browser, district: Place, hire: Hire, seen: tuple[str, str], size: tuple[int, int]
) -> None:
    """An Excel file of the hotline in six screens and seven presses: kind, file, upload, preview, import, report."""
    del district
    language, scheme = seen
    faults: list[str] = []
    with serving() as address:
        context = browser.new_context(
            base_url=address,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="zh-CN" if language == "zh-hans" else "en-GB",
        )
        page = context.new_page()
        page.set_default_timeout(20_000)

        def look(name: str) -> None:
            faults.extend(looked_at(page, f"{name}-{size[0]}", language, scheme))

        page.goto("/account/login/")
        page.locator("[name=username]").fill(hire(DISTRICT_CENTRE, "administrator", language=language))
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main button").last.click()
        page.goto(IMPORTS)
        look("imports-empty")
        page.locator(f"a[href='{IMPORTS}new/reports/']").click()
        look("import-upload")
        rows = [tuple(row.split(",")) for row in (HEAD, *GOOD, BAD)]
        page.locator("[name=file]").set_input_files(
            {"name": "十一月.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(*rows)}
        )
        page.locator("main form button").click()
        page.wait_for_selector("[data-follow]")
        look("import-waiting")
        work()
        page.wait_for_selector("form[action$='/columns/']")
        look("import-preview")
        assert page.locator("#refused").is_visible()
        page.locator("form[action$='/run/'] button").click()
        page.wait_for_selector("[data-follow]")
        work()
        page.wait_for_selector("a[href$='/errors/']")
        look("import-done")
        page.goto(IMPORTS)
        look("imports")
        context.close()
    assert faults == [], "\n".join(faults)
