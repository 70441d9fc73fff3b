"""`reportgen verify`: what a stranger checks about a run, on another machine, with nothing but the folder or the bundle."""

from reportgen.verification.checks import Check, Verification, Word
from reportgen.verification.verify import check_hashes, verify

__all__ = ["Check", "Verification", "Word", "check_hashes", "verify"]
