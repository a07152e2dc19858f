"""Photos are decoded and encoded anew: what is kept is a plain JPEG without any metadata."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

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
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Refusal("photo_too_large", {"limit_megapixels": MAX_PIXELS // 1_000_000})
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as broken:
        raise Refusal("photo_unreadable", {"formats": FORMATS}) from broken
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    out = BytesIO()
    clean.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()
