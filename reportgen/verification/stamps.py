"""The time stamp of a bundle: since when its seal is there, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from reportgen.evidence import bundle
from reportgen.evidence.certificates import Certificate
from reportgen.evidence.seal import SEAL
from reportgen.evidence.timestamp import Stamp, StampError, read_stamp
from reportgen.verification.checks import Check, Word, compared, note, same

NAME = "Time stamp"


def stamp(bag: bundle.Bag | None, trust: Sequence[Certificate] | None, *, wanted: bool) -> Check:
    """Check the time stamp, with the certificates that the verifier brought; the bundle's own word counts for nothing.

    `wanted` = they were brought for a time stamp, so that there must be one.
    """
    if bag is None:
        if not wanted:
            return note(NAME, "A run folder carries no time stamp; when it was made was not checked.")
        return Check(NAME, Word.UNCHECKED, "A run folder carries no time stamp. Verify the bundle instead.")
    reply = bag.path / bundle.STAMP
    if not reply.is_file():
        if not wanted:
            return note(NAME, "It is not time-stamped; when it was made was not checked.")
        return compared(NAME, "", "The bundle is not time-stamped.", [f"{bundle.STAMP} is missing"])
    try:
        found = read_stamp(reply.read_bytes(), (bag.run.evidence / SEAL).read_bytes(), trust or ())
    except StampError as error:
        return compared(NAME, "", "The time stamp does not hold for this seal.", [f"{bundle.STAMP}: {error}"])
    return _by_whom(found, vouched=trust is not None)


def _by_whom(found: Stamp, *, vouched: bool) -> Check:
    """Return what a stamp that holds is worth; `vouched` = the verifier brought certificates."""
    at = f"{found.at:%Y-%m-%d %H:%M:%S} UTC"
    if not vouched:
        told = f"Stamped at {at}, says {found.authority}; who that is was not checked without certificates (--trust)."
        return note(NAME, told)
    if found.untrusted:
        why = [f"{found.authority}: {found.untrusted}"]
        return compared(NAME, "", "The given certificates do not vouch for who stamped.", why)
    if found.ends < datetime.now(UTC):
        told = (
            f"Stamped at {at} by {found.authority}, whose certificate ended on {found.ends:%Y-%m-%d}: whether its key was "
            "still its own could not be checked."
        )
        return Check(NAME, Word.UNCHECKED, told)
    return same(NAME, f"The seal was there at {at}, says {found.authority}, whom the given certificates vouch for.")
