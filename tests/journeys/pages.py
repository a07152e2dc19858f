"""What a page says, for tests to look at."""

import html
import re
from collections.abc import Collection

from django.http import HttpResponse

SLUG = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\b\d{9,15}\.[a-z]|\{[a-z_]+\}")
"""What a code, a unit's id or an unfilled place in a sentence looks like."""


def text(response: HttpResponse) -> str:
    """The words of the page's main part, without tags."""
    body = response.content.decode()
    inner = re.search(r"<main.*?</main>", body, re.DOTALL)
    assert inner, body[:500]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inner[0])).split())


INLINE = re.compile(
    r"<script(?![^>]*(?:\ssrc=|type=\"application/json\"))[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:"
)
"""What stands in a page and is run or styled by it; our Content-Security-Policy refuses all of it."""


def assert_sound(response: HttpResponse, meant: Collection[str] = ()) -> None:
    """No code is shown but what is ``meant``, nothing runs that stands in the page itself, and the page is whole."""
    body = response.content.decode()
    codes = [code for code in SLUG.findall(text(response)) if code not in meant]
    assert not codes, codes
    assert not INLINE.findall(body), f"the browser is told to refuse this: {INLINE.findall(body)}"
    assert not re.search(r"\sstyle=|\son[a-z]+=", body)
    assert re.search(r'<html lang="(zh-hans|en)">', body)
    assert '<a class="skip" href="#main">' in body
    assert body.count("<h1") == 1
    for kind in ("<main", "<header", "<footer", "<nav"):
        assert kind in body
    for label in re.findall(r'<label for="([^"]+)"', body):
        assert f'id="{label}"' in body, label
    ids = re.findall(r'\sid="([^"]+)"', body)
    assert len(ids) == len(set(ids)), [each for each in ids if ids.count(each) > 1]
