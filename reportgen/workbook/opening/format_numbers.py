"""Digits as a number format shows them: places, thousands, scaling, percentages, fractions and powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Protocol

_DIGITS = 15
"""Significant digits that spreadsheet programs keep of a number."""
_LEAST_PLAIN, _MOST_PLAIN = -9, 20
"""Powers of ten between which a number without a format is written without one."""
_LONGEST_DENOMINATOR = 7


class Piece(Protocol):
    """One piece of a section of a format."""

    @property
    def kind(self) -> str:
        """What kind of piece it is."""

    @property
    def text(self) -> str:
        """Its text."""


def general(value: float) -> str:
    """Return a number without a format: its digits, at most 15 of them."""
    if isinstance(value, int) and abs(value) < 10**_DIGITS:
        return str(value)
    exact = kept(value)
    if not exact:
        return "0"
    if not _LEAST_PLAIN <= exact.adjusted() < _MOST_PLAIN:
        digits = "".join(map(str, exact.normalize().as_tuple().digits))
        mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
        return f"{'-' if exact < 0 else ''}{mantissa}E{exact.adjusted():+03d}"
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def kept(value: float) -> Decimal:
    """Return a number as its 15 significant digits, exactly."""
    return Decimal(value) if isinstance(value, int) and abs(value) < 10**_DIGITS else Decimal(f"{value:.{_DIGITS - 1}e}")


def number_text(value: float, tokens: Sequence[Piece]) -> str:
    """Return a number as the pieces of a section show it; a negative one gets its sign in front."""
    kinds = [t.kind for t in tokens]
    if "general" in kinds:
        body = "".join(general(abs(value)) if t.kind == "general" else t.text for t in tokens)
    elif "digits" not in kinds:
        body = "".join(general(abs(value)) if t.kind == "text" else t.text for t in tokens)
        if "text" not in kinds:
            return ("-" if value < 0 and body.strip() else "") + body
    elif "exponent" in kinds:
        body = _scientific(abs(kept(value)), tokens)
    elif (at := _fraction_bar(tokens)) is not None:
        body = _fraction(abs(kept(value)), tokens, at)
    else:
        size = abs(kept(value)).scaleb(2 * kinds.count("percent"))
        body = _places(size, tokens)
    return ("-" if value < 0 and any(c in "123456789" for c in body) else "") + body


def _places(size: Decimal, tokens: Sequence[Piece]) -> str:
    """Fill the places before and behind the point; what stands between them stays where it stands."""
    point = next((i for i, t in enumerate(tokens) if t.kind == "point"), len(tokens))
    whole, rest = tokens[:point], tokens[point:]
    spots = [i for i, t in enumerate(whole) if t.kind == "digits"]
    last = spots[-1] if spots else -1
    grouped = any(t.kind == "comma" for t in whole[:last]) if spots else False
    behind = [i for i, t in enumerate(rest) if t.kind == "digits"]
    tail = _scaling(rest, behind[-1]) if behind else 0
    size = size.scaleb(-3 * (_scaling(whole, last) + tail))
    decimals = sum(len(t.text) for t in rest if t.kind == "digits")
    rounded = size.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits, _, fraction = f"{rounded:f}".partition(".")
    return _whole(digits.lstrip("0"), whole, grouped=grouped) + _behind(fraction, rest)


def _scaling(tokens: Sequence[Piece], last: int) -> int:
    """Return how many commas stand right behind the last place: each divides by a thousand."""
    count = 0
    while last >= 0 and last + 1 + count < len(tokens) and tokens[last + 1 + count].kind == "comma":
        count += 1
    return count


def _whole(digits: str, tokens: Sequence[Piece], *, grouped: bool) -> str:
    """Fill the places before the point; digits without a place stand at the first one."""
    room = sum(len(t.text) for t in tokens if t.kind == "digits")
    if not room:
        return "".join(t.text for t in tokens if t.kind != "comma") + digits
    left = digits.rjust(room, "\0")
    places = iter(left[len(left) - room :])
    over, behind = left[: len(left) - room], len(left)
    out: list[str] = []

    def put(shown: str) -> None:
        nonlocal behind
        behind -= 1
        if shown:
            out.append(shown)
            if grouped and behind and behind % 3 == 0:
                out.append("," if shown != " " else " ")

    for token in tokens:
        if token.kind == "digits":
            for digit in over:
                put(digit)
            over = ""
            for place in token.text:
                digit = next(places)
                put(digit if digit != "\0" else {"0": "0", "?": " "}.get(place, ""))
        elif token.kind != "comma":
            out.append(token.text)
    return "".join(out)


def _behind(fraction: str, tokens: Sequence[Piece]) -> str:
    """Fill the places behind the point; `#` and `?` show no zero at the end."""
    shown = "".join(t.text for t in tokens if t.kind == "digits")
    needed = len(fraction.rstrip("0"))
    out, at = [], 0
    for token in tokens:
        if token.kind == "digits":
            for place in token.text:
                if at < needed or "0" in shown[at:]:
                    out.append(fraction[at])
                elif place == "?":
                    out.append(" ")
                at += 1
        elif token.kind != "comma":
            out.append(token.text)
    return "".join(out)


def _scientific(size: Decimal, tokens: Sequence[Piece]) -> str:
    """Show a number as digits and a power of ten; several places before the point go in steps of as many powers."""
    at = next(i for i, t in enumerate(tokens) if t.kind == "exponent")
    mantissa, sign, behind = tokens[:at], tokens[at].text, list(tokens[at + 1 :])
    point = next((i for i, t in enumerate(mantissa) if t.kind == "point"), len(mantissa))
    step = max(sum(len(t.text) for t in mantissa[:point] if t.kind == "digits"), 1)
    decimals = sum(len(t.text) for t in mantissa[point:] if t.kind == "digits")
    power = 0
    if size:
        power = size.adjusted() // step * step
        rounded = size.scaleb(-power).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if rounded.adjusted() >= step:
            power += step
    digits = next((t for t in behind if t.kind == "digits"), None)
    places = len(digits.text) if digits else 1
    written = f"E{'-' if power < 0 else '+' if sign[1] == '+' else ''}{abs(power):0{places}d}"
    rest = "".join(t.text for t in behind if t is not digits)
    return _places(size.scaleb(-power), mantissa) + written + rest


def _fraction_bar(tokens: Sequence[Piece]) -> int | None:
    """Return where the bar of a fraction stands: between places, or between places and a number."""
    for i, token in enumerate(tokens):
        if token.kind == "slash" and i and tokens[i - 1].kind == "digits" and i + 1 < len(tokens):
            after = tokens[i + 1]
            if after.kind == "digits" or (after.kind == "literal" and after.text.isdigit()):
                return i
    return None


def _fraction(size: Decimal, tokens: Sequence[Piece], bar: int) -> str:
    """Show a number as a whole part and the nearest fraction that has room."""
    end = bar + 1
    while end < len(tokens) and (
        tokens[end].kind == "digits" or (tokens[end].kind == "literal" and tokens[end].text.isdigit())
    ):
        end += 1
    below = "".join(t.text for t in tokens[bar + 1 : end])
    over = tokens[bar - 1].text
    front = list(tokens[: bar - 1])
    mixed = any(t.kind == "digits" for t in front)
    exact = Fraction(size)
    whole = int(exact) if mixed else 0
    rest = exact - whole
    fixed = int(below) if below.isdigit() and int(below) else 0
    if fixed:
        top, bottom = int(rest * fixed + Fraction(1, 2)), fixed
    else:
        near = rest.limit_denominator(10 ** min(len(below), _LONGEST_DENOMINATOR) - 1)
        top, bottom = near.numerator, near.denominator
    if mixed and top == bottom:
        whole, top, bottom = whole + 1, 0, fixed or 1
    tail = "".join(t.text for t in tokens[end:])
    if mixed and not top and "0" not in over:
        lead = _places(Decimal(whole), front).rstrip()
        return (lead if whole or lead.strip() else lead + "0") + tail
    filled = whole or any("0" in t.text for t in front if t.kind == "digits")
    lead = _places(Decimal(whole), front) if filled else _blank(front)
    written = f"{_padded(top, over)}/{bottom if fixed else _padded(bottom, below)}"
    return lead + written + tail


def _blank(front: Sequence[Piece]) -> str:
    """Return what stands before a fraction below one."""
    return "".join(t.text for t in front if t.kind == "literal" and t.text.strip())


def _padded(number: int, places: str) -> str:
    """Return a part of a fraction; `?` leaves room for columns of figures, which no text needs."""
    return str(number).rjust(len(places), "0") if places.startswith("0") else str(number)
