"""Photos in the browser: made smaller and cleaned before they are sent, shown, taken away; and without all that."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Request

from linli.cases.models import Case
from linli.vault import sealing
from linli.vault.models import Item
from tests.journeys.browsing import PHONE, serving
from tests.journeys.conftest import DISTRICT, PASSWORD, SANITATION, Hire
from tests.journeys.test_accessibility import looked_at
from tests.rooms.conftest import Place

REPORT = f"/report/{DISTRICT}/"
WORDS = "楼下的垃圾堆了好几天没有人清运，味道很大。"
ORIENTATION, GPS = 0x0112, 0x8825


def camera(width: int = 4000, height: int = 3000, name: str = "IMG_1.jpg") -> FilePayload:
    """What a phone's camera hands over: large, lying on its side, with the place where it was taken."""
    picture = Image.effect_noise((width, height), 40).convert("RGB")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[2] = (29.0, 21.0, 22.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def heic(name: str = "IMG_2.HEIC") -> FilePayload:
    return {"name": name, "mimeType": "image/heic", "buffer": b"\x00\x00\x00\x18ftypheic" + bytes(100)}


@pytest.fixture
def phone(browser: Browser, district: Place) -> Iterator[Page]:
    del district
    with serving() as address:
        context = browser.new_context(
            base_url=address, viewport={"width": PHONE[0], "height": PHONE[1]}, locale="zh-CN"
        )
        context.set_default_timeout(20_000)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        yield page
        context.close()
        assert faults == []


def chosen(page: Page, name: str = "photos") -> list[dict[str, Any]]:
    """The files that the form would send now."""
    found: list[dict[str, Any]] = page.evaluate(
        """async name => Promise.all([...document.querySelector(`[name=${name}]`).files].map(async file => {
             const picture = await createImageBitmap(file, {imageOrientation: 'none'});
             return {name: file.name, type: file.type, size: file.size, width: picture.width, height: picture.height,
                     start: [...new Uint8Array(await file.slice(0, 4096).arrayBuffer())]}}))""",
        name,
    )
    return found


def kept(case: str) -> list[Image.Image]:
    """The photos that the vault holds of a case."""
    found = []
    for item in Item.objects.filter(case_id=case, kind="photo").order_by("field"):
        wrapped, nonce, sealed = bytes(item.wrapped_key), bytes(item.nonce), bytes(item.sealed)
        found.append(Image.open(io.BytesIO(sealing.unseal(str(item.id), item.key_id, wrapped, nonce, sealed))))
    return found


def sent(page: Page) -> str:
    """The case that the page's report made."""
    page.locator("main form > button").click()
    page.wait_for_selector(".slip")
    return str(Case.objects.order_by("-opened_at")[0].id)


def test_a_photo_is_made_smaller_upright_and_clean_before_it_is_sent(phone: Page) -> None:
    original = camera()
    uploads: list[Request] = []
    phone.on("request", lambda request: uploads.append(request) if request.method == "POST" else None)
    phone.goto(REPORT)
    phone.locator("[name=detail]").fill(WORDS)
    phone.locator("[name=photos]").set_input_files(original)
    phone.wait_for_selector(".photos li img")
    (found,) = chosen(phone)
    assert (found["width"], found["height"]) == (1200, 1600), "upright, the longer edge 1,600"
    assert found["type"] == "image/jpeg"
    assert found["size"] < len(original["buffer"]) / 3
    assert b"Exif" not in bytes(found["start"])
    assert b"Exif" in original["buffer"][:100], "the original does say where it was taken"
    (photo,) = kept(sent(phone))
    assert photo.size == (1200, 1600)
    (upload,) = [r for r in uploads if r.url.endswith(REPORT)]
    assert len(upload.post_data_buffer or b"") < len(original["buffer"]) / 3


def test_photos_are_added_one_by_one_shown_with_words_and_taken_away(phone: Page) -> None:
    phone.goto(REPORT)
    for number in range(3):
        phone.locator("[name=photos]").set_input_files(camera(300, 200, f"门口{number}.jpg"))
        phone.wait_for_selector(f".photos li:nth-child({number + 1}) img")
    assert phone.locator(".photos img").nth(1).get_attribute("alt") == "照片 2：门口1.jpg"
    assert looked_at(phone, "report-photos", "zh-hans", "light") == []
    phone.get_by_role("button", name="删除照片 2").press("Enter")
    assert phone.locator(".photos li").count() == 2
    assert [file["name"] for file in chosen(phone)] == ["门口0.jpg", "门口2.jpg"]
    assert phone.evaluate("document.activeElement.textContent") == "删除", "whoever uses the keyboard stays there"
    phone.locator("[name=detail]").fill(WORDS)
    assert len(kept(sent(phone))) == 2


def test_more_than_six_are_not_taken_and_it_says_so(phone: Page) -> None:
    phone.goto(REPORT)
    phone.locator("[name=photos]").set_input_files([camera(60, 40, f"{n}.jpg") for n in range(7)])
    phone.wait_for_selector(".photos-said.wrong:has-text('最多 6 张')")
    assert len(chosen(phone)) == 6


def test_a_photo_that_the_browser_cannot_read_is_left_out_with_words_that_say_what_to_do(phone: Page) -> None:
    phone.goto(REPORT)
    phone.locator("[name=photos]").set_input_files([heic(), camera(60, 40)])
    phone.wait_for_selector(".photos-said.wrong:has-text('无法读取 IMG_2.HEIC')")
    assert "兼容性最佳" in phone.locator(".photos-said").inner_text()
    assert [file["name"] for file in chosen(phone)] == ["IMG_1.jpg"], "the others are taken all the same"


def test_where_the_browser_cannot_shrink_the_original_is_sent(phone: Page) -> None:
    phone.add_init_script("window.createImageBitmap = () => Promise.reject(new Error('no'))")
    phone.goto(REPORT)
    phone.locator("[name=detail]").fill(WORDS)
    phone.locator("[name=photos]").set_input_files(camera(900, 600))
    phone.wait_for_selector(".photos li:has-text('照片 1：IMG_1.jpg')")
    (photo,) = kept(sent(phone))
    assert photo.size == (600, 900), "the site turned and cleaned it"
    assert not photo.getexif()


def test_sending_waits_until_the_photos_are_ready(phone: Page) -> None:
    phone.add_init_script(
        "const real = window.createImageBitmap; const slow = () => new Promise(done => setTimeout(done, 1500));"
        "window.createImageBitmap = async (...all) => { await slow(); return real(...all) }"
    )
    phone.goto(REPORT)
    phone.locator("[name=detail]").fill(WORDS)
    phone.locator("[name=photos]").set_input_files(camera(3000, 2000))
    (photo,) = kept(sent(phone))
    assert photo.size == (1067, 1600)


def test_photos_are_still_there_when_the_form_comes_back(phone: Page) -> None:
    phone.goto(REPORT)
    phone.locator("[name=detail]").fill(WORDS)
    phone.locator("[name=photos]").set_input_files([camera(300, 200, "一.jpg"), camera(300, 200, "二.jpg")])
    phone.wait_for_selector(".photos li:nth-child(2) img")
    phone.locator("[name=where]").fill("甲社区或者丙社区")
    phone.locator("main form > button").click()
    phone.wait_for_selector("[name=area]")
    phone.wait_for_selector(".photos li:nth-child(2) img")
    assert "请重新选择照片" not in phone.locator("main").inner_text()
    phone.locator("[name=area]").first.check()
    assert len(kept(sent(phone))) == 2
    phone.goto(REPORT)
    assert phone.locator(".photos li").count() == 0


def test_a_handlers_evidence_is_made_smaller_too(phone: Page, district: Place, hire: Hire) -> None:
    case = district.report().case
    district.bring_to(case, "handling")
    phone.goto("/account/login/")
    phone.locator("[name=username]").fill(hire(SANITATION, "handler"))
    phone.locator("[name=password]").fill(PASSWORD)
    phone.locator("main button").last.click()
    phone.goto(f"/desk/case/{case}/?act=report_back")
    phone.locator("[name=result]").first.check()
    phone.locator("[name=what_was_done]").fill("已清运。")
    phone.locator("[name=reporter_contacted]").first.check()
    phone.locator("[name=evidence]").set_input_files(camera())
    phone.wait_for_selector(".photos li img")
    phone.locator("#acts form button.btn-primary").click()
    phone.wait_for_selector(".alert-success")
    (photo,) = kept(case)
    assert photo.size == (1200, 1600)


def test_without_javascript_the_plain_field_works(browser: Browser, district: Place) -> None:
    del district
    with serving() as address:
        context = browser.new_context(base_url=address, java_script_enabled=False, locale="zh-CN")
        page = context.new_page()
        page.goto(REPORT)
        page.locator("[name=detail]").fill(WORDS)
        page.locator("[name=photos]").set_input_files([camera(900, 600), camera(90, 60)])
        assert {photo.size for photo in kept(sent(page))} == {(600, 900), (60, 90)}
        context.close()


def test_a_receipt_outlives_a_reload_although_the_browser_has_lost_the_photos(phone: Page) -> None:
    phone.goto(REPORT)
    phone.fill("[name=detail]", WORDS)
    phone.locator("[name=photos]").set_input_files(camera(900, 600))
    phone.wait_for_selector(".photos li img")
    case = sent(phone)
    number = Case.objects.get(id=case).number
    code = phone.locator(".big-number").all_inner_texts()
    phone.reload()
    assert phone.locator(f"text={number}").count(), phone.locator("main").inner_text()[:400]
    assert phone.locator(".big-number").all_inner_texts() == code
    assert Case.objects.count() == 1
