"""How people are told in a text: by a title, a role or a label before the name, what is said of them, a first name."""

from __future__ import annotations

import re

_GIVEN = "|".join(
    """
    Aaron Adam Adrian Agnes Ahmed Alan Albert Alex Alexander Alfred Alice Alison Amanda Amy Ana Andrea Andreas Andrew
    Angela Anita Ann Anna Anne Anthony Antonio Arthur Barbara Ben Benjamin Bernd Betty Bob Brandon Brenda Brian Bruce
    Carl Carlos Caroline Catherine Charles Chris Christina Christine Christoph Christopher Claire Claudia Cynthia Daniel
    Dave David Deborah Dennis Diana Diane Dieter Donald Donna Dorothy Douglas Edward Elena Elizabeth Emily Emma Eric
    Erik Ernest Fatima Fernando Frank Fred Frederick Friedrich Gary George Gerald Gregory Hannah Hans Harold Harry
    Heather Heinz Helen Helga Henry Howard Hugh Ian Ingrid Isabel Isabella Jack Jacob James Jane Janet Jason Javier Jeff
    Jeffrey Jennifer Jeremy Jessica Jim Joan Joe Johann Johannes John Jonathan Jorge Joseph Josh Joshua José Juan Judith
    Judy Julia Julie Jürgen Karen Karl Kate Katherine Kathleen Keith Kelly Kenneth Kevin Klaus Kurt Larry Laura Lauren
    Leonard Linda Lisa Louis Louise Lucy Luke Manuel Marco Margaret Maria María Marie Mario Marilyn Mark Markus Martha
    Martin Mary Matthew Megan Melissa Michael Michelle Miguel Mike Mohamed Mohammed Monika Nancy Natalie Nathan Nicholas
    Nicole Nina Oliver Olivia Otto Pamela Patricia Patrick Paul Paula Pedro Peter Petra Philip Rachel Ralph Raymond
    Rebecca Richard Robert Roger Ronald Ruth Ryan Sabine Samantha Samuel Sandra Sara Sarah Sean Sharon Simon Sofia
    Sophia Sophie Stefan Stephanie Stephen Steve Steven Susan Teresa Terry Theodore Thomas Tim Timothy Tom Tony Ursula
    Walter Wilhelm William Wolfgang Yusuf
    """.split()  # noqa: SIM905 - a list of so many strings says less
)
"""First names that are seldom anything else, as Victoria, Max and Bill are."""
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?:['’-]?[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+)*"
_PLACE = (
    r"(?:University|College|School|Hospital|Airport|Street|Road|Avenue|Bridge|Park|Lake|River|Islands?|Awards?|Prize|"
    r"Foundation|Institute|Cent(?:er|re)|Church|Cathedral|Museum|Library|Inc|Ltd|GmbH|Company|Press|Bros|Bowl|Cup|Act|"
    r"Bay|Falls|Hall|Station|Syndrome|syndrome|disease|disorder|&)"
)
_OPENING = (
    r"(?:The|An|But|And|Then|In|Some|Finally|Even|Old|Great|When|As|If|So|For|After|This|That|New|South|North|West|East|"
    r"United|My|Your|His|Her|Our|Their|At|On|By|From|To|With|While|Though|Now|No|Yes)"
)
_NAME = rf"(?!(?:{_OPENING}|{_PLACE})\b)(?=\w\w\w){_CAPITAL}"
_INITIALS = r"(?: ?[A-Z]\.)*"
_OF = r"(?: (?:van|von|de|der|den|da|di|la|le|al|bin|ter))*"
_FULL = rf"{_NAME}{_INITIALS}{_OF}(?: {_NAME}){{1,2}}"
_TITLE = (
    r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Dame|Reverend|Capt|Captain|Sgt|Sergeant|Lt|Colonel|Herr|Frau|Señora?|"
    r"Senator|Judge|Pope|President|Chancellor|Mayor)"
)
_ROLE = (
    r"(?:author|director|president|chairman|chairwoman|manager|minister|secretary|chancellor|founder|editor|coach|"
    r"engineer|scientist|historian|journalist|professor|physicist|writer|poet|artist|singer|actor|actress|lawyer|judge|"
    r"(?:prepared|written|approved|signed) by)"
)
_LABEL = (
    r"(?:Author|Director|President|Manager|Secretary|Cashier|Contact|(?:Prepared|Approved|Signed) [Bb]y|Signature|"
    r"Customer|Employee|Owner|Tenant|Landlord|Technician|Attn)"
)
_DOES = r"(?:said|says|told|wrote|writes|argued|explained|asked|replied|was born|died|recalled|commented|married)"
_IS = r"(?:aged \d|\(born|\(\d{4} ?[–-]|<[\w.+-]+@)"
PEOPLE = re.compile(
    rf"\b(?<!San )(?<!Santa )(?<!St\. )(?<!Fort )(?<!Queen )(?<!Mount )(?:{_GIVEN}){_INITIALS}{_OF} {_NAME}\b"
    rf"(?! {_PLACE}\b)|\b{_TITLE}\.?{_INITIALS} {_NAME}"
    rf"|\b{_ROLE} {_FULL}|\b{_LABEL}: {_FULL}|\b{_FULL}(?=,? {_IS}| {_DOES}\b)"
)
"""Names alone, as most of the world writes them, are not told from those of other things."""
