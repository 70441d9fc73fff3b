"""The employee handbook of a fictitious engineering firm: rules by topic, each with questions that employees ask about it.

A rule is how the handbook says it, the questions, and the accepted answers, the handbook's own wording first. Values in
braces are the same within one paragraph; the sites of the firm have different ones.
"""

from __future__ import annotations

Rule = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]

TOPICS: dict[str, tuple[Rule, ...]] = {
    "Annual leave": (
        (
            ("Full-time staff have {a} days of annual leave.", "The yearly entitlement is {a} working days of leave."),
            ("How many days of annual leave do I have?", "What is my yearly leave?", "how much holiday do we get a year"),
            ("{a} days", "{a}", "{a} working days"),
        ),
        (
            (
                "Up to {b} days can be carried over until 31 March.",
                "Unused leave of up to {b} days moves into the next year.",
            ),
            ("How many days can I take over into next year?", "What is the most leave that can be carried over?"),
            ("{b} days", "{b}"),
        ),
        (
            ("Requests are handed in {c} weeks ahead.", "Leave is to be requested {c} weeks in advance."),
            ("How long before must I ask for leave?", "How far ahead do I request my holidays?"),
            ("{c} weeks", "{c} weeks ahead", "{c} weeks in advance"),
        ),
        (
            ("The {role} approves leave.", "Leave is approved by the {role}."),
            ("Who approves my leave?", "Who signs leave requests?"),
            ("the {role}", "{role}"),
        ),
        (
            ("After {d} years of service one further day is added.", "One more day is granted after {d} years in the firm."),
            ("When do I get an additional day?", "After how many years is my leave longer?"),
            ("{d} years", "after {d} years", "{d}"),
        ),
    ),
    "Sickness": (
        (
            ("Call in before {time} on the first day.", "Absence is reported by phone before {time}."),
            ("Until when must I report that I am ill?", "By what time do I call in sick?"),
            ("{time}", "before {time}"),
        ),
        (
            ("A doctor's note is needed from day {b} on.", "From day {b} of an illness on a doctor's note is required."),
            ("From which day on do I need a note from the doctor?", "When is a certificate necessary?"),
            ("day {b}", "{b}", "from day {b} on"),
        ),
        (
            ("Pay continues for {c} weeks.", "The firm goes on paying the full salary for {c} weeks."),
            ("For how long do I get my salary when I am ill?", "How long is sick pay?"),
            ("{c} weeks", "for {c} weeks"),
        ),
        (
            ("The note goes to the {role}.", "Certificates are handed to the {role}."),
            ("Who gets the doctor's note?", "Where does the certificate go?"),
            ("the {role}", "{role}", "to the {role}"),
        ),
    ),
    "Travel": (
        (
            ("The meal allowance is {money} a day.", "For each full day of travel {money} is paid for meals."),
            ("How much do I get for meals a day?", "What is the daily allowance?"),
            ("{money}", "{money} a day"),
        ),
        (
            ("For the private car {cents} cents a kilometre are paid.", "Private cars: {cents} cents for each kilometre."),
            ("What is paid for a kilometre in my own car?", "mileage rate for private car?"),
            ("{cents} cents", "{cents} cents a kilometre", "{cents}"),
        ),
        (
            ("Trips of more than {b} hours may be made in first class.", "First class is allowed from {b} hours on."),
            ("When may I travel first class?", "From how many hours on is first class allowed?"),
            ("{b} hours", "more than {b} hours", "from {b} hours on"),
        ),
        (
            ("Receipts are handed in within {c} weeks.", "Expenses must be claimed within {c} weeks of the trip."),
            ("By when must receipts be in?", "How long do I have to claim expenses?"),
            ("{c} weeks", "within {c} weeks"),
        ),
        (
            ("Hotels up to {money2} need no approval.", "A room may cost {money2} without approval."),
            ("How much may a hotel room cost?", "What is the limit for hotels?"),
            ("{money2}", "up to {money2}"),
        ),
    ),
    "Working time": (
        (
            ("The week has {a} hours.", "Full time means {a} hours a week."),
            ("How many hours a week is full time?", "What is the weekly working time?"),
            ("{a} hours", "{a}", "{a} hours a week"),
        ),
        (
            ("Core time begins at {time}.", "Everybody is expected from {time} on."),
            ("When does core time start?", "At what time do I have to be there?"),
            ("{time}", "at {time}", "from {time} on"),
        ),
        (
            ("The account may hold up to {b} hours.", "At most {b} plus hours can be saved on the account."),
            ("How many plus hours can I save?", "What is the limit of the time account?"),
            ("{b} hours", "{b}", "up to {b} hours"),
        ),
        (
            ("The break lasts {d} minutes.", "After six hours a break of {d} minutes is due."),
            ("How long is the break?", "How many minutes of break must I take?"),
            ("{d} minutes", "{d}"),
        ),
        (
            ("Overtime is ordered by the {role}.", "Only the {role} may order overtime."),
            ("Who may order overtime?", "Who decides about overtime?"),
            ("the {role}", "{role}"),
        ),
    ),
    "Remote work": (
        (
            ("Up to {b} days a week may be worked from home.", "Working from home is possible on {b} days a week."),
            ("How many days can I work from home?", "home office, how many days a week?"),
            ("{b} days", "{b} days a week", "up to {b} days a week", "{b}"),
        ),
        (
            ("Work from abroad is limited to {c} weeks a year.", "From abroad you may work {c} weeks a year."),
            ("How long may I work from another country?", "What is the limit for working abroad?"),
            ("{c} weeks", "{c} weeks a year"),
        ),
        (
            ("A flat sum of {money2} is paid for furniture.", "The firm pays {money2} once towards desk and chair."),
            ("How much is paid for a desk and a chair at home?", "What do I get for furniture?"),
            ("{money2}",),
        ),
        (
            ("The day before must be agreed with the {role}.", "Days at home are agreed with the {role}."),
            ("With whom do I agree on days at home?", "Who has to agree to home office?"),
            ("the {role}", "{role}", "with the {role}"),
        ),
    ),
    "Parking and bicycles": (
        (
            ("A place in the garage costs {money} a month.", "Garage places are let at {money} a month."),
            ("What does a place in the garage cost?", "How much is parking a month?"),
            ("{money}", "{money} a month"),
        ),
        (
            ("Visitors park on level {b}.", "Level {b} is kept for visitors."),
            ("Where do visitors park?", "Which level is for visitors?"),
            ("level {b}", "on level {b}", "{b}"),
        ),
        (
            ("Leased bicycles run for {c} months.", "The lease of a bicycle lasts {c} months."),
            ("For how long is a bicycle leased?", "How many months does the bicycle lease run?"),
            ("{c} months", "{c}", "for {c} months"),
        ),
        (
            ("Keys are kept by the {role}.", "The {role} hands out the keys."),
            ("Who has the keys?", "Where do I get a key?"),
            ("the {role}", "{role}", "from the {role}"),
        ),
    ),
    "Training": (
        (
            ("Each employee has {a} days of training a year.", "{a} days a year may be used for training."),
            ("How many training days do I have?", "How many days a year can I use for courses?"),
            ("{a} days", "{a}", "{a} days a year"),
        ),
        (
            (
                "Courses over {money2} need the consent of the {role}.",
                "From {money2} on the {role} must consent to a course.",
            ),
            ("Who must consent to dear courses?", "Whose consent do I need for an expensive course?"),
            ("the {role}", "{role}"),
        ),
        (
            (
                "Who leaves within {c} months pays back half of it.",
                "Half is paid back by those who leave within {c} months.",
            ),
            ("Within what time must I pay back when I leave?", "How long am I bound after a course?"),
            ("{c} months", "within {c} months"),
        ),
        (
            ("Language courses take place on {weekday}.", "On {weekday} there are language courses."),
            ("On which day are the language courses?", "When can I learn a language?"),
            ("{weekday}", "on {weekday}"),
        ),
    ),
    "Equipment": (
        (
            ("Laptops are replaced every {b} years.", "A laptop is used for {b} years and then replaced."),
            ("How often do I get a new laptop?", "After how many years is a laptop replaced?"),
            ("{b} years", "every {b} years", "after {b} years"),
        ),
        (
            ("A loss is to be reported within {c} hours.", "Report lost devices within {c} hours."),
            ("How soon must I report a lost phone?", "By when is a loss to be reported?"),
            ("{c} hours", "within {c} hours"),
        ),
        (
            ("The help desk answers under extension {ext}.", "Call extension {ext} for help."),
            ("What is the number of the help desk?", "Which extension do I call for help?"),
            ("{ext}", "extension {ext}"),
        ),
        (
            ("Private use is {allowed}.", "Using devices privately is {allowed}."),
            ("May I use the laptop privately?", "Is private use allowed?"),
            ("{yesno}", "{allowed}"),
        ),
    ),
    "Leaving": (
        (
            ("The period of notice is {b} months.", "Notice is given {b} months ahead."),
            ("How long is my period of notice?", "How many months before must I give notice?"),
            ("{b} months", "{b}", "{b} months ahead"),
        ),
        (
            ("Badge and keys go to the {role}.", "The {role} collects badge and keys."),
            ("Who gets my badge when I leave?", "Where do I hand in badge and keys?"),
            ("the {role}", "{role}", "to the {role}"),
        ),
        (
            ("The reference is written within {c} weeks.", "You receive your reference within {c} weeks."),
            ("When do I get my reference?", "How long does the reference take?"),
            ("{c} weeks", "within {c} weeks"),
        ),
        (
            ("Open leave is paid out with the last salary.", "What is left of the leave is paid out with the last salary."),
            ("When is open leave paid out?", "What happens to leave that I have not taken?"),
            ("with the last salary", "paid out with the last salary", "it is paid out with the last salary"),
        ),
    ),
    "Canteen and tariffs": (
        (
            ("The menu of the day costs {price}.", "A full meal is {price}."),
            ("What does lunch cost?", "How much is a meal in the canteen?"),
            ("{price}",),
        ),
        (
            ("The canteen closes at {time}.", "Meals are served until {time}."),
            ("When does the canteen close?", "Until when can I eat?"),
            ("{time}", "at {time}", "until {time}"),
        ),
        (
            ("The firm adds {cents} cents to each meal.", "Each meal is supported with {cents} cents."),
            ("How much does the firm add to a meal?", "What is the support for each meal?"),
            ("{cents} cents", "{cents}"),
        ),
        (
            ("There is no hot meal on {weekday}.", "On {weekday} only cold meals are served."),
            ("On which day is there no hot meal?", "When are only cold meals served?"),
            ("{weekday}", "on {weekday}"),
        ),
    ),
}

RANGES: dict[str, dict[str, tuple[int, int]]] = {
    "Annual leave": {"a": (24, 32), "b": (3, 10), "c": (2, 8), "d": (4, 20)},
    "Sickness": {"hour": (7, 9), "b": (2, 4), "c": (6, 26)},
    "Travel": {"money": (14, 38), "b": (2, 6), "c": (2, 12)},
    "Working time": {"a": (35, 40), "hour": (7, 10), "b": (20, 90), "d": (20, 60)},
    "Remote work": {"b": (2, 4), "c": (2, 8)},
    "Parking and bicycles": {"money": (18, 75), "b": (1, 5), "c": (24, 48)},
    "Training": {"a": (3, 10), "c": (12, 36)},
    "Equipment": {"b": (3, 6), "c": (2, 48)},
    "Leaving": {"b": (2, 7), "c": (2, 8)},
    "Canteen and tariffs": {"hour": (13, 15)},
}
"""The values that the sites have, lowest and highest."""

GENERAL: tuple[str, ...] = (
    "This version replaces that of {year}.",
    "The works agreement of {year} remains in force.",
    "Part-time staff have a share according to their hours.",
    "Questions go to extension {ext2}.",
    "Exceptions need a reason in writing.",
    "The form is on the intranet, page {page}.",
    "Apprentices have rules of their own.",
    "For the field staff section {page} applies as well.",
    "Site {site} has {n2} employees.",
    "The committee meets {n} times a year to review these rules.",
    "Abuse may lead to a warning.",
    "Details are in annex {n}.",
    "These rules do not replace the law.",
    "Temporary staff ask their own employer.",
    "Before {year} a different rule held at this site.",
    "The last change was made on {n} May {year}.",
    "Section heads keep a list of {n} items.",
    "Trial staff wait for {n} months before they can apply.",
)

NOT_STATED = ("not stated", "not in the text", "the text does not say", "unknown")
ROLES: tuple[str, ...] = (
    "line manager",
    "site manager",
    "personnel office",
    "head of department",
    "works council",
    "team leader",
    "porter",
    "time office",
    "finance office",
    "safety officer",
)
SITES: tuple[str, ...] = ("Fennwick", "Kaldmoor", "Lindhaven", "Daleham", "Norrholm", "Wexmouth", "Brackenford")
WEEKDAYS: tuple[str, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
