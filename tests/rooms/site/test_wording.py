"""What Django's own checks say is worded by us, in both languages, in every form."""

from pathlib import Path

import django
import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from linli.ui.wording import SENTENCES

DJANGO = Path(django.__file__).parent


class Everything(forms.Form):
    word = forms.CharField(max_length=3)
    number = forms.IntegerField(max_value=3)
    day = forms.DateField()
    file = forms.FileField()
    one = forms.ChoiceField(choices=[("a", "a")])


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh-hans",
            ["最多 3 个字，现在有 5 个。", "请填不超过 3 的数。", "看不懂这个日期，请写成 2026-11-23。",
             "这个文件是空的，请检查后重新选择。", "没有这个选项，请重新选择。"],
        ),
        (
            "en",
            ["At most 3 characters; there are 5. Shorten it.", "Write a number up to 3.",
             "Write the day as 2026-11-23.",
             "This file is empty. Check it and choose it again.", "This does not fit. Please choose again."],
        ),
    ],
)  # fmt: skip
def test_a_plain_form_speaks_our_words(language: str, said: list[str]) -> None:
    typed = {"word": "abcde", "number": "7", "day": "soon", "one": "b"}
    with translation.override(language):
        form = Everything(typed, {"file": SimpleUploadedFile("rows.csv", b"")})
        assert [str(errors[0]) for errors in form.errors.values()] == said


@pytest.mark.parametrize("sentence", SENTENCES)
def test_django_still_says_what_is_worded_anew(sentence: str) -> None:
    files = ("forms/fields.py", "core/validators.py", "contrib/auth/password_validation.py")
    source = " ".join(" ".join((DJANGO / file).read_text("utf-8").split()) for file in files).replace('" "', "")
    assert sentence in source
