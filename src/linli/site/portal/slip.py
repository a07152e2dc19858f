"""The printable slip of a receipt: a picture code that opens the follow page with the number filled in."""

from io import BytesIO
from urllib.parse import urlencode

import segno
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe


def follow_address(request: HttpRequest, number: str) -> str:
    """Where the slip leads. The secret code is typed by hand: it never stands in an address."""
    return request.build_absolute_uri(f"{reverse('follow')}?{urlencode({'number': number})}")


def picture_code(address: str) -> SafeString:
    """A QR code as SVG to stand in the page: dark on white in any theme, readable when a corner is worn."""
    drawn = BytesIO()
    code = segno.make(address, error="q", micro=False)
    code.save(
        drawn, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, border=2,
        light="#fff", svgclass=None, lineclass=None,
    )  # fmt: skip
    return mark_safe(drawn.getvalue().decode())  # noqa: S308 - made of squares, holds no word of anybody
