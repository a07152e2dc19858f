"""The mark by which a form names an open case without anybody reading which: sealed for this filling-in only."""

import base64
import binascii
import hashlib
import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE = 12


def mark(case: str, district: str, filling: str) -> str:
    """What stands in the form for a case; another filling-in (``filling`` is its key) gives another mark."""
    about = _about(district, filling)
    # One plaintext for one nonce: the nonce is made from everything that is sealed.
    nonce = hmac.new(_key(), about + case.encode(), hashlib.sha256).digest()[:_NONCE]
    return base64.urlsafe_b64encode(nonce + AESGCM(_key()).encrypt(nonce, case.encode(), about)).decode()


def marked(text: str, district: str, filling: str) -> str | None:
    """The case that a mark of this filling-in stands for; None for anything else."""
    try:
        sealed = base64.urlsafe_b64decode(text.encode())
        return AESGCM(_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], _about(district, filling)).decode()
    except (InvalidTag, binascii.Error, ValueError):
        return None


def _about(district: str, filling: str) -> bytes:
    return f"{district}\x1f{filling}\x1f".encode()


def _key() -> bytes:
    return hmac.new(settings.CODE_KEY, b"sameness", hashlib.sha256).digest()
