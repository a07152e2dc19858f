"""Case numbers for the telephone: the district's short code, a running number, a check digit."""


def check_digit(digits: str) -> int:
    """The check digit of ISO/IEC 7064 MOD 11,10: finds every single wrong digit and almost every swap of neighbours.

    Raises:
        ValueError: something else than digits.
    """
    if not digits.isascii() or not digits.isdigit():
        raise ValueError(f"{digits!r} is not a row of digits")
    carry = 10
    for digit in digits:
        total = (carry + int(digit)) % 10 or 10
        carry = total * 2 % 11
    return (11 - carry) % 10


def case_number(short_code: str, running: int) -> str:
    """A number such as ``118-0004537-6``: short code, at least seven digits, check digit over both."""
    digits = f"{running:07d}"
    return f"{short_code}-{digits}-{check_digit(short_code + digits)}"


def normalised(text: str, short_code: str) -> str | None:
    """The number as it is stored, from what somebody typed or read out; None when it cannot be one of this district.

    Blanks, full-width digits and missing hyphens are forgiven; a wrong check digit is not. A part's suffix (``/1``)
    is kept.
    """
    whole, slash, part = text.strip().translate(_HALF_WIDTH).partition("/")
    digits = whole.replace("-", "").replace(" ", "")
    if not digits.isascii() or not digits.isdigit() or (slash and not part.isdigit()):
        return None
    running, check = digits[len(short_code) : -1], digits[-1]
    if not digits.startswith(short_code) or len(running) < 7 or check_digit(short_code + running) != int(check):
        return None
    return f"{short_code}-{running}-{check}" + (f"/{part}" if slash else "")


_HALF_WIDTH = str.maketrans("０１２３４５６７８９－—", "0123456789--")
