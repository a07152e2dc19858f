"""Secret codes of reporters: 60 random bits in Crockford's base 32, stored as a keyed hash only."""

import hashlib
import hmac
import secrets

from django.conf import settings

from linli.core.telephone import number_in

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12


def new_code() -> str:
    """A fresh code such as ``7K3M-Q0ZD-RW9T``."""
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in secrets.token_bytes(LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))


def normalised(text: str) -> str:
    """The code without separators, upper case, with the letters that people misread put right (O, I, L)."""
    letters = text.translate(str.maketrans("OoIiLl", "001111")).upper()
    return "".join(letter for letter in letters if letter in ALPHABET)


def keyed_hash(*parts: str) -> str:
    """HMAC-SHA-256 under the site's key: what is stored instead of a code, a number or an address."""
    return hmac.new(settings.CODE_KEY, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def code_hash(case: str, code: str) -> str:
    """What is stored of the code of a case."""
    return keyed_hash("code", case, normalised(code))


def phone_hash(district: str, text: str) -> str:
    """What is stored of the telephone number in a contact, empty where there is none.

    Keyed, so that nobody without the site's key can try numbers; with the district, so that two don't match up.
    """
    number = number_in(text)
    return keyed_hash("phone", district, number) if number else ""
