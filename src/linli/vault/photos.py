"""Photos are decoded and encoded anew: what is kept is a plain JPEG without any metadata."""

import base64
import binascii
from io import BytesIO

from PIL import Image, ImageOps

from linli.core.errors import Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
"""A JPEG is made smaller while it is decoded; the others need all their memory at once, however small the file is."""
LONGEST_SIDE = 2048


def re_encoded(content: bytes) -> bytes:
    """The picture as JPEG, turned upright, at most 2,048 pixels a side, without EXIF, GPS or colour profiles.

    Raises:
        Refusal: ``photo_too_large`` (bytes or pixels), ``photo_unreadable`` (not a JPEG, PNG or WebP picture).
    """
    if len(content) > MAX_BYTES:
        raise Refusal("photo_too_large", {"limit_mb": MAX_BYTES // 1024 // 1024})
    try:
        return _clean(content)
    except Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as bomb:
        raise _too_many_pixels("JPEG") from bomb
    except Exception as broken:  # decoders raise anything over a broken file, struct.error and KeyError too
        raise Refusal("photo_unreadable", {"formats": FORMATS}) from broken


def decoded(text: str) -> bytes:
    """The bytes of a photo that came as base64.

    Raises:
        Refusal: ``photo_not_base64``.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise Refusal("photo_not_base64", {"formats": FORMATS}) from broken


def _clean(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        kind = picture.format if picture.format in MAX_PIXELS else "JPEG"  # MPO is a JPEG with more behind it
        if picture.width * picture.height > MAX_PIXELS[kind]:
            raise _too_many_pixels(kind)
        small = picture.convert("RGB") if picture.mode in ("1", "P") else picture
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(small).convert("RGB")
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = BytesIO()
    clean.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _too_many_pixels(kind: str) -> Refusal:
    return Refusal("photo_too_large", {"limit_megapixels": MAX_PIXELS[kind] // 1_000_000})
