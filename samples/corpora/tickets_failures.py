"""Known failures of the ticket routing: what went wrong last winter, with the cases that would show it again."""

from __future__ import annotations

Case = tuple[str, str, str]
"""Text, right label, segment."""

FAILURES: dict[str, tuple[str, str, str, tuple[Case, ...]]] = {
    "KF-1": (
        "Questions about the final bill after a move went to billing, which cannot close the old address",
        "medium",
        "2026-01-19",
        (
            (
                (
                    "We moved out of Linden Row 14 on 3 January and gave the keys back. When do you close the old "
                    "address so that the final bill can be made?"
                ),
                "moving",
                "e-mail",
            ),
            ("final bill for the old flat, we left on 28 december, new tenant is registered?", "moving", "chat"),
            (
                (
                    "I handed over flat 7 at Quarry Hill 31 on 15 December. The next occupant has not signed on, please "
                    "do not send me his bills."
                ),
                "moving",
                "web form",
            ),
            (
                (
                    "Hello,\n\nmy late mother's house at Brook Lane 9 was taken over by the buyer on 10 January. Please "
                    "end her supply there on that day and send the closing statement to me.\n\nThank you, R. Iversen"
                ),
                "moving",
                "e-mail",
            ),
        ),
    ),
    "KF-2": (
        "Reports of danger without the word power were not seen as outages",
        "high",
        "2026-02-07",
        (
            ("there is smoke coming from the box in the cellar, what shall we do", "outage", "chat"),
            (
                (
                    "A wire hangs down over the pavement in front of Chapel Lane 22 and sparks when the wind blows. "
                    "Children pass here on their way to school."
                ),
                "outage",
                "web form",
            ),
            ("sockets crackle and smell of burning since 17:30, the whole house", "outage", "chat"),
            (
                (
                    "Dear team,\n\nsince the storm the lamps in our stairwell burn much brighter than usual and two have "
                    "burst. The caretaker says it comes from the street.\n\nRegards, K. Jansen"
                ),
                "outage",
                "e-mail",
            ),
        ),
    ),
    "KF-3": (
        "Polite notices of cancellation were answered with an offer",
        "high",
        "2026-03-02",
        (
            (
                (
                    "Dear Sir or Madam,\n\nI was quite happy with you, but a colleague recommended another supplier to "
                    "me. I therefore give notice for contract 448120 as of the next possible date. Please do not send "
                    "offers."
                ),
                "cancellation",
                "e-mail",
            ),
            (
                (
                    "Following the new price from March on I make use of my special right and end the contract, no call "
                    "back please."
                ),
                "cancellation",
                "web form",
            ),
            ("please dont renew in april, i go somewhere else", "cancellation", "chat"),
        ),
    ),
}
"""Failure to (description, severity, first seen, cases)."""
