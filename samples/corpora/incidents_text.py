"""What the shifts of a fictitious district heating works write into their incident notes: aspects, and everything around.

Each aspect has ways of telling it, and the short statement (key fact) that a good summary must make. Values in braces
are the same throughout one note.
"""

from __future__ import annotations

Aspect = tuple[tuple[str, ...], str]
"""How it is told (some tell it in two sentences or in other words than the fact), and the key fact."""

EVENTS: dict[str, tuple[Aspect, tuple[Aspect, ...]]] = {
    "leak": (
        (
            (
                "At {clock} a leak was found on the supply line in {street}.",
                "{street}, {clock}: leak on the supply line, water on the road.",
                "A passer-by reported steam from a manhole in {street} at {clock}. It was a leak on the supply line.",
            ),
            "Leak on the supply line in {street} at {clock}",
        ),
        (
            (
                (
                    "The cause was a corroded weld seam at joint {joint}.",
                    "After digging we saw a weld seam at joint {joint} that was corroded through.",
                ),
                "Cause: corroded weld seam at joint {joint}",
            ),
            (
                (
                    "The cause was an excavator of the fibre contractor that hit the pipe.",
                    "It was the fibre contractor. The excavator driver hit the pipe and did not call us.",
                ),
                "An excavator of the fibre contractor hit the pipe",
            ),
        ),
    ),
    "pump": (
        (
            (
                "Circulation pump {pump} at {station} tripped at {clock}.",
                "{clock} alarm from {station}: circulation pump {pump} has tripped.",
                "The control room lost circulation pump {pump} at {clock}. The station is {station}.",
            ),
            "Circulation pump {pump} at {station} tripped at {clock}",
        ),
        (
            (
                (
                    "The cause was a worn bearing on the drive side.",
                    "When the coupling was off one could see it: the bearing on the drive side is worn out.",
                ),
                "Cause: worn bearing on the drive side",
            ),
            (
                (
                    "The frequency converter had overheated because of a clogged filter mat.",
                    "A clogged filter mat had let the frequency converter overheat.",
                ),
                "Frequency converter overheated because of a clogged filter mat",
            ),
        ),
    ),
    "boiler": (
        (
            (
                "Boiler {unit} in {station} shut down on low water level at {clock}.",
                "Low water level in boiler {unit}, {station}, shutdown at {clock}.",
                "{station} called at {clock}. Boiler {unit} had shut down, low water level.",
            ),
            "Boiler {unit} in {station} shut down on low water level at {clock}",
        ),
        (
            (
                (
                    "The cause was a faulty level transmitter that read {percent} per cent too high.",
                    "The level transmitter is faulty, it read {percent} per cent too high.",
                ),
                "Cause: faulty level transmitter reading {percent} per cent too high",
            ),
            (
                (
                    "The feed water valve was left closed after maintenance on {day}.",
                    "Somebody had left the feed water valve closed after the maintenance of {day}.",
                ),
                "Feed water valve left closed after maintenance on {day}",
            ),
        ),
    ),
    "power": (
        (
            (
                "{station} lost its mains power at {clock}.",
                "Mains power gone in {station} at {clock}.",
                "At {clock} everything went dark in {station}. The mains power was lost.",
            ),
            "{station} lost mains power at {clock}",
        ),
        (
            (
                (
                    "The emergency generator did not start because the starter battery was flat.",
                    "Starter battery flat, so the emergency generator did not start either.",
                ),
                "Emergency generator did not start, starter battery flat",
            ),
            (
                (
                    "The cause was a flooded cable duct in {street}.",
                    "The grid operator found the cable duct in {street} flooded.",
                ),
                "Cause: flooded cable duct in {street}",
            ),
        ),
    ),
    "substation": (
        (
            (
                "The heat exchanger of the substation in {street} {house} leaked into the secondary side at {clock}.",
                "Substation {street} {house}, {clock}: heat exchanger leaks into the secondary side.",
                (
                    "The caretaker of {street} {house} rang at {clock} about rusty water. The heat exchanger of the "
                    "substation leaked."
                ),
            ),
            "Heat exchanger of the substation in {street} {house} leaked at {clock}",
        ),
        (
            (
                (
                    "The cause was a gasket that had been fitted the wrong way round in {month}.",
                    "A gasket had been fitted the wrong way round in {month}.",
                ),
                "Gasket fitted the wrong way round in {month}",
            ),
            (
                (
                    "The plates were eaten by chloride from untreated refill water.",
                    "Chloride from untreated refill water has eaten the plates.",
                ),
                "Plates eaten by chloride from untreated refill water",
            ),
        ),
    ),
}

ASPECTS: dict[str, tuple[Aspect, ...]] = {
    "impact": (
        (
            (
                "{customers} customers were without heat.",
                "Without heat: {customers} customers.",
                "The hotline counted {customers} customers without heat by noon.",
            ),
            "{customers} customers without heat",
        ),
        (
            (
                "The school in {street2} and {customers} flats had no hot water.",
                "No hot water in {customers} flats. The school in {street2} had none either.",
            ),
            "The school in {street2} and {customers} flats had no hot water",
        ),
        (
            (
                "The supply temperature fell to {degrees} degrees.",
                "We saw the supply temperature fall to {degrees} degrees on the screen.",
            ),
            "Supply temperature fell to {degrees} degrees",
        ),
    ),
    "end": (
        (
            (
                "Full supply was restored at {clock2}.",
                "From {clock2} on the supply was fully restored.",
                "Everything back at {clock2}, the supply is complete.",
            ),
            "Full supply restored at {clock2}",
        ),
        (
            ("The standby unit took over at {clock2}.", "At {clock2} we had the standby unit take over."),
            "Standby unit took over at {clock2}",
        ),
    ),
    "cost": (
        (
            (
                "The repair will cost about {amount} euros.",
                "{supplier} quotes {amount} euros for the repair.",
                "First estimate for the repair: {amount} euros.",
            ),
            "Repair estimated at {amount} euros",
        ),
        (
            ("{volume} cubic metres of treated water were lost.", "We lost {volume} cubic metres of treated water."),
            "{volume} cubic metres of treated water lost",
        ),
    ),
    "people": (
        (
            ("Nobody was hurt.", "No injuries, nobody was hurt.", "Thank God nobody was hurt."),
            "Nobody was hurt",
        ),
        (
            (
                "A fitter burned his hand and was taken to hospital.",
                "One fitter was taken to hospital. He had burned his hand.",
            ),
            "A fitter burned his hand and was taken to hospital",
        ),
    ),
    "action": (
        (
            (
                "The line section between valve {valve} and valve {valve2} was shut off.",
                "We shut off the line section between valve {valve} and valve {valve2}.",
            ),
            "Line section between valve {valve} and valve {valve2} shut off",
        ),
        (
            (
                "A mobile boiler from {supplier} was set up in {street2}.",
                "{supplier} brought a mobile boiler, which was set up in {street2}.",
            ),
            "Mobile boiler from {supplier} set up in {street2}",
        ),
    ),
    "next": (
        (
            (
                "The part must be replaced for good by {day2}.",
                "This is a stopgap: the part must be replaced for good by {day2}.",
            ),
            "Part must be replaced for good by {day2}",
        ),
        (
            (
                "{name} will report the damage to the insurer by {day2}.",
                "The damage goes to the insurer by {day2}. {name} will report it.",
            ),
            "{name} reports the damage to the insurer by {day2}",
        ),
        (
            (
                "All other pumps of this type are to be checked by {day2}.",
                "Check all other pumps of this type by {day2}.",
            ),
            "All other pumps of this type to be checked by {day2}",
        ),
    ),
}

FILLERS: tuple[str, ...] = (
    "Outside temperature {cold} degrees, light wind.",
    "Handover from the late shift was on time.",
    "The phone in the control room rang without a break.",
    "{name2} was already on the way back from another job.",
    "The gate code did not work again, we had to wait for the guard.",
    "Radio contact was poor in the tunnel.",
    "The van with the spare parts stood in the other yard.",
    "We put up two barriers and a lamp.",
    "The police closed one lane until the morning.",
    "A reporter asked questions and was sent to the press office.",
    "The drawings in the folder are older than the plant.",
    "Pressure before that had been steady at {bar} bar all evening.",
    "The trend on screen {n} shows a small dip about an hour earlier.",
    "Two alarms of the same kind came in {month}, both were cleared without action.",
    "Coffee machine in the control room is broken, by the way.",
    "{name2} took photos, they are in the folder of the day.",
    "The on-call engineer was called and arrived after {minutes} minutes.",
    "The pit had to be pumped out first.",
    "Gas measurement in the pit before entry: no reading.",
    "The night was quiet otherwise.",
    "The tenants' association rang three times.",
    "The lock of the chamber was rusted, we had to cut it.",
    "A parked car stood on the cover and had to be towed.",
    "We borrowed a pump from the fire brigade.",
    "The store had only one gasket of that size left.",
    "The key for the cabinet was with the other shift.",
    "Traffic was heavy because of the football match.",
    "The remote display froze for {minutes} minutes.",
    "Tests after that were without findings.",
    "We drained, filled and vented as usual.",
    "The log of the controller was saved to the stick.",
    "Neighbours offered tea, many thanks.",
    "Overtime slips for three people follow.",
    "The work permit has the number {n}.",
    "The next shift was told by word of mouth and in writing.",
    "{name2} stayed until the end although his shift was over.",
    "The municipal office was informed by e-mail.",
    "It is the third note about this district since {month}.",
    "The weather service had warned of frost.",
    "Compressed air in hall {n} was low as well but that has nothing to do with it.",
)

OPENERS: dict[str, tuple[str, ...]] = {
    "shift log": (
        "Shift {shift}, {day}.",
        "Log {day}, shift {shift}, keeper {name2}.",
        "{day}, night.",
        "Entry of {name2}.",
    ),
    "e-mail": ("Dear colleagues,", "Hello {name},", "To all on the list:", "Good morning, here is the note on last night."),
    "phone note": (
        "Call from {name2}, noted by the desk.",
        "{name2} rang, in short:",
        "Phone, {day}.",
        "Caller: {name2}, works phone.",
    ),
}
CLOSERS: dict[str, tuple[str, ...]] = {
    "shift log": ("End of entry.", "Handed over to shift {shift}.", ""),
    "e-mail": ("Regards, {name2}", "More when I know more. {name2}", "Please ask if anything is unclear."),
    "phone note": ("Will call again.", "Asked for a call back.", ""),
}

STREETS: tuple[str, ...] = (
    "Kiln Street",
    "Harrow Lane",
    "Copper Row",
    "Mill Dam",
    "Bellfounder Street",
    "Eastgate",
    "Potter Hill",
    "Long Acre",
    "Tanner Street",
    "Lock Road",
    "Ferry Street",
    "Glover Lane",
    "Ropewalk",
    "Smithy Brow",
    "Vine Court",
    "Cooper Yard",
)
STATIONS: tuple[str, ...] = (
    "Elmbrook station",
    "Northfield station",
    "Quayside plant",
    "Hollow Road plant",
    "Stonebridge station",
    "Weir station",
    "Old Brewery plant",
    "Parkhill station",
)
NAMES: tuple[str, ...] = (
    "Adler",
    "Brandvold",
    "Cissel",
    "Drummer",
    "Ebbing",
    "Falkner",
    "Gundry",
    "Hasler",
    "Imhof",
    "Jessop",
    "Kolbe",
    "Lindqvist",
    "Marrow",
    "Nessel",
    "Oduber",
    "Pinder",
    "Rusk",
    "Sorley",
    "Tamm",
    "Uhler",
)
SUPPLIERS: tuple[str, ...] = (
    "Brimmer Heat Hire",
    "Corvane Service",
    "Hexwell Pumps",
    "Tessel Pipeworks",
    "Nethercot Welding",
)
MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
