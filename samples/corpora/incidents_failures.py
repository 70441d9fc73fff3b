"""Known failures of the incident summaries: what the shift leaders complained about, with the notes that would show it."""

from __future__ import annotations

from samples.corpora.incidents import Incident


def _note(segment: str, text: str, *facts: str) -> Incident:
    return Incident(text, segment, facts, ". ".join(facts) + ".")


FAILURES: dict[str, tuple[str, str, str, tuple[Incident, ...]]] = {
    "KF-1": (
        "An injury told in the last lines of a long note was left out",
        "high",
        "2026-02-11",
        (
            _note(
                "shift log",
                "Shift B, 10 February. Outside temperature -6 degrees. The phone rang without a break. Circulation pump "
                "P42 at Weir station tripped at 3:12. Pressure before that had been steady at 6.2 bar. The store had "
                "only one coupling left. The drawings are older than the plant. Tests after that were without findings. "
                "A fitter burned his hand and was taken to hospital.",
                "Circulation pump P42 at Weir station tripped at 3:12",
                "A fitter burned his hand and was taken to hospital",
            ),
            _note(
                "e-mail",
                "Dear colleagues, boiler 3 in Quayside plant shut down on low water level at 21:40. 38 customers were "
                "without heat. The gate code did not work again. Full supply was restored at 23:05. The log was saved to "
                "the stick. One fitter was taken to hospital. He had burned his hand. Regards, Rusk",
                "Boiler 3 in Quayside plant shut down on low water level at 21:40",
                "38 customers without heat",
                "A fitter burned his hand and was taken to hospital",
            ),
            _note(
                "phone note",
                "Tamm rang, in short: leak on the supply line in Lock Road at 5:55, the cause was a corroded weld seam "
                "at joint 87. Radio contact was poor. A fitter burned his hand and was taken to hospital. Will call "
                "again.",
                "Leak on the supply line in Lock Road at 5:55",
                "Cause: corroded weld seam at joint 87",
                "A fitter burned his hand and was taken to hospital",
            ),
        ),
    ),
    "KF-2": (
        "A deadline was left out because it stood in a sentence without other figures",
        "medium",
        "2026-05-20",
        (
            _note(
                "e-mail",
                "Hello Kolbe, mains power gone in Parkhill station at 14:20. The emergency generator did not start "
                "because the starter battery was flat. 122 customers were without heat. The standby unit took over at "
                "15:31. Nobody was hurt. Neighbours offered tea, many thanks. The part must be replaced for good by 2 "
                "June.",
                "Parkhill station lost mains power at 14:20",
                "Emergency generator did not start, starter battery flat",
                "122 customers without heat",
                "Part must be replaced for good by 2 June",
            ),
            _note(
                "shift log",
                "Entry of Gundry. Substation Ropewalk 31, 7:48: heat exchanger leaks into the secondary side. We lost 14 "
                "cubic metres of treated water. First estimate for the repair: 6400 euros. The pit had to be pumped out "
                "first. Jessop will report the damage to the insurer by 30 May. The night was quiet otherwise.",
                "Heat exchanger of the substation in Ropewalk 31 leaked at 7:48",
                "14 cubic metres of treated water lost",
                "Repair estimated at 6400 euros",
                "Jessop reports the damage to the insurer by 30 May",
            ),
            _note(
                "phone note",
                "Phone, 3 May. All other pumps of this type are to be checked by 12 May. Circulation pump P17 at "
                "Elmbrook station tripped at 0:44. The cause was a worn bearing on the drive side. Nobody was hurt. "
                "Asked for a call back.",
                "Circulation pump P17 at Elmbrook station tripped at 0:44",
                "Cause: worn bearing on the drive side",
                "All other pumps of this type to be checked by 12 May",
            ),
        ),
    ),
}
"""Failure to (description, severity, first seen, notes)."""
