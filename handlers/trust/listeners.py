"""Recognises cries for help in typed words, by phrases that must never be missed and by a likelihood.

Only the words are used, before any transaction and without any service. Nothing of them is logged.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.content.chat_words import is_bare_reply
from bot.content.date_words import MINUTES, months, weekdays
from bot.content.names import fold, words
from bot.conversation.listening import CERTAIN, WEAK, Cry
from bot.people import codes
from handlers.trust.model import EMERGENCY_NUMBERS

_SURE, _FAINT = 0.15, 0.01
"""The likelihoods from which words are answered as a cry for help, and from which the writer is asked about them."""
_THAN = {"idea": 0.3, "mine": 0.7, "practical": 0.6, "team": 2.0, "confused": 2.0, "social": 2.0}
"""How many times as likely as any other kind of words a cry that is sure must be.

Complaints and jokes are in the words of cries, questions hardly ever.
"""
_SHORT = 14
"""The most words of a text in which a phrase counts by itself; of a longer one the likelihood decides."""


def _any_of(*patterns: str) -> re.Pattern[str]:
    """Return what finds any of these patterns as whole words, in a text without accents, capitals and signs."""
    return re.compile(r"\b(?:{})\b".format("|".join(patterns)))


_HOW_FR = r"(?:il )?(?:faut|comment (?:(?:je fais|on fait|faire) pour|on fait|je peux|on peut|j)?)"
_COME_FR = r"(?:(?:une?|[dl]es?|la|l) ?)?(?:ambulance|police|samu|pompiers?|secours|medecin)"
_COME_EN = r"(?:an? |the )?(?:ambulance|police|cops|911|112|999|doctor|fire brigade)"
_COME_DE = r"(?:einen? |den |die )?(?:krankenwagen|rettung|notarzt|polizei|arzt)"
_CALLS = _any_of(
    r"(?:au|o) s ?e?cour[st]?",
    r"a l ?aide",
    r"(?:svp |stp )?aidez? (?:moi|nous)(?: svp| stp| vite)*",
    r"(?:j ?ai )?besoin d ?aide (?:vite|urgente?|urgemment|svp|stp)",
    r"(?:au|(?:il )?y ?a le) feu",
    rf"(?:{_HOW_FR} )?appel(?:ez|er|le) (?:vite |vous )?{_COME_FR}(?: vite| svp| stp)*",
    rf"{_COME_FR}(?: vite| svp| stp)+",
    r"appel(?:ez|er|le) (?:vite |vous )?(?:le )?(?:112|911|15|17|18|110|144)",
    r"(?:venez|viens) vite",
    r"urgence (?:vitale|medicale|absolue)",
    r"(?:cest|c est|c) (?:une |1 )?urgen(?:ce|t)",
    r"(?:please |pls |plz )?(?:some(?:one|body) )?help(?: me| us)?(?: please| pls| plz| now| quick(?:ly)?)*",
    rf"(?:how (?:do|can) i |we (?:need|have) to )?call {_COME_EN}(?: please| now| quick(?:ly)?)*",
    rf"{_COME_EN}(?: please| now| quick(?:ly)?)+",
    r"emergency",
    r"(?:there ?(?:is|s)? a )?fire",
    r"come quick(?:ly)?",
    r"(?:bitte )?(?:zu )?hilfe(?: bitte| schnell)*",
    r"helft? mir(?: bitte| schnell)*",
    r"feuer|es brennt",
    r"notfall",
    r"notarzt",
    rf"(?:wie )?ruf(?:t|e ich|en sie)? (?:bitte |schnell )?{_COME_DE}(?: bitte| schnell)*",
    rf"{_COME_DE}(?: bitte| schnell)+",
    r"s ?o ?s",
    r"mayday",
    r"(?:(?:112|911|114|3114|3919|988)\b ?)+",
)
"""Whole texts that call for help, or name whom one calls."""

_HARMED_FR = r"(?:touchee?|frappee?|agressee?|violee?|menacee?|suivie?|droguee?|harcelee?|embrassee? de force)"
_HARMED_EN = r"(?:assaulted|raped|attacked|drugged|groped|harassed|threatened|followed|stalked|spiked)"
_HARMED_DE = r"(?:bedroht|verfolgt|belastigt|angegriffen|vergewaltigt|begrapscht|geschlagen|gemobbt)"
_SOMEBODY = r"(?:he|she|they|guy|man|someone|somebody)"
_PHRASES = _any_of(
    r"j ?ai (?:tres |trop |vraiment |si |tellement )?peur(?: de (?:lui|elle|eux|rentrer|sortir|mourir))?",
    r"(?:il|elle|ils|mec|gars|type|homme) (?:me|m) ?(?:suit|suivent|menacent?|harcele(?:nt)?|frappe(?:nt)?|fait peur)",
    rf"(?:on|il|elle|ils) (?:me |m ?)(?:a|ont) {_HARMED_FR}",
    rf"(?:je suis|jsuis|chui|g ete|j ai ete|jai ete|me suis faite?) {_HARMED_FR}",
    r"(?:me suis faite?|jme suis fait|me fais) (?:agresser|violer|frapper|harceler|menacer|droguer|suivre|toucher)",
    r"(?:j?(?:veux|voudrais|vais?|ve)|envie de) (?:mourir|me tuer|en finir|me suicider|me faire du mal)",
    r"(?:je|il|elle) saigne",
    r"(?:veux|peux) plus vivre",
    r"plus envie de vivre",
    r"crise (?:d ?angoisse|de panique|d ?epilepsie|cardiaque|d ?asthme)",
    r"(?:il|elle|qqn|quelqu un) (?:ne |n )?(?:respire plus|bouge plus|s ?est evanouie?|fait un malaise)",
    r"(?:arrive|peux) (?:pas|plus) (?:a )?respirer",
    r"(?:il a|a) (?:un|1) (?:couteau|flingue|arme)",
    r"i ?(?:am|m) (?:so |very |really )?(?:scared|afraid|terrified|in danger|not safe|being followed|bleeding)",
    r"i (?:feel unsafe|don ?t feel safe)",
    rf"{_SOMEBODY} (?:is |are |keeps? )?(?:following|touching|threatening|harassing|stalking) me",
    rf"{_SOMEBODY} (?:touched|hit|grabbed|groped|assaulted|raped|follows|followed) me",
    rf"(?:i was|i ve been|i got|am being|i m being) {_HARMED_EN}",
    r"(?:want to|going to|wanna|gonna) (?:die|kill myself|end it|hurt myself)",
    r"(?:panic|heart) attack",
    r"can ?t breathe?",
    r"(?:is|are) unconscious",
    r"(?:he|she|they) (?:fainted|collapsed|passed out)",
    r"not breathing",
    r"has a (?:knife|gun|weapon)",
    r"(?:ich )?habe? (?:so |voll |echt |mega |solche )?angst",
    r"(?:will|mag|kann) nicht mehr leben",
    r"will (?:sterben|mich umbringen)|bringe? mich um|ich blute",
    r"(?:er|sie|jemand|typ|mann) (?:verfolgt|bedroht|belastigt|schlagt|begrapscht) mich",
    rf"(?:werde|wurde|bin) (?:ich )?{_HARMED_DE}",
    r"panikattacke",
    r"(?:atmet|reagiert) nicht(?: mehr)?",
    r"(?:ist|liegt) (?:bewusstlos|ohnmachtig)",
    r"(?:kriegt?|bekomme) keine luft",
    r"hat (?:ein messer|eine waffe)",
)
"""What short texts say that are a cry, of oneself or for somebody else."""

_BESIDE_FIGURES = _any_of(
    r"a|at|au|um|le|la|les|de|du|des|den|der|on|vers|gegen|bis|to|until|jusqu|et|und|and|ce|cet|this",
    r"uhr|o|clock|am|pm|midi|noon|mittags?|aujourd|hui|today|heute|demain|tomorrow|morgen|apres",
    r"matin|morning|soir|evening|tonight|abends?",
    r"salle|room|raum|saal|etage|floor|stock|places?|platze?|personnes?|people|person(?:en)?|leute",
    r"euros?|eur|chf|tel|telephone|phone|telefon|numero|number|nummer|no|nr|n",
)
"""What hours, days, counts, rooms and telephone numbers are told with, besides figures and names of days."""

_CALLED = frozenset(each.number for numbers in EMERGENCY_NUMBERS.values() for each in numbers)

_SLURRED = r"(?:pd|pede|gouine|arabe|noire?|juif|juive|negre|turc|fag|jew|auslander|schwuchtel|jud)"
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}|\b(\w+)(?: \2\b)+")
"""What only stresses a word: letters drawn out, as in «hilfeee», and the word again."""
_SOS = "\U0001f198"
"""The sign that says it in one character."""

_HINTS = _any_of(
    r"(?:je|j) ?pleure|i (?:m|am) crying|(?:ich )?(?:wein|heul)e",
    rf"(?:sale|dirty|dreckige?r?|scheiss?) {_SLURRED}",
    r"(?:retourne|rentre|go back|geh zuruck|zuruck) (?:dans|chez|to|in) (?:ton|toi|your|dein)",
    r"ghb|ko tropfen|k o tropfen|date rape|spiked?",
    r"en confidence|confidentiel|confidential|vertraulich|en prive a quelqu un|in private",
)
"""What is perhaps a cry, however unlikely the model finds it: its writer is asked."""

_SELF_HARM = _any_of(
    r"suicid(?:e|er|al|aire|aires)?",
    r"(?:veux|envie de|vais|prefere) mourir",
    r"me tuer|en finir|me faire du mal|se fait du mal|me mutile",
    r"(?:veux|peux) plus vivre",
    r"plus envie (?:de vivre|d ?etre la)",
    r"mieux (?:si|sans) (?:j ?etais|je n ?etais|moi)",
    r"(?:kill|hurt|hurting|harming|cutting) (?:myself|himself|herself)",
    r"end (?:it|my life)|want to die|self ?harm",
    r"umbringen|selbstmord|suizid|nicht mehr leben|ritze|sterben",
    r"besser (?:wenn|ohne) (?:ich|mich)",
)
"""What shows that somebody may harm themselves, in a text that is a cry."""

_LAUGHS = re.compile(r"\b(?:mdr+|lol+|ptdr+|xd+|(?:ha){2,}h?|hihi|jpp|lmao|rofl)\b|[\U0001F602\U0001F923\U0001F639]")
_DENIES = _any_of(
    r"personne (?:ne |n )?(?:me|m)",
    r"ai pas peur",
    r"pas (?:peur|harcelee?|agressee?)",
    r"no ?(?:one|body)",
    r"not (?:scared|afraid)",
    r"keine angst",
    r"niemand",
)
_SUBJECT = re.compile(r"(?:comment|how|wie|et si|une?|des|les?|la|il faut|faut|creer|mettre)\b")
"""The first word of ideas, in which a phrase is the subject and no cry."""
_QUOTED = re.compile(r"«[^»]{0,300}»|\"[^\"]{0,300}\"|“[^”]{0,300}”|„[^“”]{0,300}[“”]")
"""What somebody quotes: of limited length, as many signs that nothing closes would each be followed to the end."""


def _are_figures(text: str, folded: Sequence[str]) -> bool:
    """Return whether words only tell an hour, a day, a room or another number, which likelihood cannot judge.

    A number that is called in danger is left to it, where it stands alone.
    """
    told = [word for word in folded if not any(sign.isdecimal() for sign in word)]
    if len(told) == len(folded) or text.strip(" !?.") in _CALLED:
        return False
    return all(
        _BESIDE_FIGURES.fullmatch(word) or word in MINUTES or word in weekdays() or word in months() for word in told
    )


def listen(text: str, likelihood: Mapping[str, float]) -> Cry | None:
    """Return the cry for help that a text contains, sure or only possible; None if there is none.

    `likelihood` says, for each kind of words, how likely the text is to be of that kind.
    """
    folded = words(fold(_QUOTED.sub(" ", text)))
    plain = " ".join(folded)
    called = _DRAWN_OUT.sub(r"\1\2", plain)
    self_harm = _SELF_HARM.search(plain) is not None
    distress = likelihood.get("distress", 0.0)
    phrase = _SOS in text or (_PHRASES.search(called) and not _SUBJECT.match(plain))
    if _CALLS.fullmatch(called) or (len(folded) <= _SHORT and phrase):
        if _LAUGHS.search(fold(text)) or _DENIES.search(plain):
            return Cry(sure=False, likelihood=max(distress, WEAK), self_harm=self_harm)
        return Cry(sure=True, phrase=True, self_harm=self_harm)
    if codes.must_be(text):
        return None  # chance makes words of its letters: «X6K2-SANG»
    if is_bare_reply(folded, agreed=True):
        return None  # it answers something; likelihood knows nothing of so few words
    if len(folded) <= _SHORT and _HINTS.search(plain):
        distress = max(distress, WEAK)
    if distress < _FAINT or _are_figures(text, folded):
        return None
    likelier = all(distress >= times * likelihood.get(label, 0.0) for label, times in _THAN.items())
    least = CERTAIN if _LAUGHS.search(fold(text)) else _SURE
    return Cry(sure=distress >= least and likelier, likelihood=distress, self_harm=self_harm)
