"""Small word lists for the sentence rule: words that carry no content, and words that open sentences without being names."""

from __future__ import annotations

_FUNCTION_WORDS = """
a about above after again against all almost along also although always am among an and another any anyone anything are
around as at away back be became because become been before being below between both but by came can cannot could did do
does doing done down during each either else even ever every everyone few for former from further get gets given go goes
going got had has have having he her here hers herself him himself his how however i if in indeed into is it its itself
just last latter least less let like likely made make makes many may me meanwhile might more moreover most much must my
myself near neither never nevertheless next no nor not nothing now of off often on once one only onto or other others
otherwise our ours out over own per perhaps quite rather really said same say says see seem seemed several shall she
should since so some someone something sometimes soon still such take taken than that the their theirs them themselves
then there therefore these they this those though through throughout thus to together too toward towards under until up
upon us use used using very via was we well went were what whatever when where whether which while who whole whom whose
why will with within without would yet you your yours
despite mr mrs ms dr sir
aber als am an auch auf aus bei bis da das dass dem den der des die durch ein eine einem einen einer eines er es für hat
haben ich ihr im in ist kann kein keine mit nach nicht noch nur oder sich sie sind so über um und uns von vor war waren
was wenn werden wie wird wir wurde zu zum zur
au aux avec ce ces cette dans de des du elle en est et il ils la le les leur mais ne nous ou par pas pour qu que qui sa
se ses son sont sur un une vous con del el ella en es esta este la las los lo más no o para pero por que se sin su sus un
una y
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())

_OPENERS = """
according additionally afterwards analysts authorities both buyers children citizens companies consumers critics
currently customers details doctors earlier eventually evidence experts families fans figures finally friends fourth
first furthermore government here historically hundreds instead investigators investors key later lawyers leaders legal
local members men million millions net neighbours new nobody none note officers officials overall owners parents part
parties passengers past patients payment people police police previously prices profits pupils recent recently records
research researchers residents results revenue reviewers sales scientists second sellers services share similarly
sources staff state students studies summary supporters teachers tenants terms third thousands three today tomorrow
total two users victims villagers visitors voters witnesses women workers yesterday young
"""
OPENERS = frozenset(_OPENERS.split())

_ABBREVIATIONS = """
mr mrs ms dr prof st sr jr no nos vs inc ltd co corp llc plc bros dept est fig art sec ch vol ed eds approx e.g i.e eg ie
etc cf al p pp jan feb mar apr jun jul aug sep sept oct nov dec gen col lt sgt capt rev hon pres gov sen rep u.s u.k u.n
a.m p.m d.c z.b d.h u.a bzw usw ca nr str abs ziff evtl inkl
"""
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
