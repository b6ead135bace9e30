"""The forms by which questions ask for more than one fact, in English, German and Spanish; each fits a whole text."""

from __future__ import annotations

import re


def _forms(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


POLITE = re.compile(
    r"(?:please|kindly|hi|hello|hey|ok|okay|so|now|thanks|bitte|por favor|hola|hallo)\b"
    r"|(?:can|could|would|will) you(?: please| kindly)?\b(?! say)"
    r"|(?:could|can|may|might) (?:i|we) (?:please )?(?:get|have|see)\b|let (?:me|us) (?:have|see)\b"
    r"|(?:in short|in brief|briefly|quickly),|(?:i|we)(?:'d| would)? (?:want|need|like)(?: you)? to\b"
    r"|(?:kannst|könntest|können|könnten) (?:du|sie)\b|(?:puedes|podrías|puede|podría)\b|(?:ich|wir) (?:möchte|"
    r"brauche)\b"
    r"|me (?:puedes|podrías|puede)\b|(?:quiero|necesito)(?: que)?\b|help me (?:to )?(?:understand )?\b|let's\b|"
    r"i am looking for\b|i'm looking for\b",
    re.IGNORECASE,
)
"""What may stand before the question itself."""

WISH = re.compile(
    r"(?:i|we)(?:'d| would)? (?:want|need|like)(?: to (?:have|see|get|know))? (?!you\b|to\b)", re.IGNORECASE
)
"""Says "give me"."""

_DOCUMENT = (
    r"(?:documents?|docs?|files?|pdfs?|papers?|reports?|texts?|articles?|contracts?|invoices?|letters?|e-?mails?|"
    r"mails?|"
    r"notes?|chapters?|sections?|pages?|passages?|studies|study|sources?|manuals?|collections?|library|folder|uploads?|"
    r"minutes|slides|decks?|presentations?|agreements?|policies|policy|books?|transcripts?)"
)
_MAKE = (
    r"(?:(?:give|write up|write|provide|make|create|show|get|send|prepare|draft|produce|do|build|have|generate|compile|"
    r"put together"
    r"|draw up)(?: me| us)?(?: with)? )?"
)
_KIND = (
    r"(?:(?:very|short|brief|quick|concise|high-level|executive|general|one-page|one-paragraph|one-sentence|rough|"
    r"plain|"
    r"bullet-point|bulleted|detailed|full|complete|two-line|three-sentence|chapter-by-chapter|overall|good) )*"
)
_BRIEFLY = (
    r"(?: (?:for me|for us|briefly|in brief|in short|please|in (?:a few|two|three|four|five|six|ten|\d+|one|"
    r"a couple of|"
    r"simple|plain) (?:\w+ )?(?:words?|sentences?|points?|lines?|bullets?|paragraphs?|terms|english)|in a nutshell|"
    r"(?:as|in|with) bullets?(?: points)?))*"
)
_SUMMARY = (
    r"(?:summary|overview|synopsis|recap|digest|gist|précis|tl;?dr|outline|run-?down|short version|abstract|essence|"
    r"bottom line|"
    r"bird's[- ]eye view)"
)
_PUNKTE = r"(?:wichtigsten|zentralen|wesentlichen) (?:punkte|aussagen|erkenntnisse|ergebnisse)"
_POINTS = (
    r"(?:(?:key|main|most important|central|essential|core) (?:points|takeaways|messages?|ideas|findings|facts)|"
    r"takeaways|highlights)"
)

SUMMARY_FORMS = _forms(
    r"(?:(?:(?:give|show|tell|list|get|extract|send)(?: me| us)?|summari[sz]e|sum up|recap|outline) )?(?:all )?"
    rf"(?:the )?{_POINTS}(?: (?:of|from|in|for) (?P<of>.+?))?{_BRIEFLY}",
    rf"what(?:'s| is| are) the {_POINTS}(?: here)?{_BRIEFLY}",
    rf"was sind die {_PUNKTE}(?: hier)?",
    rf"(?:(?:quickly|briefly) )?(?:summari[sz]e|sum up|recap|condense|abridge|tl;?dr)(?: (?:for me|briefly|quickly))?"
    rf"(?:[:, ]+(?P<of>.+?))?{_BRIEFLY}",
    rf"(?:tl;?dr)?[:, ]*{_MAKE}(?:a |an |the |some |your )?{_KIND}{_SUMMARY}"
    rf"(?:,? (?:of|for|on|about|from) (?:(?:the )?{_POINTS} (?:of|from|in|for) )?(?P<of>.+?))?{_BRIEFLY}",
    rf"(?:sum|wrap) (?P<of>.+?) up{_BRIEFLY}",
    rf"how would you summari[sz]e (?P<of>.+?){_BRIEFLY}",
    rf"(?:boil|break) (?P<of>.+?) down(?: to .+)?{_BRIEFLY}",
    r"(?P<of>.+?)[,;:.]? tl;?dr",
    rf"what(?:'s| is) the {_KIND}{_SUMMARY} (?:of|for) (?P<of>(?!.* like$).+?){_BRIEFLY}",
    r"(?:walk|talk) me through (?P<of>.+)",
    r"(?:brief me on|catch me up on|fill me in on|bring me up to speed on) (?P<of>.+)",
    r"(?:kurz )?(?:fasse?|fassen sie)(?: mir)?(?: bitte)?(?: kurz)? (?P<of>.+?)(?: (?:bitte|kurz|knapp))* zusammen",
    r"(?P<of>.+?) (?:bitte )?(?:kurz )?zusammenfassen",
    r"(?:gib|gebt|geben sie|schreibe?|erstelle?)?(?: mir| uns)?(?: bitte)? ?(?:eine? |die |einen |den )?(?:kurze |"
    r"knappe |kurzen )?"
    r"(?:zusammenfassung|überblick|übersicht|inhaltsangabe|kurzfassung)(?: (?:von|über|zu|des|der|vom) (?P<of>.+))?",
    rf"(?:gib|nenne?)(?: mir| uns)? die {_PUNKTE}(?: (?:von|aus|des|der|im|in) (?P<of>.+))?",
    r"(?:resúmeme|resúmenos|resuma|resumir|sintetiza|resume(?= (?:el|la|los|las|est[aeo]s?|mis?|tod[oa]s?|lo|"
    r"brevemente)\b))"
    r"(?: brevemente)? (?P<of>.+?)(?: (?:brevemente|por favor))*",
    r"(?:haz|hazme|dame|escribe|escríbeme|prepara|hacer)? ?(?:un |el |una |la |los )?(?:breve |corto )?"
    r"(?:resumen|sinopsis|síntesis|visión general|puntos clave)(?: (?:breve|corto|general))?(?: (?:del|de|"
    r"sobre) (?P<of>.+))?",
)
UNSURE_SUMMARY_FORMS = _forms(
    r"what(?:'s| is| are|'re| was| were) (?P<of>.+?) (?:all |mostly |mainly |really )?about",
    r"what (?:does|do|did) (?P<of>.+?) (?:say|cover|contain|discuss|describe|talk about|deal with|address)",
    r"what(?:'s| is) (?:in|inside|inside of) (?P<of>.+)",
    rf"what(?:'s| is| are) the {_POINTS} (?:of|from|in) (?P<of>.+)",
    rf"was sind die {_PUNKTE} (?:von|aus|des|der|im|in) (?P<of>.+)",
    rf"{_KIND}{_SUMMARY} (?P<of>.+)",
    r"(?:what (?:should|must|do) i (?:need to )?know about|break down|shorten) (?P<of>.+?)(?: to .+| for me)?",
    r"(?:tell me|explain|describe|present|introduce)(?: to me| me)?(?: briefly)? (?:about )?(?P<of>.+)",
    r"(?P<of>.+?) in (?:a nutshell|brief|short|a few words|(?:one|two|three|five|\d) (?:sentences?|words))",
    r"what does (?P<of>.+?) (?:boil down|come down|amount) to",
    r"make (?P<of>.+?) shorter",
    r"(?:worum|um was) (?:geht es|geht's|dreht es sich) (?:in|bei|im) (?P<of>.+)",
    r"(?:wovon|von was) handelt (?P<of>.+)",
    r"was steht (?:in|im) (?P<of>.+)",
    r"de qu[ée] (?:trata|va|habla|tratan) (?P<of>.+)",
    r"qu[ée] dice (?P<of>.+)",
)

_ALL = (
    r"(?:all(?: of)?|every(?: single| one of)?|each(?: and every)?(?: of)?|any and all)"
    r"(?: the| these| those| my| our| its)?"
)
_NAMED = r"(?:mentioned|listed|named|discussed|described|covered|referred to|cited|documented|recorded|talked about)"
_TELLS = (
    r"(?:mentions?|talks? about|discuss(?:es)?|contains?|refers? to|deals? with|covers?|names?|say something about|"
    r"describes?|addresse?s?|cites?|is about|are about|speaks? (?:of|about)|includes?)"
)
_DOCUMENTS = (
    r"(?:documents|docs|files|pdfs|papers|reports|texts|articles|contracts|invoices|letters|e-?mails|mails|notes|"
    r"chapters|"
    r"sections|pages|passages|studies|sources|manuals|collections|slides|presentations|agreements|policies|books|"
    r"transcripts)"
)
_NOT_CUT = r"(?!.* (?:for|about|to|with|at|from|on|\w+ing)$)"
_HERE = rf"(?:in|across|throughout|within|over|among) (?:the |these |this |those |my |our |all |of |your )*{_DOCUMENT}"

LIST_FORMS = _forms(
    rf"(?:list(?! prices?\b)|enumerate|itemi[sz]e|tabulate)(?: out| down| up)?(?: for me| me)?[: ]+(?:of )?(?:{_ALL} )?"
    r"(?:the )?(?P<of>.+)",
    rf"(?:name|find|give|show|tell|get|identify|mention|collect|gather|extract|pull(?: out| up)?|write down|note down|"
    rf"bring up|spell out|quote|cite|state|print|display|return|provide|fetch|point out|look up|search for|compile|"
    rf"read me|"
    rf"dig up|pick out)(?: me| us| out)? {_ALL} (?P<of>.+)",
    rf"{_MAKE}(?:a |an |the )?(?:(?:full|complete|entire|exhaustive|comprehensive|short|long) )*"
    r"(?:list|listing|inventory|enumeration) of (?:all |every )?(?:of )?(?:the )?(?P<of>.+)",
    r"what(?:'s| is) the (?:full|complete|entire|exhaustive) list of (?:all )?(?P<of>.+)",
    rf"(?:what|who|which|where)(?: are|'re) all(?: of)? (?:the|these|those|my|our) (?P<of>{_NOT_CUT}.+)",
    r"(?:which|what) (?P<of>.+?) (?:are|were) there"
    r"(?P<rest> (?:in|for|on|of|at|under|within|among|between|regarding) .+)?",
    r"what are the (?:different|various|several|available) (?P<of>.+)",
    r"what(?: else)? is there (?:about|on) (?P<of>.+)",
    r"(?:extract|get|find|give|show|list|collect)(?: me)? (?:the )?(?P<of>\w+ of (?:all|every) .+)",
    r"(?:tell me|show me|find|list|collect) everything (?:that )?(?:\S+ ){0,4}(?:says?|said|writes?) (?:about|"
    r"on) (?P<topic>.+)",
    rf"what do all(?: of)? (?:the |these |my )?{_DOCUMENTS} say (?:about|on) (?P<topic>.+)",
    rf"where {_HERE} (?:is|are|do|does) (?P<topic>.+?)(?: (?:{_NAMED}|come up|appear|occur))?",
    r"(?:are there )?any (?:mentions?|references?|passages?) (?:of|to|about|on) (?P<topic>.+)",
    rf"{_MAKE}(?:a |the )?table of (?:all|every) (?P<of>.+)",
    rf"(?:which|what) (?P<of>.+?) (?:are|were|do i find|can i find|appear|occur)(?: {_NAMED})?(?: anywhere)? {_HERE}.*",
    rf"(?:which|what)(?: of (?:the|these|my|our|all))*(?: the)? {_DOCUMENTS}(?: \w+)? {_TELLS} (?P<topic>.+)",
    rf"(?:in|on) (?:which|what)(?: of (?:the|these|my|our))? {_DOCUMENTS} (?:is|are|does|do|"
    rf"can i read about) (?P<topic>.+?)"
    rf"(?: (?:{_NAMED}|come up|appear|occur))?",
    r"where (?:is|are) (?P<topic>.+?) (?:mentioned|discussed|referred to|talked about)"
    r"(?P<rest> (?:in|from|within|inside|across) .+)?(?: .*)?",
    rf"where (?:does|do) (?P<topic>.+?) (?:come up|appear|occur) {_HERE}",
    r"(?:tell me |show me |give me |find |find me |get me |collect )?(?:everything|all|"
    r"anything and everything)(?: that)?"
    r"(?: there is| is said| we know| we have| you (?:know|have|can find)| the (?:documents|files|texts) say| known|"
    r" written)*"
    r" (?:about|on|regarding|concerning|related to) (?P<topic>.+)",
    rf"how many (?:of (?:the|these|my|our) )?{_DOCUMENTS} {_TELLS} (?P<topic>.+)",
    rf"how many (?:different |distinct |separate |unique )?(?P<of>.+?) (?:are|were|appear|is|do i have|do we have)"
    rf"(?: there)?(?: {_NAMED})? {_HERE}.*",
    rf"how (?:many times|often) (?:is|are) (?P<topic>.+?) {_NAMED}(?: .*)?",
    r"(?:liste?|zähle?|nenne?|zeige?|gib|finde?|suche?|sage?|schreibe?|führe?)(?:n sie)?(?: mir| uns)?(?: bitte)? "
    r"(?:alle[nr]?|sämtliche[nr]?|jede[rsn]?)(?: der| die)? (?P<of>.+?)(?: auf| an| heraus)?",
    r"(?:liste?|zähle?|führe?)(?:n sie)?(?: mir| uns)?(?: bitte)? die (?P<of>.+) auf",
    r"nenne?(?:n sie)?(?: mir| uns)?(?: bitte)? die (?P<of>(?-i:[A-ZÄÖÜ])\w*(?:en|eln|glieder)\b.*)",
    r"(?:welche|was für) (?P<of>.+?) gibt es(?P<rest> (?:in|im|aus|für|auf|bei|zum|zur|zu) .+)?(?: .*)?",
    r"(?:eine |die )?(?:vollständige )?(?:liste|aufstellung|aufzählung) (?:aller|von allen|sämtlicher|der) (?P<of>.+)",
    r"all(?: of)?(?: the| my| our)? (?P<of>(?!yours\b|ours\b|theirs\b|hers\b)[\w-]{2,}(?<![su])s)",
    r"(?:welche|in welchen) (?:dokumente[n]?|dateien|unterlagen|texte[n]?|berichte[n]?) (?:erwähnen|nennen|enthalten|"
    r"handeln von|behandeln|werden|wird|geht es um) (?P<topic>.+?)(?: (?:erwähnt|genannt))?",
    r"wo (?:wird|werden|überall wird) (?P<topic>.+?) (?:erwähnt|genannt)",
    r"(?:lista|listar|enumera|enumerar|nombra|muestra|muéstrame|dime|dame|menciona|encuentra|busca|cita|indica|"
    r"nómbrame)"
    r"(?:me)? (?:todos|todas|cada)(?: los| las| uno de los| una de las)? (?P<of>.+)",
    r"(?:lista|enumera|enumerar|listar) (?:los|las) (?P<of>.+)",
    r"(?:qué|que|cuáles|cuales)(?: son)? (?P<of>.+?) hay(?: .*)?",
    r"(?:cuáles|cuales|quiénes) son (?:todos|todas) (?:los|las) (?P<of>.+)",
    r"(?:una |la )?lista (?:completa )?de (?:todos los |todas las |los |las )?(?P<of>.+)",
    r"(?:qué|que|cuáles|en qué) (?:documentos|archivos|textos|informes) (?:mencionan|hablan de|contienen|tratan de|"
    r"se menciona|citan) (?P<topic>.+)",
    r"(?:dónde|donde) se (?:menciona|nombra|habla de|mencionan) (?P<topic>.+)",
)
_FILE = r"(?:documents|docs|files|(?:document|file) ?names)"
_FILES = rf"(?:(?:the|my|our|your) )?(?:(?:uploaded|available) )?{_FILE}"
_ALL_FILES = rf"(?:all(?: of)? {_FILES}|(?:every|each)(?: single)? (?:document|doc|file))"
_IN_LIBRARY = (
    r"in (?:here|(?:my|our|your|this|these) archive|(?:my|our|your|this|these|the) (?:library|collections?|folder))"
)
_HAVE = (
    r"(?:i|we|you)(?: currently)?(?: have(?: access to)?|(?: have|'ve)? (?:got|uploaded|added)|"
    r"(?<=you) can (?:see|access))"
)
_ARE_HERE = (
    rf"(?:(?:there )?are(?: currently)?(?: there| here| available| uploaded| {_IN_LIBRARY})|there are|"
    r"(?:were|have been) uploaded)"
)
_SO_FAR = (
    rf"(?: (?:(?:that |which )?(?:{_HAVE}|{_ARE_HERE})|{_IN_LIBRARY}|there|here|now|currently|right now|so far|"
    r"available|uploaded|in total|altogether)){0,3}"
)
_FOR_ME = r"(?: for (?:me|us))?"
_DO_I_HAVE = (
    r"(?:do (?:i|we|you)(?: currently)? have(?: access to)?|have (?:i|we|you) (?:got|uploaded|added)|"
    r"did (?:i|we) (?:upload|add)|can you (?:see|access))"
)
_DATEIEN = r"(?:dokumente|dateien|unterlagen)"
_DATEIEN_ALLER = (
    rf"(?:(?:all|aller|meiner|unserer|der) )+{_DATEIEN}|(?:von|mit) (?:(?:allen|meinen|unseren) )+{_DATEIEN}n?"
)
_HIER = (
    r"(?: (?:hier|da|vorhanden|verfügbar|hochgeladen|insgesamt|derzeit|aktuell|"
    r"in (?:der|dieser|meiner|unserer) (?:sammlung|bibliothek))){0,3}"
)
_ZEIGE = r"(?:zeige?|nenne?|zähle?|gib)(?:n sie)?(?: mir| uns)?(?: bitte)?"
_LISTE = r"liste?(?:n sie)?(?: mir| uns)?(?: bitte)?"
_ARCHIVOS = r"(?:documentos|archivos|ficheros)"
_AQUI = r"(?: (?:aquí|ahora|en total|disponibles|subidos|en (?:mi|la|esta|nuestra) (?:biblioteca|colección))){0,3}"
DOCUMENT_FORMS = _forms(
    rf"(?:list|enumerate)(?: out| me| for me)? (?:{_ALL_FILES}|{_FILES}){_SO_FAR}{_FOR_ME}",
    rf"(?:show|give|name|display|tell)(?: me| us)? (?:{_ALL_FILES}|(?=my |our ){_FILES}){_SO_FAR}{_FOR_ME}",
    rf"{_MAKE}(?:a |an |the )?(?:(?:full|complete) )?list of (?:{_ALL_FILES}|{_FILES}){_SO_FAR}{_FOR_ME}",
    rf"(?:tell (?:me|us) )?(?:what|which|how many) {_FILE} (?:{_DO_I_HAVE}|{_HAVE}|{_ARE_HERE}){_SO_FAR}",
    rf"how many {_FILE}{_SO_FAR}",
    rf"what(?: are|'re) (?:all(?: of)? )?(?=my |our ){_FILES}{_SO_FAR}",
    rf"(?:{_LISTE} (?:(?:alle|sämtliche|meine|unsere|die) )+|{_ZEIGE} (?:(?:alle|sämtliche|meine|unsere) )+)"
    rf"{_DATEIEN}{_HIER}(?: auf| an)?",
    rf"(?:welche|wie ?viele) {_DATEIEN} (?:(?:habe ich|haben wir|hast du|gibt es|sind(?= )){_HIER}"
    r"|liegen (?:mir |uns |dir |hier |derzeit )?vor)",
    rf"(?:(?:{_ZEIGE}|erstelle?(?:n sie)?(?: mir| uns)?(?: bitte)?) )?(?:eine |die )?(?:vollständige )?"
    rf"liste (?:{_DATEIEN_ALLER}){_HIER}(?: an)?",
    rf"(?:lista|listar|enumera|enumerar)(?:me)? (?:(?:todos|los|mis|nuestros) )*{_ARCHIVOS}{_AQUI}",
    rf"(?:muestra|mostrar|muéstrame|nombra|dime)(?:me)? (?:(?:todos|los|mis|nuestros) )+{_ARCHIVOS}{_AQUI}",
    rf"(?:(?:dame|haz|hazme|crea|muéstrame|mostrar) )?(?:una |la )?lista de (?:(?:todos|los|mis|nuestros) )*"
    rf"{_ARCHIVOS}{_AQUI}",
    rf"(?:qué|que|cuáles|cuántos) {_ARCHIVOS} (?:tengo|tienes|tenemos|hay){_AQUI}",
)
"""Of the library itself: which documents it has, and not what these say."""

DOCUMENT_WORD = re.compile(r"\b(?:documents?|docs?|dokument(?:e[ns]?|s)?|unterlagen?|documentos?)\b", re.IGNORECASE)
"""A text may speak of documents, too: those that somebody has to hand in."""

OF_LIBRARY = re.compile(
    r"\b(?:my|our|have|got|you|upload\w*|library|collections?|files?|mein\w*|unser\w*|habe?n?|hast|hochgeladen|sammlung|"
    r"bibliothek|dateien|mis|nuestros|tengo|tienes|tenemos|subidos|biblioteca|colección|archivos|ficheros)\b",
    re.IGNORECASE,
)
"""Words by which those of the library are meant, whatever a text speaks of."""

_VERB = (
    r"(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|may|might|must|should|says?|said|means?)"
)
FRAGMENT_FORMS = _forms(
    rf"(?!(?:(?! (?:where|that|which|who|whose) ).)*\b{_VERB}\b)(?:all|every|each)(?: of)?(?: the| my| our|"
    rf" these)? (?P<of>(?:\S+ ?){{1,9}})",
)
"""A few words without a verb and without a full stop, as one types into a search box: "all deadlines in the "
"contract"."""

FOR_ME = re.compile(r" for (?:me|us)\Z", re.IGNORECASE)
"""What stands behind a list and is none of what it is of."""

COUNTED = re.compile(
    r"(?:the )?(?:first|last|top|best|single|two|three|four|five|six|seven|eight|nine|ten|\d+|a few|some|one|an?|"
    r"any|other)"
    r"\b",
    re.IGNORECASE,
)
"""A list whose length is given asks for these few, not for all."""

_COMPARE = r"(?:compare(?: and contrast|(?! and contrast\b))|contrast)"
_MAIN = r"(?:(?:main|key|biggest|major|most important|essential|basic|real|exact|big|chief|core|fundamental) )*"
_TERMS = (
    r"(?: (?:in terms of|with respect to|with regards? to|in regard to|regarding|as regards|on the basis of|concerning|"
    r"when it comes to|by) (?P<aspect>.+))?"
)
_ONE = r"(?:(?! of ).)+?"
_JOINED = r"(?:and|with|to|vs\.?|versus|against|&)"
_ASKS = (
    r"(?:(?:what(?:'s| is| are)|explain|describe|tell me|show me|list|give me|highlight|outline|name|point out|find|"
    r"summari[sz]e|identify|spell out|discuss)(?: to me)? )?(?:all )?(?:of )?(?:the )?(?:a )?"
)
_OTHER = (
    r"(?!(?:other|others|each other|one another|anything|the rest|the average|most|typical|its|their|similar|previous|"
    r"the other|what)\b)"
)

COMPARE_FORMS = _forms(
    rf"{_COMPARE} (?:the )?(?P<aspect>(?!.*\band how\b){_ONE}) (?:of|in|for|between) "
    rf"(?P<sides>{_ONE} {_JOINED} (?:(?! of ).)+)",
    rf"{_COMPARE}(?: for me)?:? (?P<sides>.+?){_TERMS}",
    rf"{_MAKE}(?:(?:draw|do) )?(?:a |the |an )?(?:(?:side-by-side|quick|short|brief|detailed|"
    rf"direct) )*comparison(?: table)?"
    rf"(?: between| of| for|:) (?P<sides>.+?){_TERMS}",
    rf"{_ASKS}{_MAIN}(?:differences|distinctions|similarities|contrasts)(?: and (?:the )?(?:differences|similarities))?"
    rf"(?: in (?P<aspect>.+?))? (?:between|of) (?P<sides>.+)",
    rf"(?:what(?:'s| is)|explain|describe|tell me|show me|give me)(?: to me)? (?:the )?{_MAIN}(?:difference|"
    rf"distinction|similarity|"
    r"contrast) between (?P<sides>.+)",
    r"(?:difference|distinction) between (?P<sides>.+)",
    r"(?:are there|is there) (?:any |a |the )?(?:differences?|similarit(?:y|ies)) between (?P<sides>.+)",
    r"(?:differentiate|distinguish)(?: between)? (?P<sides>.+)",
    r"(?:put|lay|place) (?P<sides>.+?) side by side",
    r"what (?:has |is |have )?(?:changed|different|new) between (?P<sides>.+)",
    rf"what is different (?:in|about|with) (?P<a>.+?) compared (?:to|with) {_OTHER}(?P<b>.+)",
    rf"(?:explain|describe|tell me|show me)(?: to me)? how (?P<a>.+?) (?:differs?|is different|are different) from "
    rf"{_OTHER}(?P<b>.+)",
    rf"how (?:do|does|can|could|would|should|is|are) (?P<a>.+?) (?:compare|differ|different|distinguished|stack up)"
    rf"(?:ed)? (?:to|with|from|against|than) {_OTHER}(?P<b>.+?){_TERMS}",
    r"(?:explain|describe|tell me|show me)(?: to me)? how (?P<sides>.+?) (?:differ|compare|are different)",
    rf"{_MAKE}(?:a |the )?(?:table|chart|overview) (?:comparing|that compares) (?P<sides>.+)",
    r"how (?:do|are) (?P<sides>.+?) (?:compare|differ|different)(?: from (?:each other|one another))?"
    r"(?: in (?:terms of )?(?P<aspect>.+))?",
    r"how similar (?:are|is) (?P<sides>.+)",
    r"in (?:what|which) (?:way|ways|respect|respects) (?:do|does|are|is) (?P<sides>.+?)"
    r"(?: (?:differ|different|alike|similar))?",
    r"what do (?P<sides>.+? and .+?) have in common",
    rf"what (?:distinguishes|separates) (?P<a>.+?) from {_OTHER}(?P<b>.+)",
    rf"what (?:sets|makes) (?P<a>.+?) (?:apart|different) from {_OTHER}(?P<b>.+)",
    r"(?:vergleiche?|vergleichen sie)(?: mir)?(?: bitte)? (?P<sides>.+?)(?: (?:hinsichtlich|in bezug auf|"
    r"bezüglich) (?P<aspect>.+))?",
    r"(?:ein |der )?vergleich (?:zwischen|von) (?P<sides>.+)",
    r"(?:was ist|was sind|worin besteh(?:t|en)|worin lieg(?:t|en)|erkläre?(?: mir)?|nenne?(?: mir)?|wo lieg(?:t|en))? ?"
    r"(?:der |die |den )?(?:wichtigsten? |größten? )?unterschiede?(?: zwischen| von) (?P<sides>.+)",
    r"(?:wie|worin|wodurch) unterscheide(?:n|t) sich (?P<a>.+?) (?:von|und) (?P<b>.+)",
    r"(?:compara|comparar|compare|compárame|contrasta)(?: me)? (?P<sides>.+? (?:con|y|e|frente a) .+?|(?:los|estos|"
    r"ambos|dos).+?)"
    r"(?: (?:en cuanto a|respecto a) (?P<aspect>.+))?",
    r"(?:una |la )?comparación (?:entre|de) (?P<sides>.+)",
    r"(?:cuál es|cual es|cuáles son|cuales son|explica|explícame|dime|qué)? ?(?:hay )?(?:la |"
    r"las )?(?:principal(?:es)? )?"
    r"diferencias?(?: hay)?(?: principales)? entre (?P<sides>.+)",
    r"en qué se (?:diferencian?|distinguen?) (?P<a>.+?) (?:y|de|del|e) (?P<b>.+)",
)
POINTING = re.compile(r"(?:it|this|that|they|he|she|one|(?:this|that|the) (?:product|item|one|thing))", re.IGNORECASE)
"""A side of a comparison that only the text around it would tell."""

_NO_QUESTION = (
    r"(?!(?:what|who|when|where|why|how|which|whose|whom|is|are|was|were|do|does|did|can|could|should|will|would|"
    r"has|have|"
    r"had|if|in|on|at|for|during|after|before)\b)"
)
VERSUS_FORMS = _forms(
    rf"{_NO_QUESTION}(?P<a>\S+(?: \S+){{0,4}}) (?:vs\.?|versus|compared (?:to|with)|gegenüber|"
    rf"frente a) (?P<b>\S+(?: \S+){{0,4}})",
)
"""As one types into a search box: a few words on both sides, and no full stop behind them."""

SPLITTERS = (
    re.compile(r"\s+(?:vs\.?|versus|against|frente a|gegenüber)\s+", re.IGNORECASE),
    re.compile(r"\s+(?:with|compared (?:to|with)|mit|con|differ from)\s+", re.IGNORECASE),
    re.compile(r",\s*(?:and|or|und|y|e|sowie)\s+|,\s+|\s+(?:and|&|und|sowie|y|e|or)\s+", re.IGNORECASE),
    re.compile(r"\s+(?:to)\s+", re.IGNORECASE),
)
"""What stands between the sides of a comparison, the clearest first."""

TOGETHER = re.compile(
    r"(?=.*s\Z|.*\b(?:both|two|three|four|beiden?|zwei|drei)\b)"
    r"(?:(?:the|these|those|both|all|my|our|of|two|three|four|die|diese|beiden?|zwei|drei|alle) )+"
    r"(?P<kind>(?!(?:documents?|docs?|files?|dokumente|dateien|two|three|four|them)\b)(?:[\w-]+ ){0,2}[\w-]+)",
    re.IGNORECASE,
)
"""Several that are called the same: "both leases"."""

ALL_HERE = re.compile(
    r"(?:them|these|those|both|the two|these two|all(?: of them)?|(?:the |these |those |both |all |my |our |of |"
    r"two |three )+"
    rf"{_DOCUMENT}|(?:die |diese |beide[n]? |alle )+(?:dokumente|dateien|texte)|(?:los |las |estos |ambos |dos )+"
    r"(?:documentos|archivos|textos))",
    re.IGNORECASE,
)
"""Words that only point at what is there."""
