"""Inputs at the edge of what production sends: without words, very long, in another language (formulas.md 5.5).

They are no fault; a corpus should hold some, and whoever reads a figure should know how many it rests on.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from reportgen.corpus.quality_rows import Rows, places_of, problem
from reportgen.domain.wording.figures import counted
from reportgen.problems import Problem, Severity

LONG_TIMES, LONG_AT_LEAST = 10, 2_000
"""Very long: so many times the median, and so many characters at least."""
FEWEST_ROWS = 100
"""From so many examples on it is told when none of them is an edge case."""
LOOKED_AT = 300
"""Characters from which the language is told."""
MOST_SHARE = 0.2
"""A corpus with more of another language is one in several languages, and none of them is an edge."""
_FEWEST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+")
_TALK = """
English: the and is of to you for with this that have not my are was it please
German: der die das und ist nicht ich mit ein eine für auf bitte sie wir haben wurde zu
French: le les des est pas je vous une pour avec dans et mon ma sur nous bonjour du
Spanish: el los las es por con para una mi que está y pero muy favor gracias del
Italian: il gli che non per con una mi sono della è questo grazie di ho alla
Portuguese: os não uma para com meu minha por está você obrigado da do em foi ao
Dutch: het een van niet ik met voor op zijn dat mijn bedankt u graag naar wordt
"""
_SPOKEN = [(name, words.split()) for name, _, words in (line.partition(":") for line in _TALK.strip().splitlines())]
_LANGUAGES_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {word: tuple(name for name, words in _SPOKEN if word in words) for _, words in _SPOKEN for word in words}
)
_MARKS = ".,;:!?()\"'"
_SCRIPTS = (
    ("Cyrillic", re.compile(r"[\u0400-\u04ff]")),
    ("Greek", re.compile(r"[\u0370-\u03ff]")),
    ("Hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("Arabic", re.compile(r"[\u0600-\u06ff]")),
    ("Devanagari", re.compile(r"[\u0900-\u097f]")),
    ("Thai", re.compile(r"[\u0e00-\u0e7f]")),
    ("Chinese, Japanese or Korean", re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")),
)


def edge_inputs(rows: Rows) -> Iterator[Problem]:
    """Name the rows whose input is an edge case, one finding for all kinds, or say that there is none."""
    texts = rows.texts
    kinds = {
        "without a word": [i for i, text in enumerate(texts) if _WORD.search(text) is None],
        f"more than {LONG_TIMES} times as long as the median": _long(texts),
        "in another language or script than the rest": _foreign(texts),
    }
    found = {kind: places for kind, places in kinds.items() if places}
    if not found:
        if len(texts) >= FEWEST_ROWS:
            yield problem(
                "no-edge-inputs",
                Severity.NOTE,
                ("Examples",),
                f"no edge case among {counted(len(texts), 'example')}: no input {', none '.join(kinds)}. "
                "How a candidate takes such inputs is not tested.",
                "Add some if production sends them; nothing to do if it never does.",
            )
        return
    told = "; ".join(f"{counted(len(places), 'input')} {kind}" for kind, places in found.items())
    yield problem(
        "edge-inputs",
        Severity.NOTE,
        places_of(rows, sorted({i for places in found.values() for i in places})),
        f"edge cases among the examples: {told}.",
        "Keep them if production sends such inputs, and look at their answers; delete them if they are mistakes.",
    )


def _long(texts: list[str]) -> list[int]:
    lengths = [len(text) for text in texts]
    least = max(LONG_AT_LEAST, LONG_TIMES * statistics.median(lengths)) if lengths else 0
    return [i for i, length in enumerate(lengths) if length > least]


def _foreign(texts: list[str]) -> list[int]:
    """Return the rows in another language than most; rows of which it cannot be told are left out."""
    told = {i: language for i, text in enumerate(texts) if (language := language_of(text[:LOOKED_AT]))}
    counts = Counter(told.values())
    if not counts:
        return []
    usual, _ = counts.most_common(1)[0]
    return [i for i, name in told.items() if name != usual and counts[name] <= MOST_SHARE * len(told)]


def language_of(text: str) -> str:
    """Return the language or script of a text, '' where too little speaks for one: mixed text is told by what prevails."""
    if not text.isascii():
        letters = sum(map(len, _WORD.findall(text)))
        for script, pattern in _SCRIPTS:
            if 2 * len(pattern.findall(text)) > letters > 0:
                return script
    hits = Counter(name for word in set(text.casefold().split()) for name in _LANGUAGES_OF.get(word.strip(_MARKS), ()))
    (name, best), (_, second) = [*hits.most_common(2), ("", 0), ("", 0)][:2]
    return name if best >= _FEWEST_WORDS and best >= 2 * second else ""
