"""Photos are decoded and encoded anew: what is kept is a plain JPEG without any metadata."""

import base64
import binascii
from io import BytesIO

from PIL import Image, ImageOps

from linli.core.errors import Refusal

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
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
        raise _too_many_pixels() from bomb
    except Exception as broken:  # decoders raise anything over a broken file, struct.error and KeyError too
        raise Refusal("photo_unreadable", {"formats": FORMATS}) from broken


def decoded(text: str) -> bytes:
    """The bytes of a photo that came as base64.

    Raises:
        Refusal: ``photo_unreadable``.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as broken:
        raise Refusal("photo_unreadable", {"formats": ("base64",)}) from broken


def _clean(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise _too_many_pixels()
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = BytesIO()
    clean.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def _too_many_pixels() -> Refusal:
    return Refusal("photo_too_large", {"limit_megapixels": MAX_PIXELS // 1_000_000})
