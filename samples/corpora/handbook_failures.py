"""Known failures of the handbook answers: what employees were told wrongly, with the questions that would show it again."""

from __future__ import annotations

from samples.corpora.handbook import Enquiry
from samples.corpora.handbook_text import NOT_STATED


def _ask(segment: str, paragraph: str, question: str, *answers: str) -> Enquiry:
    return Enquiry(f"{paragraph}\n\nQuestion: {question}", segment, answers)


FAILURES: dict[str, tuple[str, str, str, tuple[Enquiry, ...]]] = {
    "KF-1": (
        "A number was given although the paragraph does not answer the question",
        "high",
        "2026-03-17",
        (
            _ask(
                "intranet",
                "4.2 Annual leave, site Daleham, 2024.\nFull-time staff have 29 days of annual leave. Requests are "
                "handed in 4 weeks ahead. The site manager approves leave.",
                "How many days can I take over into next year?",
                *NOT_STATED,
            ),
            _ask(
                "chat",
                "7.1 Travel, site Norrholm, 2023.\nHotels up to 140 euros need no approval. Receipts are handed in "
                "within 6 weeks. Exceptions need a reason in writing.",
                "mileage rate for private car?",
                *NOT_STATED,
            ),
            _ask(
                "phone",
                (
                    "9.3 Leaving, site Fennwick, 2025.\nBadge and keys go to the porter. The reference is written within "
                    "3 weeks."
                ),
                "How long is my period of notice? She starts next month.",
                *NOT_STATED,
            ),
        ),
    ),
    "KF-2": (
        "The figure of the neighbouring rule was given",
        "medium",
        "2026-06-08",
        (
            _ask(
                "intranet",
                "4.1 Annual leave, site Wexmouth, 2022.\nThe yearly entitlement is 27 working days of leave. Unused "
                "leave of up to 6 days moves into the next year. One more day is granted after 9 years in the firm.",
                "What is the most leave that can be carried over?",
                "6 days",
                "6",
            ),
            _ask(
                "intranet",
                "11.4 Remote work, site Kaldmoor, 2025.\nFrom abroad you may work 4 weeks a year. Working from home is "
                "possible on 3 days a week. Days at home are agreed with the team leader.",
                "How long may I work from another country?",
                "4 weeks",
                "4 weeks a year",
            ),
            _ask(
                "chat",
                "6.2 Working time, site Lindhaven, 2024.\nAfter six hours a break of 40 minutes is due. The week has 37 "
                "hours. At most 60 plus hours can be saved on the account.",
                "how many plus hours can i save?",
                "60 hours",
                "60",
                "up to 60 hours",
            ),
        ),
    ),
}
"""Failure to (description, severity, first seen, questions)."""
