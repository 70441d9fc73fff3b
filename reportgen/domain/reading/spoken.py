"""English number words: `twenty-five thousand`, `one hundred and five`."""

from __future__ import annotations

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBER_WORDS = {word: n for n, word in enumerate(_ONES.split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), start=2)
}
_MULTIPLIERS = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}


def count_words(words: list[str]) -> tuple[int, int]:
    """Return the value of the number words that `words` starts with, and how many words they are."""
    total = current = used = 0
    for i, word in enumerate(words):
        before = words[i - 1] if used else ""
        if word in NUMBER_WORDS and _goes_with(before, NUMBER_WORDS[word]):
            current += NUMBER_WORDS[word]
        elif word == "hundred" and used:
            current *= 100
        elif word in _MULTIPLIERS and used:
            total, current = total + current * _MULTIPLIERS[word], 0
        elif not (word == "and" and before in _MULTIPLIERS and words[i + 1 : i + 2] and words[i + 1] in NUMBER_WORDS):
            break
        used = i + 1
    return total + current, used


def _goes_with(before: str, value: int) -> bool:
    """Whether a number word adds to the one before: `twenty five` is one number, `two three` are two."""
    earlier = NUMBER_WORDS.get(before)
    return earlier is None or (earlier >= 20 and value < 10)  # noqa: PLR2004 - tens and ones
