"""What the words on each page mean: the glossary of the report, and the few words that only the desk has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportgen.reports.view.glossary import GLOSSARY
from reportgen.reports.view.records import Fact

OWN: Mapping[str, str] = {
    "Baseline": "The run that later runs are held against, accepted by a person.",
    "Bundle": "One file of a whole run: whoever has it can compute every figure again.",
    "Evidence": "The workbook as received, the rules, every response and score of a run, and the seal over all of it.",
    "Seal": "A list of the hashes of all files of a run: it shows any change that was made afterwards.",
    "Sign-off": "A person's name under a run, with the day and the hash of the evidence that was signed.",
    "Public key": "What a signature is checked with. It can be given to anybody; the private key signs in your name.",
    "Marked copy": "A copy of your workbook in which every faulty cell is coloured and carries the fault as a note.",
    "Train": "Examples that candidates may learn from, and that nobody is scored on.",
    "Prices": "What a run will cost is reckoned from the lengths of the texts; what it did cost is in the report.",
}
_PAGES: Mapping[str, Sequence[str]] = {
    "workbook": ("Candidate", "Service level"),
    "check": ("Candidate", "Service level", "Evaluation split", "Holdout", "Train", "PROVEN", "Marked copy", "Prices"),
    "run": ("Candidate", "Evidence", "Seal", "Prices"),
    "answers": ("Candidate", "Review rate", "Evaluation split"),
    "review": ("Candidate", "Review rate"),
    "confirm": ("Holdout", "Candidate", "Service level", "PROVEN"),
    "keep": ("Baseline", "Bundle", "Evidence", "Seal", "Sign-off", "Public key"),
    "verify": ("Bundle", "Evidence", "Seal", "Public key"),
}


def glossary_of(page: str) -> list[Fact]:
    """Return the words of one page with their meanings."""
    known = {**dict(GLOSSARY), **OWN}
    return [Fact(name, known[name]) for name in _PAGES.get(page, ())]
